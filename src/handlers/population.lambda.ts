import { SFNClient } from '@aws-sdk/client-sfn';
import { advance, firstStep, begin, recover } from './population/advance';
import { cleanRooms, cleanRoomsClient } from './population/clean-rooms';
import { embeddedMetrics } from './population/metrics';
import type { Beginning, RunState } from './population/run-state';
import { runsFrom, siblingsFrom, twinsFrom } from './population/siblings';
import type { Outside } from './population/step';

let client: SFNClient | undefined;
// Made when first asked for: most steps do without it.
const stepFunctions = () => client ??= new SFNClient({
  maxAttempts: 2, requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
});

const outside: Outside = {
  cleanRooms: cleanRooms(cleanRoomsClient()),
  siblings: siblingsFrom(stepFunctions),
  runsOf: runsFrom(stepFunctions),
  isTwin: twinsFrom(stepFunctions),
  now: () => Date.now(),
  chance: () => Math.random(),
  slots: Number(process.env.POPULATIONS ?? 1),
};

type Step = (Beginning | RunState) & { readonly crash?: { readonly Error?: string } };

const hasBegun = (step: Beginning | RunState): step is RunState => 'phase' in step;

/** One step of the state machine; see `population/advance.ts`. Its answer is the machine's state. */
export const handler = async ({ crash, ...step }: Step): Promise<RunState> => {
  const state = step as Beginning | RunState;
  const next = crash
    ? recover(hasBegun(state) ? state : begin(state, outside), crash, outside)
    : await (hasBegun(state) ? advance(state, outside) : firstStep(state, outside));
  // Never the state itself: it carries parameters and the ResponseURL.
  console.log(JSON.stringify({
    execution: next.executionArn,
    phase: next.phase,
    next: next.next,
    wait: next.wait,
    analysisId: next.analysisId,
    versionId: next.versionId,
    crash: crash?.Error,
    error: next.failure?.error,
  }));
  const metrics = embeddedMetrics(next, outside.now());
  if (metrics) {
    console.log(JSON.stringify(metrics));
  }
  return next;
};
