import type { Parameters } from '../../contract/population';
import { INTENDS, REQUEST } from '../../contract/time';
import type { Before, Newest, PopulationRecord, Sent } from '../record/population-record';
import type { Answer } from '../service-error';
import type { Analysis, Details, Version } from './clean-rooms';

/** What a populate in doubt may have started: a query that was not there before it. */
export interface Candidate {
  readonly analysisId: string;
  readonly versionId?: string;
  readonly createTime: number;
}

/** An hour: lists lag by seconds, and what is older than that was there. */
export const RECENT = 3_600_000;

/** The newest moment of a list, and what is of that hour. Only the service's own times are compared with it: clocks differ. */
export function newestOf(items: readonly { readonly id: string; readonly createTime: number }[]): Newest {
  const createTime = items.reduce((newest, item) => Math.max(newest, item.createTime), 0);
  return { createTime, ids: items.filter((item) => item.createTime >= createTime - RECENT).map(({ id }) => id) };
}

export const isNewer = ({ id, createTime }: { readonly id: string; readonly createTime: number }, than: Newest): boolean =>
  createTime >= than.createTime && !than.ids.includes(id);

export const before = (versions: readonly Version[], analyses: readonly Analysis[]): Before => ({
  versions: newestOf(versions.map(({ versionId: id, createTime }) => ({ id, createTime }))),
  analyses: newestOf(analyses),
});

/** What was not there before the intent, in either list: one of them may lag, and the version of a cancelled query may never be listed. */
export function candidates(than: Before, versions: readonly Version[], analyses: readonly Analysis[]): Candidate[] {
  const isNew = (id: string, createTime: number) => isNewer({ id, createTime }, than.analyses);
  const listed = versions
    .filter(({ versionId: id, createTime }) => isNewer({ id, createTime }, than.versions))
    .filter(({ analysisId }) => !than.analyses.ids.includes(analysisId));
  const others = analyses.filter(({ id, createTime }) => isNew(id, createTime) && listed.every(({ analysisId }) => analysisId !== id));
  return [
    ...listed.map(({ analysisId, versionId, createTime }) => ({ analysisId, versionId, createTime })),
    ...others.map(({ id, createTime }) => ({ analysisId: id, createTime })),
  ].sort((a, b) => a.createTime - b.createTime);
}

/** `POSSIBLE`: nothing speaks against it, and nothing shows that it is. */
export type Judgement = 'OWN' | 'POSSIBLE' | 'OTHER' | 'UNKNOWN';

/** By how much the clocks of two AWS services may differ. */
const CLOCKS_DIFFER_BY = 10_000;

/** Whose it is. One that cannot be read is asked for again; one made with other parameters is somebody else's, however early it is found. */
export function judge(sent: Sent, candidate: Candidate, details: Answer<Details>, defaults: Defaults): Judgement {
  if (candidate.createTime < sent.at - CLOCKS_DIFFER_BY) {
    return 'OTHER';
  }
  if (!details.ok) {
    return 'UNKNOWN';
  }
  const inTime = candidate.createTime <= sent.at + (INTENDS + REQUEST) * 1_000 + CLOCKS_DIFFER_BY;
  switch (compared(details.value.parameters, sent.parameters, defaults)) {
    case 'EQUAL': return 'OWN';
    case 'OTHER': return 'OTHER';
    default: return inTime ? 'POSSIBLE' : 'OTHER';
  }
}

/** The stored query's defaults: `NONE` where it can have none; undefined where nobody knows them. */
export type Defaults = Parameters | 'NONE' | undefined;

export const defaultsOf = ({ mayHaveDefaults }: Pick<Sent, 'mayHaveDefaults'>, record: Answer<PopulationRecord>): Defaults =>
  (!mayHaveDefaults ? 'NONE' : record.ok ? record.value.defaults : undefined);

/** Whether a version was made with these parameters: the service may show those given, those and the query's defaults, or none. */
export function compared(shown: Parameters | undefined, given: Parameters = {}, defaults: Defaults): 'EQUAL' | 'OTHER' | 'UNSHOWN' {
  if (shown === undefined) {
    return 'UNSHOWN';
  }
  if (Object.entries(given).some(([name, value]) => shown[name] !== value)) {
    return 'OTHER';
  }
  const further = Object.entries(shown).filter(([name]) => !(name in given));
  if (!further.length) {
    return 'EQUAL';
  }
  if (defaults === undefined) {
    return 'UNSHOWN';
  }
  return defaults !== 'NONE' && further.every(([name, value]) => defaults[name] === value) ? 'EQUAL' : 'OTHER';
}
