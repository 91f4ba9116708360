import { SFNClient } from '@aws-sdk/client-sfn';
import { advance, firstStep, begin, recover } from './population/advance';
import { cleanRooms, cleanRoomsClient } from './population/clean-rooms';
import type { Beginning, RunState } from './population/run-state';
import { siblingsFrom } from './population/siblings';
import type { Outside } from './population/step';

let stepFunctions: SFNClient | undefined;

const outside: Outside = {
  cleanRooms: cleanRooms(cleanRoomsClient()),
  siblings: siblingsFrom(() => stepFunctions ??= new SFNClient({
    maxAttempts: 2, requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  })),
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
    execution: next.executionArn, phase: next.phase, next: next.next, wait: next.wait, analysisId: next.analysisId, versionId: next.versionId,
    crash: crash?.Error, error: next.failure?.error,
  }));
  return next;
};
