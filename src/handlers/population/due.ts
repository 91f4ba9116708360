import type { SeenUpstream } from './actions';
import { isDeploying, ownTarget, type Situation } from './run';
import { UPSTREAM_WAIT_SECONDS } from '../../contract/time';
import type { LiveVersion } from '../clean-rooms/clean-rooms';
import { desiredOf } from '../record/desired';
import { attemptOfVersion, type FinishedAttempt, type TableRecord } from '../record/table-record';

export type Due =
  | 'YES'
  | 'NO'
  /** Only the upstream tables can tell. */
  | 'ASK_UPSTREAM';

/** Returns what this run was to make, if it was intended since it began, and has succeeded: whoever did it. */
export function doneSince(situation: Situation): FinishedAttempt | undefined {
  const target = ownTarget(situation);
  return situation.record.history.find(({ succeeded, fingerprint, intendedAt }) =>
    succeeded && fingerprint === target?.fingerprint && intendedAt >= situation.run.startedAt);
}

/** Returns whether the run is to populate. Never decided before it holds the lease: what is live then counts. */
export function whetherDue(situation: Situation, live?: LiveVersion, upstream?: readonly SeenUpstream[]): Due {
  if (isDeploying(situation)) {
    return whetherDeployPopulates(situation, live, upstream);
  }
  if (situation.run.input.afterUpstream) {
    return !upstream ? 'ASK_UPSTREAM' : yes(differsFrom(situation.record, live?.versionId, upstream));
  }
  return yes(doneSince(situation) === undefined);
}

/**
 * A deploy populates if there is no live version, or if the live one's definition is not the wanted one, whatever parameters a schedule or an
 * input has brought: a rollback is free where its data is still there, and brings it back where it is not.
 */
function whetherDeployPopulates(situation: Situation, live?: LiveVersion, upstream?: readonly SeenUpstream[]): Due {
  const { record } = situation;
  const { mode, fingerprint, synthesis, definition } = desiredOf(record)!;
  if (mode === 'NEVER' || (mode === 'IF_UNPOPULATED' && live)) {
    return 'NO';
  }
  const made = attemptOfVersion(record, live?.versionId);
  if (!live || made?.definitionFingerprint !== fingerprint) {
    return 'YES';
  }
  const isDone = doneSince(situation) !== undefined;
  if (mode === 'ALWAYS' && synthesis !== undefined && !record.syntheses.includes(synthesis)) {
    return yes(!isDone);
  }
  if (isDone || !definition.upstream?.length) {
    return 'NO';
  }
  return upstream ? yes(knownToDiffer(made, upstream)) : 'ASK_UPSTREAM';
}

const yes = (is: boolean): Due => (is ? 'YES' : 'NO');

/** Returns what a version that is made now is built from. */
export function lineageOf(seen: readonly SeenUpstream[]): Readonly<Record<string, string>> | undefined {
  const entries = seen.flatMap(({ id, liveId }) => (liveId === undefined ? [] : [[id, liveId] as const]));
  return entries.length ? Object.fromEntries(entries) : undefined;
}

/** Returns whether an upstream table has another version than the live one was built from; of a version that nobody knows, the newest that is known. */
export function differsFrom({ history }: TableRecord, liveId: string | undefined, seen: readonly SeenUpstream[]): boolean {
  const made = history.find(({ versionId }) => versionId === liveId) ?? history.find(({ succeeded }) => succeeded);
  return seen.some(({ id, liveId: theirs }) => theirs !== undefined && made?.upstream?.[id] !== theirs);
}

/** For a deploy, which CloudFormation orders after those of the upstream tables; one that has just been added changes nothing. */
export function knownToDiffer(made: { readonly upstream?: Readonly<Record<string, string>> } | undefined, seen: readonly SeenUpstream[]): boolean {
  return seen.some(({ id, liveId }) => made?.upstream?.[id] !== undefined && liveId !== undefined && made.upstream[id] !== liveId);
}

/**
 * Returns what a table that is due waits for, in words: an upstream table that is at work, or that is due itself, so that a diamond refreshes
 * in order, each table once. Nobody is waited for for longer than that who need not come.
 */
export function waitsFor(seen: readonly SeenUpstream[], now: number, mayWaitForWork: boolean, follows: boolean): string | undefined {
  const isRecent = (at?: number) => at !== undefined && now - at < UPSTREAM_WAIT_SECONDS * 1_000;
  if (mayWaitForWork && seen.some((each) => each.isAtWork)) {
    return 'an upstream table is being populated';
  }
  if (seen.some(({ dueSinceAt: at }) => isRecent(at))) {
    return 'an upstream table is to be populated first';
  }
  const isDeployed = follows && seen.some(({ isElsewhere, liveId, record }) => {
    const made = attemptOfVersion(record, liveId);
    return isElsewhere && made?.isDeploy && isRecent(made.populatedAt);
  });
  return isDeployed ? 'a deploy of an upstream table\'s stack has just ended: that of this one may follow' : undefined;
}
