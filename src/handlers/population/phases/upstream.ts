import type { Upstream } from '../../../contract/population';
import type { PopulationRecord } from '../../record/population-record';
import { firstError, type Answer } from '../../service-error';
import { dueOf, isDeployedElsewhere, lineage, type Seen } from '../lineage';
import { askAgain, elapsed, fail, go, succeed, timedOut, timeIsUp, waiting, type Phase } from '../moves';
import { NO_VERSION, unchanged } from '../outcome';
import type { Outside } from '../outside';
import type { In, Run } from '../run-state';
import { liveIn, madeLive, readTable, type TableFacts } from './observe';

export type UpstreamFacts = TableFacts & { readonly upstream: Answer<readonly Seen[]> };

/** All that is upstream, as it is now; the first that cannot be read is the answer. */
export async function seeUpstream(
  { definition }: Run, outside: Outside, which: (upstream: Upstream) => boolean = () => true,
): Promise<Answer<readonly Seen[]>> {
  const seen: Seen[] = [];
  for (const upstream of (definition.upstream ?? []).filter(which)) {
    const table = await outside.cleanRooms.getTable(upstream);
    const record = await outside.record.read(upstream.record, upstream.recordTable);
    if (!table.ok || !record.ok) {
      return !table.ok ? table : record as Answer<never>;
    }
    seen.push({
      upstream,
      record: record.value,
      liveId: liveIn(table.value, outside.clock.now())?.versionId,
      turn: await turnIn(record.value, outside),
    });
  }
  return { ok: true, value: seen };
}

/** Whether anybody has the turn there: the first who has not ended, since only those who wait there tidy up. */
async function turnIn({ turns }: PopulationRecord, { statusOf }: Outside): Promise<Seen['turn']> {
  for (const execution of turns) {
    const status = await statusOf(execution);
    if (status !== 'ENDED') {
      return status;
    }
  }
  return undefined;
}

/** How long a deploy of this stack may take to follow one of an upstream table's stack. */
const FOLLOWS_WITHIN = 600;

/** Whether the end of an upstream table's run, which has started this one, left it anything to do: now, or at all. */
export const afterUpstream: Phase<In<'UPSTREAM'>, UpstreamFacts> = {
  async facts(state, outside) {
    const record: Answer<PopulationRecord> = await outside.record.read(state.definition.record);
    return { ...await readTable(state, outside, record), upstream: await seeUpstream(state, outside) };
  },

  decide(state, { table, record, details, upstream }, at) {
    const error = firstError(table, record, upstream);
    if (error) {
      return timeIsUp(state, at.now) ? fail(state, timedOut(state, at.now)) : askAgain(state, 'Looking at the upstream tables', error, at);
    }
    if (!table.ok || !record.ok || !upstream.ok) {
      return waiting(state, 5, at);
    }
    if (record.value.turns.includes(state.execution)) {
      // A step that broke off had the turn, and may have populated.
      return go({ ...state, phase: 'TURN' });
    }
    const live = liveIn(table.value, at.now);
    switch (dueOf(record.value, live?.versionId, upstream.value)) {
      case 'UNKNOWN':
        return timeIsUp(state, at.now) ? fail(state, timedOut(state, at.now)) : waiting(state, 5, at, 'nobody can tell whether an upstream table is being populated');
      case 'NOW':
        return isDeployedElsewhere(upstream.value) && elapsed(state, at.now) < Math.min(FOLLOWS_WITHIN, state.definition.timeoutSeconds / 2)
          ? waiting(state, 30, at, 'a deploy of an upstream table\'s stack has just ended: that of this one may follow')
          : go({ ...state, upstream: lineage(upstream.value), phase: 'TURN' });
      default: {
        const figures = details?.ok ? details.value : undefined;
        const made = madeLive(record.value, live, figures);
        // No change: a look, which writes no version parameter, since it has nobody's turn.
        return succeed({ ...state, cause: 'OBSERVE' }, live ? unchanged(live, made, figures) : NO_VERSION);
      }
    }
  },
};
