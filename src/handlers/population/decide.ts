import { end, fail, observe, type Action } from './actions';
import { finishAttempt, recoverAttempt } from './finishing';
import type { Seen } from './observe';
import { doneSince, endUnchanged, populateIfDue, whetherDue } from './populating';
import {
  holdsLease, isDeploying, isFollowingUp, isHeldBack, isOfDeployment, isOwn, isPastDeadline, isPastGrace, isReleasing, lastHasFailed, onlyMeasures,
  ownRequest, ownTarget, type Situation,
} from './run';
import { retryInTime, timedOut, wait, waitForTurn } from './waiting';
import { tableId } from '../../contract/definition';
import { liveVersionOf } from '../clean-rooms/clean-rooms';
import { adding, failure, NO_VERSION, outputOf, superseded } from '../failures';
import { desiredOf, isWanted, openRequestOf } from '../record/desired';

interface Row {
  readonly name: string;
  fits(situation: Situation): boolean;
  decide(situation: Situation, seen: Seen): Action;
}

/**
 * What a step does, by what is on record, what was seen, the run's own request and the moment: the first row that fits.
 * `docs/lifecycle.svg` is drawn from the names of these rows.
 */
export const ROWS: readonly Row[] = [
  {
    name: 'its event may have started another run before',
    fits: ({ run, hints }) => run.input.event !== undefined && hints.eventTaken === undefined,
    decide: () => ({ type: 'CLAIM_EVENT' }),
  },
  {
    name: 'it only measures',
    fits: onlyMeasures,
    decide: endUnchanged,
  },
  {
    name: 'its outcome is on record, and no attempt of its own',
    fits: (situation) => situation.outcome !== undefined && !isOwn(situation),
    decide: ({ outcome }) => end(outcome!),
  },
  {
    name: 'its populate was refused for good',
    fits: (situation) => situation.refusal !== undefined && !isOwn(situation),
    decide: ({ refusal }) => fail(refusal!),
  },
  {
    name: 'its Delete has ended, and nothing is wanted instead',
    fits: (situation) => hasReleased(situation) && !isFollowingUp(situation) && !isFinishing(situation),
    decide: () => end({ output: NO_VERSION }),
  },
  {
    name: 'its Delete has ended, and CloudFormation may not know',
    fits: (situation) => hasReleased(situation) && !situation.hints.reported,
    decide: () => ({ type: 'REPORT' }),
  },
  {
    name: 'its request is not its logical id\'s newest, or has ended',
    fits: (situation) => isOfDeployment(situation.run) && !isFollowingUp(situation) && !isFinishing(situation)
      && (ownRequest(situation)?.ended !== undefined || !ownRequest(situation)),
    decide: (situation) => fail(ownRequest(situation) || desiredOf(situation.record) ? superseded(situation)
      : failure(situation, 'Superseded', 'The deployment is not on record: was its item deleted? Deploy again.')),
  },
  {
    name: 'nothing says what it is to make',
    fits: (situation) => !isReleasing(situation) && !ownTarget(situation) && !isFinishing(situation),
    decide: (situation, seen) => (desiredOf(situation.record) ? endUnchanged(situation, seen) : undeployed(situation, seen)),
  },
  {
    name: 'it is of a Delete, and no attempt is unwanted',
    fits: (situation) => isReleasing(situation)
      && (!situation.record.attempt || isWanted(situation, situation.record.attempt) || isPastDeadline(situation)),
    decide: () => ({ type: 'RECORD_RELEASED' }),
  },
  {
    name: 'it is held back, and what it was to make was intended since it began, and succeeded',
    fits: (situation) => !isReleasing(situation) && isHeldBack(situation) && doneSince(situation) !== undefined,
    decide: (situation) => end({ output: outputOf(doneSince(situation)!, 'UNCHANGED') }),
  },
  {
    name: 'it is of a deploy, and another\'s attempt, which is wanted, is under way',
    fits: (situation) => isDeploying(situation) && isBesideWanted(situation) && (isHeldBack(situation) || holdsLease(situation)),
    decide: endIfNothingIsDue,
  },
  {
    name: 'it is held back, and another run finishes what it has begun',
    fits: (situation) => isHeldBack(situation) && isOwn(situation),
    decide: (situation) => (isPastGrace(situation) ? fail(adding(timedOut(situation, situation.record.attempt), 'It may still go live.'))
      : waitHeldBack(situation, 'another run of this population finishes what this one has begun')),
  },
  {
    name: 'it is held back',
    fits: isHeldBack,
    decide: keepStill,
  },
  {
    name: 'it has not taken or renewed the lease',
    fits: ({ hasLease }) => !hasLease,
    decide: () => ({ type: 'ACQUIRE_LEASE' }),
  },
  {
    name: 'it holds the lease, without an attempt, and another\'s request is open',
    fits: ({ run, record, now }) => !record.attempt && (openRequestOf(record, now)?.execution ?? run.execution) !== run.execution,
    decide: () => ({ type: 'RELEASE_LEASE' }),
  },
  {
    name: 'no attempt',
    fits: ({ record }) => !record.attempt,
    decide: populateIfDue,
  },
  {
    name: 'an attempt is INTENDED',
    fits: ({ record }) => record.attempt?.state === 'INTENDED',
    decide: recoverAttempt,
  },
  {
    name: 'an attempt is STARTED',
    fits: () => true,
    decide: finishAttempt,
  },
];

