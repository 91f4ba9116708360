import { resultOf } from './ending';
import type { Outside } from './outside';
import { responseBody, signalBody, type Result } from './response';
import type { Ended } from '../../contract/workflow';
import { awaitedFor, awaitedId, type Awaited } from '../record/awaited';
import { describe } from '../service-error';

/** Tells everybody who waits for the run. Where nobody is on record nothing happens, whatever the execution says of itself. */
export async function report(execution: string, ended: Ended, outside: Outside): Promise<void> {
  const awaited = await changed(execution, (known) => withEnd(known, ended), outside);
  const waiting = awaited ? waitingFor(execution, awaited) : [];
  const told = await Promise.allSettled(waiting.map(({ url, body }) => outside.put(url, body)));
  const urls = waiting.filter((_, index) => told[index].status === 'fulfilled').map(({ url }) => url);
  if (urls.length) {
    await changed(execution, (known) => withTold(known, urls), outside);
  }
  const failed = told.find((outcome) => outcome.status === 'rejected');
  if (failed) {
    throw failed.reason;
  }
  outside.log('reported', { execution, told: urls.length, error: awaited?.ended?.failure?.error });
}

type Change = (awaited?: Awaited) => Awaited | undefined;

async function changed(execution: string, change: Change, { documents, time }: Outside): Promise<Awaited | undefined> {
  const answer = await documents.change<Awaited>(awaitedId(execution), change, awaitedFor(time.now()));
  if (!answer.ok) {
    throw new Error(`The record of who waits for ${execution} cannot be reached. ${describe(answer.error)}`);
  }
  return answer.value;
}

/** What was said first counts. */
export const withEnd = (awaited: Awaited | undefined, ended: Ended): Awaited | undefined =>
  (awaited && !awaited.ended ? { ...awaited, ended } : awaited);

export function withTold(awaited: Awaited | undefined, urls: readonly string[]): Awaited | undefined {
  if (!awaited) {
    return awaited;
  }
  const { waitHandle, ...others } = awaited;
  return {
    ...others,
    responses: awaited.responses.filter(({ url }) => !urls.includes(url)),
    ...(waitHandle && !urls.includes(waitHandle) ? { waitHandle } : {}),
  };
}

interface Letter {
  readonly url: string;
  readonly body: string;
}

/** Who has not been told, and what they are to hear. */
export function waitingFor(execution: string, { action, responses, waitHandle, ended }: Awaited): readonly Letter[] {
  const result: Result = action === 'RELEASE' ? { Status: 'SUCCESS', Data: {} } : resultOf(execution, ended!);
  return [
    ...(waitHandle ? [{ url: waitHandle, body: signalBody(result) }] : []),
    ...responses.map((target) => ({ url: target.url, body: responseBody(target, result) })),
  ];
}
