import { IConstruct } from 'constructs';
import type { PopulationFunctionOptions } from '../function-options';
import { requireSame, requireSameApp } from './environments';
import { known, problem } from './problem';
import { requireKey, requireQueue, requireTracing } from './type-checks';

/** With one, a run that watches its query would keep all others out: for 45 of 46 seconds, until it has ended. */
const LEAST_CONCURRENCY = 2;

/** What regulated users ask for, as far as something can be said of it at synthesis. */
export function validateServiceOptions(stack: IConstruct, options: PopulationFunctionOptions): void {
  const { recordEncryptionKey: key, deadLetterQueue: queue, tracing, reservedConcurrentExecutions: reserved } = options;
  const { path } = stack.node;
  requireKey(path, 'recordEncryptionKey', key);
  requireQueue(path, 'deadLetterQueue', queue);
  requireTracing(path, 'tracing', tracing);
  if (key) {
    requireSameApp(stack, 'recordEncryptionKey', key, 'Refer to it by Key.fromKeyArn().');
    requireSame(stack, 'recordEncryptionKey', key, ['region']);
  }
  if (queue) {
    requireSameApp(stack, 'deadLetterQueue', queue, 'Refer to it by Queue.fromQueueArn().');
    requireSame(stack, 'deadLetterQueue', queue, ['region']);
    requireStandard(path, queue);
  }
  if (reserved !== undefined && known(reserved) && !(Number.isInteger(reserved) && reserved >= LEAST_CONCURRENCY)) {
    problem(path, 'reservedConcurrentExecutions', reserved,
      'Give a whole number from 2 on: with less, one run that watches its query stops all others. One more than the queries that run at a time is enough.');
  }
}

/** Two kinds of constructs tell by two members that they are FIFO queues, and all by their names. */
function requireStandard(path: string, queue: NonNullable<PopulationFunctionOptions['deadLetterQueue']>): void {
  const { fifo, fifoQueue } = queue as { readonly fifo?: unknown; readonly fifoQueue?: unknown };
  const arn = queue.queueRef.queueArn;
  if (fifo === true || fifoQueue === true || (known(arn) && arn.endsWith('.fifo'))) {
    problem(path, 'deadLetterQueue', queue.node.path, 'Give a standard queue: EventBridge sends to no FIFO queue what it could not deliver.');
  }
}
