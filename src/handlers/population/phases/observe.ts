import { madeOf, type Made, type PopulationRecord } from '../../record/population-record';
import type { Answer } from '../../service-error';
import type { Details, LiveVersion, Table } from '../clean-rooms';
import { askAgain, fail, succeed, timedOut, timeIsUp, type Phase } from '../moves';
import { endOf, finishedBy, NO_VERSION, unchanged } from '../outcome';
import type { Outside } from '../outside';
import type { In, Run } from '../run-state';

/** What is known of a table and its live version. */
export interface TableFacts {
  readonly table: Answer<Table>;
  readonly record: Answer<PopulationRecord>;
  /** Of a live version whose end is not on record. */
  readonly details?: Answer<Details>;
}

/** The version whose data is there: the service may still show one whose data is gone. */
export function liveIn({ status, live }: Table, now: number): LiveVersion | undefined {
  const isGone = status === 'RETENTION_PERIOD_EXPIRED' || (live?.expiresAt !== undefined && live.expiresAt <= now);
  return isGone ? undefined : live;
}

export async function readTable(state: Run, { cleanRooms, clock }: Outside, record: Answer<PopulationRecord>): Promise<TableFacts> {
  const { population } = state.definition;
  const table = await cleanRooms.getTable(population);
  const live = table.ok ? liveIn(table.value, clock.now()) : undefined;
  const isUnknown = live && record.ok && !madeOf(record.value, live.versionId)?.populatedAt;
  return { table, record, details: isUnknown ? await cleanRooms.getAnalysis(population, live.analysisType, live.analysisId) : undefined };
}

/** What is on record of the live version; of one whose end nobody waited for, with what its query shows now. */
export function madeLive(record: PopulationRecord, live?: LiveVersion, details?: Details): Made | undefined {
  const made = madeOf(record, live?.versionId);
  return made && made.populatedAt === undefined && details ? { ...made, ...finishedBy(details) } : made;
}

export const freshness = (live?: LiveVersion, made?: Made, details?: Details): Run['live'] =>
  ({ madeAt: made?.populatedAt ?? endOf(details), expiresAt: live?.expiresAt });

/** Only looks: takes nobody's turn, and writes nothing. */
export const observing: Phase<In<'OBSERVE'>, TableFacts> = {
  facts: async (state, outside) => readTable(state, outside, await outside.record.read(state.definition.record)),

  decide(state, { table, record, details }, at) {
    const failed = !table.ok ? table : !record.ok ? record : undefined;
    if (failed) {
      return timeIsUp(state, at.now) ? fail(state, timedOut(state, at.now)) : askAgain(state, 'Looking at the table', failed.error, at);
    }
    const live = table.ok ? liveIn(table.value, at.now) : undefined;
    const figures = details?.ok ? details.value : undefined;
    const made = record.ok ? madeLive(record.value, live, figures) : undefined;
    return succeed({ ...state, live: freshness(live, made, figures) }, live ? unchanged(live, made, figures) : NO_VERSION);
  },
};