export const rowFor = (situation: Situation): Row => ROWS.find((row) => row.fits(situation))!;

export const decide = (situation: Situation, seen: Seen): Action => rowFor(situation).decide(situation, seen);

const isBesideWanted = (situation: Situation): boolean =>
  !isOwn(situation) && situation.record.attempt !== undefined && isWanted(situation, situation.record.attempt);
const hasReleased = (situation: Situation): boolean => ownRequest(situation)?.action === 'RELEASE' && !isReleasing(situation);

/** Whoever holds the lease finishes the attempt that it finds before anything else, and no run ends before its own attempt has. */
const isFinishing = (situation: Situation): boolean => isOwn(situation) || (holdsLease(situation) && situation.record.attempt !== undefined);

function undeployed(situation: Situation, { pointer }: Seen): Action {
  if (!pointer) {
    return observe('pointer');
  }
  if (!pointer.ok) {
    return retryInTime(situation, 'DynamoDB', pointer.error);
  }
  // The construct is just getting another table: that one's deploy populates it.
  const isReplacing = pointer.value?.table && tableId(pointer.value.table) !== tableId(situation.run.table);
  return isReplacing ? end({ output: NO_VERSION }) : fail(failure(situation, 'NotDeployed',
    'Nothing was populated: no deployment of this population is on record.',
    'Deploy its stack; give it another of its `triggers` if nothing else changes.'));
}

function endIfNothingIsDue(situation: Situation, seen: Seen): Action {
  if (!seen.table) {
    return observe('table');
  }
  if (seen.table.ok && whetherDue(situation, liveVersionOf(seen.table.value, situation.now)) === 'NO') {
    return endUnchanged(situation, seen);
  }
  if (isHeldBack(situation)) {
    return keepStill(situation);
  }
  const finish = situation.record.attempt!.state === 'INTENDED' ? recoverAttempt : finishAttempt;
  return situation.hasLease ? finish(situation, seen) : { type: 'ACQUIRE_LEASE' };
}

function keepStill(situation: Situation): Action {
  if (holdsLease(situation) && !situation.record.attempt) {
    return { type: 'RELEASE_LEASE' };
  }
  const isAfterFailure = lastHasFailed(situation);
  if (isPastDeadline(situation)) {
    return fail(!isAfterFailure ? timedOut(situation) : failure(situation, 'Superseded',
      'Nothing was populated: the last deployment of this population failed, and nothing is populated before the next one.', 'Deploy again.'));
  }
  return waitHeldBack(situation, isAfterFailure ? 'the last deployment failed, and CloudFormation has not said what is wanted instead'
    : 'another run of this population goes first');
}

const waitHeldBack = (situation: Situation, waitingFor: string): Action =>
  (isReleasing(situation) ? wait(situation, 3, waitingFor) : waitForTurn(situation, isDeploying(situation), waitingFor));
