import { clockOf, stepLimit, type Ports } from './invocation';
import { RECORD_TABLE_VARIABLE } from '../contract/names';
import { MAX_POLL_SECONDS, STEP_LIMIT_SECONDS, STEP_SHUTDOWN_SECONDS } from '../contract/time';
import type { MachineState, Step } from '../contract/workflow';
import { cleanRooms, cleanRoomsClient } from './clean-rooms/clean-rooms';
import { step } from './population/step';
import { dynamoDBClient, dynamoDBStore } from './record/store';

const lasting: Omit<Ports, 'clock'> = {
  cleanRooms: cleanRooms(cleanRoomsClient()),
  store: dynamoDBStore(dynamoDBClient(), process.env[RECORD_TABLE_VARIABLE]!),
  chance: () => Math.random(),
};

interface Context {
  readonly getRemainingTimeInMillis?: () => number;
}

/** Takes one step of the state machine; see `population/step.ts`. Its answer is the machine's state. */
export const handler = async ({ state, now }: Step, context: Context = {}): Promise<MachineState> => {
  // Somebody may have given the function less time than the library does.
  const given = (context.getRemainingTimeInMillis?.() ?? STEP_LIMIT_SECONDS * 1_000) / 1_000;
  const clock = clockOf(now, Math.min(MAX_POLL_SECONDS, given - STEP_SHUTDOWN_SECONDS));
  const stepped = await stepLimit(STEP_LIMIT_SECONDS, { ...lasting, clock }, (ports) => step(state, ports));
  const { execution, next, wait, ended, hints } = stepped.state;
  // Never the state itself: an execution's input may have parameters.
  console.log(JSON.stringify({
    execution: execution.Id,
    next,
    wait: next === 'WAIT' ? wait : undefined,
    waitingFor: next === 'WAIT' ? hints?.waitingFor : undefined,
    analysisId: ended?.output?.analysisId,
    versionId: ended?.output?.versionId,
    crash: state.crash?.Error,
    error: ended?.failure?.error,
  }));
  if (stepped.metrics) {
    console.log(JSON.stringify(stepped.metrics));
  }
  return stepped.state;
};
