import { fail, failure } from './outcome';
import { backOff, firstWait } from './pacing';
import { cancel, cancelFor } from './phases/cancel';
import { look } from './phases/look';
import { populate } from './phases/populate';
import { publish } from './phases/publish';
import { query } from './phases/query';
import { release } from './phases/release';
import type { Beginning, Failure, Phase, RunState } from './run-state';
import { elapsed, inDoubt, timeLeft, waitFor, type Outside } from './step';

const STEPS: Record<Exclude<Phase, 'END'>, (state: RunState, outside: Outside) => Promise<RunState>> = {
  LOOK: look, POPULATE: populate, QUERY: query, PUBLISH: publish, CANCEL: cancel, RELEASE: release,
};

/** One step of a run: `advance(state) → state`. All waiting between steps is the state machine's. */
export async function advance(state: RunState, outside: Outside): Promise<RunState> {
  if (state.phase === 'END') {
    return state;
  }
  const awake = { ...state, waited: state.waited + state.wait, wait: 0, crashes: undefined };
  const late = await ifTimeIsUp(awake, outside);
  return late ?? STEPS[state.phase](awake, outside);
}

/** The first state, from what the machine hands over: the definition's population, or the deployment's, with the input's parameters. */
export function begin({ population, execution }: Beginning, outside: Outside): RunState {
  const { parameters, deployment, afterUpstream, observe } = execution.Input ?? {};
  // Only the definition knows the slot: in the custom resource it would be a change whenever another population joins the stack.
  const base = { ...(deployment?.population ?? population), slot: population.slot };
  const merged = parameters ? { ...base, parameters: { ...base.parameters, ...parameters } } : base;
  return {
    population: merged,
    deployment,
    afterUpstream,
    observe,
    executionArn: execution.Id,
    startedAt: outside.now(),
    waited: 0,
    phase: deployment?.action === 'RELEASE' ? 'RELEASE' : 'LOOK',
    next: 'WAIT',
    wait: 0,
  };
}

/** Runs of one stack that begin at the same moment would ask all at once: each waits for its own second. */
export async function firstStep(beginning: Beginning, outside: Outside): Promise<RunState> {
  const state = begin(beginning, outside);
  const wait = state.phase === 'LOOK' ? firstWait(state.population.slot ?? 0) : 0;
  return wait > 0 ? waitFor(state, wait, outside.now()) : advance(state, outside);
}

/** Beyond the deadline a query is cancelled, or left to itself, as the user chose; phases that only wind up have limits of their own. */
async function ifTimeIsUp(state: RunState, outside: Outside): Promise<RunState | undefined> {
  if (timeLeft(state, outside.now()) > 0 || state.phase === 'CANCEL' || state.phase === 'RELEASE') {
    return undefined;
  }
  if (state.phase === 'QUERY') {
    return lastLook(state, outside);
  }
  return state.phase === 'PUBLISH' && overtime(state, outside) < PUBLISHES_PAST_DEADLINE ? undefined : fail(state, timedOut(state, outside));
}

const PUBLISHES_PAST_DEADLINE = 120;

const overtime = (state: RunState, { now }: Outside): number => -timeLeft(state, now());

/** The query may have ended since the last look. */
async function lastLook(state: RunState, outside: Outside): Promise<RunState> {
  const looked = await query(state, outside);
  if (looked.phase !== 'QUERY') {
    return looked;
  }
  const reason = timedOut(looked, outside);
  return state.population.cancelOnTimeout
    ? cancelFor(looked, reason, outside)
    : fail(looked, { ...reason, cause: `${reason.cause} It was left running, as cancelOnTimeout is false.` });
}

function timedOut(state: RunState, outside: Outside) {
  const minutes = Math.round(state.population.timeoutSeconds / 6) / 10;
  const doubt = state.doubtSince !== undefined ? ' A populate may have been sent, whose answer was lost: the table may be populating.' : '';
  return failure(state, 'PopulationTimedOut',
    `The population did not end within its timeout of ${minutes} minute${minutes === 1 ? '' : 's'} (${Math.round(elapsed(state, outside.now()))} seconds); `
    + `at the end: ${state.waitingFor ?? 'nothing had been answered'}.${doubt}`,
    'Raise `timeout`, or give the query more workers.');
}

/** How often in a row a step may crash before the run gives up. */
const MOST_CRASHES = 8;
const RECOVERS_PAST_DEADLINE = 30;

/** What a query is being cancelled for comes first. */
function afterCrashes(state: RunState, what: string): Failure {
  const { cancelledFor } = state;
  return cancelledFor
    ? { ...cancelledFor, cause: `${cancelledFor.cause} Whether it ended is not known. ${what} Its log group tells why.` }
    : failure(state, 'PopulationFunctionCrashed', what, 'Its log group tells why.');
}

/**
 * After a step that crashed or timed out, nobody knows at which line. Before the query was known, a populate may have been
 * accepted, so the next steps look for its version first.
 */
export function recover(state: RunState, crash: { readonly Error?: string }, outside: Outside): RunState {
  const crashes = (state.crashes ?? 0) + 1;
  const awake = { ...state, waited: state.waited + state.wait, wait: 0 };
  if (crashes > MOST_CRASHES || overtime(awake, outside) > RECOVERS_PAST_DEADLINE) {
    return fail(awake, afterCrashes(awake, `The population function failed ${crashes === 1 ? 'once' : `${crashes} times in a row`} (${crash.Error ?? 'unknown error'}).`));
  }
  // A step that is still in doubt of an earlier populate sends none.
  const doubt = state.phase === 'POPULATE' && !inDoubt(awake, outside.now()) ? { doubtSince: elapsed(awake, outside.now()) } : {};
  return waitFor(awake, backOff(crashes + 1, outside.chance()), outside.now(), { ...doubt, crashes });
}
