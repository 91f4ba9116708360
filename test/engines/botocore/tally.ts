import { isDeepStrictEqual } from 'util';
import { Botocore, Reply } from './client';

/** Counts what was looked at, and collects what was not right. */
export class Tally {
  calls = 0;
  values = 0;
  readonly operations = new Set<string>();
  private readonly found: string[] = [];

  expect(what: string, actual: unknown, expected: unknown): void {
    if (!isDeepStrictEqual(actual, expected)) {
      this.found.push(`${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
    }
  }

  add(operation: string, { values, problems }: Reply): void {
    this.calls++;
    this.values += values;
    this.operations.add(operation);
    this.found.push(...problems.map((problem) => `${operation}: ${problem}`));
  }

  /** What was not right since this was last asked. */
  problems(): string[] {
    return this.found.splice(0);
  }
}

/** Calls that have to succeed, or to fail with a certain error. */
export function asking(botocore: Botocore, tally: Tally) {
  const call = async (operation: string, input: object): Promise<Reply> => {
    const reply = await botocore.call(operation, input);
    tally.add(operation, reply);
    return reply;
  };
  return {
    async ok(operation: string, input: object): Promise<Reply['output']> {
      const reply = await call(operation, input);
      tally.expect(`the error of ${operation}`, reply.error, undefined);
      return reply.output;
    },
    async refused(code: string, operation: string, input: object): Promise<Record<string, unknown>> {
      const reply = await call(operation, input);
      tally.expect(`the error of ${operation}`, reply.error?.code, code);
      return reply.error?.members ?? {};
    },
  };
}
