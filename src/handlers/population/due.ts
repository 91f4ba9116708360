import { isDeploying, ownTarget, type Situation } from './run';
import type { SeenUpstream } from './upstream';
import { differsFrom, knownToDiffer } from './upstream';
import type { LiveVersion } from '../clean-rooms/clean-rooms';
import { attemptOfVersion, desiredOf, type FinishedAttempt } from '../record/table-record';

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
