import { endOf, resultOf } from './ending';
import { resultOf as propertiesOf, targetOf, type CloudFormationEvent } from './event';
import type { Outside } from './outside';
import { responseBody, signalled, type Result } from './response';
import { settled } from './settling';
import { SETTLES } from '../../contract/time';
import { type Execution } from '../executions';
import { awaitedFor, awaitedId, type Awaited, type ResponseTarget } from '../record/awaited';
import { describe, type Answer } from '../service-error';

/** The version of a run that was waited for elsewhere: what `versionId` refers to then. */
export async function answerResult(event: CloudFormationEvent, outside: Outside): Promise<void> {
  const target = targetOf(event);
  const result = event.RequestType === 'Delete' ? { Status: 'SUCCESS' as const, Data: {} } : await resultFor(event, target, outside);
  outside.log(result ? 'answered the result' : 'waits for the result', { requestId: event.RequestId, execution: propertiesOf(event).Execution });
  if (result) {
    await outside.put(target.url, responseBody(target, result));
  }
}

async function resultFor(event: CloudFormationEvent, target: ResponseTarget, outside: Outside): Promise<Result | undefined> {
  const { documents, executions, time } = outside;
  const { Execution: execution, Signal } = propertiesOf(event);
  const said = signalled(Signal);
  if (said?.Execution === execution) {
    return { Status: 'SUCCESS', Data: said };
  }
  const deadline = time.now() + SETTLES * 1000;
  const awaited = await settled(deadline, () => documents.change<Awaited>(
    awaitedId(execution), (document) => withTarget(document, target, time.now()), awaitedFor(time.now())), time);
  if (awaited.ok && awaited.value?.ended) {
    return resultOf(execution, awaited.value.ended);
  }
  // After it is on record, so that it cannot end unseen in between.
  return resultBy(execution, awaited, await settled(deadline, () => executions.describe(execution), time));
}

/** Who asks after the end is told at once, and has not to be on record. */
export function withTarget(awaited: Awaited | undefined, target: ResponseTarget, now: number): Awaited {
  const { ended, responses } = awaited ?? { responses: [] };
  if (awaited && (ended || responses.some(({ url }) => url === target.url))) {
    return awaited;
  }
  return { requestedAt: now, action: 'POPULATE', ...awaited, responses: [...responses, target] };
}

/** Undefined where the run's own report is going to answer. */
export function resultBy(execution: string, awaited: Answer<unknown>, described: Answer<Execution | undefined>): Result | undefined {
  if (described.ok && !described.value) {
    return { Status: 'FAILED', Reason: `The execution ${execution} is not there any more, and what came of it is not on record. Populate again.` };
  }
  const ended = described.ok && endOf(execution, described.value!);
  if (ended) {
    return resultOf(execution, ended);
  }
  if (awaited.ok) {
    return undefined;
  }
  const problems = [awaited, described].flatMap((answer) => (answer.ok ? [] : describe(answer.error)));
  return { Status: 'FAILED', Reason: `How the execution ${execution} ends cannot be told: ${problems.join('; ')}. It goes on.` };
}
