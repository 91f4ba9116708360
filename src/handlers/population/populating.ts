import { end, fail, observe, type Action } from './actions';
import type { Lists, Seen } from './observe';
import { deadlineOf, isDeploying, isFollowingUp, isPastDeadline, ownTarget, type Situation } from './run';
import { retry, retryInTime, timedOut, wait, waitForOthersQuery } from './waiting';
import { parametersHash } from '../../contract/hashing';
import { UPSTREAM_WAIT_SECONDS } from '../../contract/time';
import { liveVersionOf, type LiveVersion, type Table } from '../clean-rooms/clean-rooms';
import { beforeOf, runningOf } from '../clean-rooms/recovery';
import { blocked, NO_VERSION, overspent, unchanged } from '../failures';
import { overspentOf } from '../record/billing';
import { desiredOf } from '../record/desired';
import { attemptOfVersion, type FinishedAttempt } from '../record/table-record';
import { firstError } from '../service-error';
import { differsFrom, knownToDiffer, lineageOf, waitsFor, type SeenUpstream } from '../upstream/upstream';

/** Whether the run is to populate; or only the upstream tables can tell. */
export type Due = 'YES' | 'NO' | 'ASK_UPSTREAM';

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
 * A deploy populates if there is no live version, or if the live one's definition is not the wanted one, whatever parameters a schedule or
 * an input has brought: a rollback is free where its data is still there, and brings it back where it is not.
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
  if (doneSince(situation)) {
    return 'NO';
  }
  if (mode === 'ALWAYS' && synthesis !== undefined && !record.syntheses.includes(synthesis)) {
    return 'YES';
  }
  return !definition.upstream?.length ? 'NO' : !upstream ? 'ASK_UPSTREAM' : yes(knownToDiffer(made, upstream));
}

const yes = (is: boolean): Due => (is ? 'YES' : 'NO');

/** The row of a run that holds the lease and finds no attempt: is anything due, may it be paid for, and can it be? */
export function populateIfDue(situation: Situation, seen: Seen): Action {
  if (situation.admittedTo === undefined) {
    const kind = seen.table?.ok ? seen.table.value.analysisType : situation.record.history[0]?.analysisType ?? 'QUERY';
    return isPastDeadline(situation) ? fail(timedOut(situation)) : { type: 'REQUEST_ADMISSION', kind };
  }
  if (!seen.table) {
    return observe('table');
  }
  const error = firstError(seen.table, seen.upstream);
  if (!seen.table.ok || error) {
    return retryInTime(situation, seen.table.ok ? 'Reading an upstream table' : 'GetIntermediateTable', error!);
  }
  const table = seen.table.value;
  const live = liveVersionOf(table, situation.now);
  const upstream = seen.upstream?.ok ? seen.upstream.value : undefined;
  switch (whetherDue(situation, live, upstream)) {
    case 'ASK_UPSTREAM': return observe('upstream');
    case 'NO': return endUnchanged(situation, seen);
    default: return populateIfPossible(situation, seen, table, upstream);
  }
}

/** Ends as `UNCHANGED`, with the live version. */
export function endUnchanged(situation: Situation, { table, liveAnalysis, upstream }: Seen): Action {
  if (!table) {
    return observe('table');
  }
  if (!table.ok) {
    return retryInTime(situation, 'GetIntermediateTable', table.error);
  }
  const live = liveVersionOf(table.value, situation.now);
  if (!live) {
    return end({ output: NO_VERSION });
  }
  const made = attemptOfVersion(situation.record, live.versionId);
  if (made?.populatedAt === undefined && !liveAnalysis) {
    return observe('liveAnalysis');
  }
  const output = unchanged(live, made, liveAnalysis?.ok ? liveAnalysis.value : undefined);
  const lineage = upstream?.ok ? lineageOf(upstream.value) : undefined;
  // A deploy that keeps a version of unknown lineage takes it as built from what is there: only what comes after that is new.
  const isAssumed = isDeploying(situation) && made && lineage && Object.keys(lineage).some((id) => made.upstream?.[id] === undefined);
  return end({ output }, isAssumed ? { assumedLineage: { versionId: live.versionId, upstream: { ...lineage, ...made.upstream } } } : {});
}

function populateIfPossible(situation: Situation, seen: Seen, table: Table, upstream?: readonly SeenUpstream[]): Action {
  const problem = blocked(situation, table) ?? overspent(situation, overspentOf(situation))
    ?? (isPastDeadline(situation) ? timedOut(situation) : undefined);
  if (problem) {
    return fail(problem);
  }
  if (table.analysisType !== situation.admittedTo) {
    return { type: 'REQUEST_ADMISSION', kind: table.analysisType };
  }
  if (desiredOf(situation.record)!.definition.upstream?.length && !upstream) {
    return observe('upstream');
  }
  const waiting = upstream && waitForUpstream(situation, upstream);
  return waiting ?? (seen.lists ? populate(situation, table, seen.lists, upstream) : observe('lists'));
}

/** A run that an upstream table's end has started has all its time; others wait ten minutes for one that is at work. */
function waitForUpstream(situation: Situation, upstream: readonly SeenUpstream[]): Action | undefined {
  const { now, hints: { upstreamSinceAt = now }, run: { input } } = situation;
  const follows = input.afterUpstream === true;
  const mayWait = follows || now - upstreamSinceAt < UPSTREAM_WAIT_SECONDS * 1_000;
  const waitingFor = waitsFor(upstream, now, mayWait, follows);
  return waitingFor === undefined ? undefined : wait(situation, 10 + 5 * situation.chance, waitingFor, { upstreamSinceAt });
}

function populate(situation: Situation, table: Table, { versions, analyses }: Lists, upstream?: readonly SeenUpstream[]): Action {
  if (!versions.ok) {
    return retry(situation, 'ListIntermediateTableVersions', versions.error);
  }
  if (!analyses.ok) {
    return retry(situation, table.analysisType === 'JOB' ? 'ListProtectedJobs' : 'ListProtectedQueries', analyses.error);
  }
  const running = runningOf(versions.value, analyses.value);
  if (running) {
    return waitForOthersQuery(situation, `another population of the table is running (${running})`);
  }
  const { run, record, now } = situation;
  const { definition, parameters, fingerprint, definitionFingerprint } = ownTarget(situation)!;
  const { compute, analysisPayerAccountId } = definition;
  return {
    type: 'POPULATE',
    populate: { ...run.table, ...(Object.keys(parameters).length ? { parameters } : {}), compute, analysisPayerAccountId },
    attempt: {
      token: `${run.execution} ${now}`,
      state: 'INTENDED',
      execution: run.execution,
      isDeploy: isDeploying(situation) && !isFollowingUp(situation),
      request: desiredOf(record)!.request,
      schedule: run.input.schedule,
      parameters: run.input.parameters,
      fingerprint,
      definitionFingerprint,
      parameterNames: Object.keys(parameters).sort(),
      parametersHash: parametersHash(parameters),
      mayHaveDefaults: table.mayHaveDefaults,
      analysisType: table.analysisType,
      intendedAt: now,
      deadlineAt: deadlineOf(situation),
      before: beforeOf(versions.value, analyses.value),
      upstream: upstream && lineageOf(upstream),
    },
  };
}
