import { SFNClient } from '@aws-sdk/client-sfn';
import { executionStatus } from './executions';
import { RECORD_TABLE_VARIABLE } from '../contract/names';
import { LINGER } from '../contract/time';
import type { MachineState, Step } from '../contract/workflow';
import { cleanRooms, cleanRoomsClient } from './population/clean-rooms';
import { embeddedMetrics } from './population/metrics';
import type { Clock, Outside } from './population/outside';
import type { RunState } from './population/run-state';
import { step } from './population/step';
import { documents, dynamoDBClient } from './record/documents';
import { recordStore } from './record/store';

let client: SFNClient | undefined;
// Made when first asked for: most steps do without it.
const stepFunctions = () => client ??= new SFNClient({
  maxAttempts: 2, requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
});

const sleep = (millis: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, millis); });

const lasting: Omit<Outside, 'clock'> = {
  cleanRooms: cleanRooms(cleanRoomsClient()),
  record: recordStore(documents(dynamoDBClient(), process.env[RECORD_TABLE_VARIABLE]!, sleep)),
  statusOf: (executionArn) => executionStatus(stepFunctions(), executionArn),
  chance: () => Math.random(),
};

/** The host's own clock may be wrong by minutes; its stopwatch is not. */
function clockOf(now: string): Clock {
  const begun = performance.now();
  const passed = () => performance.now() - begun;
  const entered = Date.parse(now);
  return {
    entered,
    now: () => entered + passed(),
    pause: (seconds) => sleep(seconds * 1_000),
    lingers: () => LINGER - passed() / 1_000,
  };
}

/** One step of the state machine; see `population/step.ts`. Its answer is the machine's state. */
export const handler = async ({ state, now }: Step<RunState>): Promise<MachineState<RunState>> => {
  const clock = clockOf(now);
  const next = await step(state, { ...lasting, clock });
  // Never the state itself: it carries parameters.
  const { execution, run, wait, ended } = next;
  console.log(JSON.stringify({
    execution: execution.Id,
    phase: run!.phase,
    next: next.next,
    wait: next.next === 'WAIT' ? wait : undefined,
    analysisId: 'sent' in run! ? run.sent.analysisId : ended?.output?.analysisId,
    versionId: ended?.output?.versionId,
    crash: state.crash?.Error,
    error: ended?.failure?.error,
  }));
  const metrics = embeddedMetrics(run!, clock.now());
  if (metrics) {
    console.log(JSON.stringify(metrics));
  }
  return next;
};
