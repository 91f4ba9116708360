import { answerBy, type Asked } from './asked';
import { CONDITION_LIMIT } from '../../contract/time';
import { handleId } from '../record/awaited';
import { EMPTY, tableId, type Deployment, type PopulationRecord } from '../record/population-record';

/** What the event makes of the record; the same where it is overtaken, or has been recorded before. */
export function withAsked(record: PopulationRecord | undefined, asked: Asked): PopulationRecord | undefined {
  const newest = record?.deployment;
  const { deployment, table } = asked;
  if (newest?.request === deployment.request) {
    return record;
  }
  const { released = [] } = record ?? EMPTY;
  if (deployment.action === 'RELEASE' && newest && tableId(newest.definition.population) !== table) {
    // It was replaced: the newest deployment is another table's.
    return released.includes(table) ? record : { ...record!, released: withLast(released, table) };
  }
  if (newest && (newest.requestedAt > deployment.requestedAt || isOthers(asked, newest))) {
    return record;
  }
  const handles = withHandle(record?.handles, asked);
  const listens = asked.brings !== undefined && handles?.[handleId(asked.brings)] === deployment.request;
  return {
    ...record ?? EMPTY,
    deployment: listens ? { ...deployment, answerBy: answerBy(deployment.requestedAt, CONDITION_LIMIT) } : deployment,
    released: deployment.action === 'RELEASE' ? withLast(released, table) : released.filter((other) => other !== table),
    handles,
  };
}

/** A Delete of a resource whose table lives on under another name in the template. */
const isOthers = ({ deployment }: Asked, newest: Deployment): boolean =>
  deployment.action === 'RELEASE' && newest.action === 'POPULATE' && newest.logicalId !== deployment.logicalId;

/** More than a rollback goes back. */
const MOST_REMEMBERED = 50;

const withLast = (list: readonly string[], last: string): readonly string[] =>
  [...list.filter((other) => other !== last), last].slice(-MOST_REMEMBERED);

/** A handle is its first request's for good. It becomes the newest again when it comes again: a stack may try many updates in vain. */
function withHandle(handles: PopulationRecord['handles'], { brings, deployment }: Asked): PopulationRecord['handles'] {
  if (brings === undefined) {
    return handles;
  }
  const { [handleId(brings)]: owner = deployment.request, ...others } = handles ?? {};
  return Object.fromEntries([...Object.entries(others), [handleId(brings), owner]].slice(-MOST_REMEMBERED));
}

/**
 * What is to be done about an event once it is on record.
 * - `RUN`: it is the newest; its run is to be there.
 * - `OVERTAKEN`: there is a later one, or nothing to do about a table that was replaced.
 * - `ABANDONED`: CloudFormation was told already that it failed.
 */
export type Verdict = 'RUN' | 'OVERTAKEN' | 'ABANDONED';

export function verdictOf(record: PopulationRecord | undefined, { deployment: { request } }: Asked): Verdict {
  if (record?.deployment?.request !== request) {
    return 'OVERTAKEN';
  }
  return record.deployment.abandoned ? 'ABANDONED' : 'RUN';
}

/** Whether the wait condition waits for this request's run, rather than the resource itself. */
export const isListening = (record: PopulationRecord | undefined, { brings, deployment: { request } }: Asked): boolean =>
  brings !== undefined && record?.handles?.[handleId(brings)] === request;

/** Nothing comes of the request: a run of it, should there be one, finds that here. */
export function withoutRun(record: PopulationRecord | undefined, request: string): PopulationRecord | undefined {
  const newest = record?.deployment;
  return newest?.request === request && !newest.abandoned ? { ...record!, deployment: { ...newest, abandoned: true } } : record;
}
