/** Where a Lambda invocation goes wrong. Requests are counted from 1, over all hosts, within one invocation. */
export type LambdaFaultKind =
  /** Lambda itself answers with an error; no code runs. */
  | { readonly at: 'service' }
  /** The runtime crashes before the handler is called. */
  | { readonly at: 'start' }
  /** The environment dies just before, or just after the answer to, its nth request. */
  | { readonly at: 'beforeRequest' | 'afterRequest'; readonly request: number }
  /** All work done, then the environment dies in place of returning. */
  | { readonly at: 'return' }
  /** The nth request, or the return, never comes about, until the function's own timeout. */
  | { readonly at: 'timeoutBeforeRequest' | 'timeoutAfterRequest'; readonly request: number }
  | { readonly at: 'timeoutBeforeReturn' };

export type LambdaFault = LambdaFaultKind & {
  /** Matched against the function's logical id: the id itself, or the start of it. */
  readonly function: string;
  /** Which invocation of that function, counted from 1. @default every one */
  readonly invocation?: number;
};

export function faultFor(faults: readonly LambdaFault[], logicalId: string, invocation: number): LambdaFault | undefined {
  return faults.find((fault) => logicalId.startsWith(fault.function) && (fault.invocation ?? invocation) === invocation);
}
