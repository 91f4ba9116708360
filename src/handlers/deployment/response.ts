import type { PendingResponse } from '../record/items';
import { bytesOf, shortened } from '../text';

/** What CloudFormation is told, through the presigned URL that it hands out. */

export type Result =
  | { readonly Status: 'SUCCESS'; readonly Data: Readonly<Record<string, unknown>> }
  | { readonly Status: 'FAILED'; readonly Reason: string };

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html */
const LONGEST_BODY = 4096;

/** The JSON of `body`, with `text` shortened until all of it fits. */
export function fitted(body: (text: string) => object, text: string, limit = LONGEST_BODY): string {
  const json = (shorter: string) => JSON.stringify(body(shorter));
  return json(shortened(text, (shorter) => bytesOf(json(shorter)) <= limit));
}

export function responseBody({ url: _, ...target }: PendingResponse, result: Result): string {
  return result.Status === 'SUCCESS'
    ? JSON.stringify({ ...target, ...result })
    : fitted((Reason) => ({ ...target, Status: result.Status, Reason }), result.Reason);
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-waitcondition.html */
export function signalBody(result: Result): string {
  return result.Status === 'SUCCESS'
    ? JSON.stringify({ Status: 'SUCCESS', UniqueId: 'population', Reason: 'Populated', Data: JSON.stringify(result.Data) })
    : fitted((Reason) => ({ Status: 'FAILURE', UniqueId: 'population', Reason, Data: '' }), result.Reason);
}

/** Returns what a signal's data says, as CloudFormation hands it on; undefined where it is not ours. */
export const signalled = (data?: string): Record<string, unknown> | undefined => parsedData(parsedData(data)?.population);

/** Returns attributes that were handed on as JSON; undefined where they were not. */
export function parsedData(json: unknown): Record<string, unknown> | undefined {
  try {
    return typeof json === 'string' ? JSON.parse(json) as Record<string, unknown> : undefined;
  } catch {
    return undefined;
  }
}

export type Put = (url: string, body: string) => Promise<void>;

const ATTEMPTS = 5;

/** PUTs with a few tries. Errors never name the URL, which is a credential. */
export const putter = (pause: (millis: number) => Promise<void>): Put => async (url, body) => {
  for (let attempt = 1; ; attempt++) {
    const problem = await putOnce(url, body);
    if (!problem) {
      return;
    }
    if (attempt === ATTEMPTS) {
      throw new Error(`CloudFormation's response URL answered ${problem}, ${ATTEMPTS} times.`);
    }
    await pause(500 * 2 ** attempt);
  }
};

const PUT_TIMEOUT_MILLIS = 10_000;

async function putOnce(url: string, body: string): Promise<string | undefined> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), PUT_TIMEOUT_MILLIS);
  try {
    // An empty content type is what the URL is signed for.
    const { ok, status } = await fetch(url, { method: 'PUT', body, headers: { 'content-type': '' }, signal: abort.signal });
    return ok ? undefined : `status ${status}`;
  } catch (error) {
    return (error as Error).name;
  } finally {
    clearTimeout(timer);
  }
}
