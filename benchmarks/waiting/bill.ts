import type { Template } from '../../simulator/cloudformation/assembly';
import type { InvocationRecord } from '../../simulator/lambda/service';
import { LAMBDA_GB_SECOND, LAMBDA_REQUEST, READ_UNIT, STATE_TRANSITION, WRITE_UNIT } from '../prices';
import { sum } from '../statistics';

type Invocation = Pick<InvocationRecord, 'function' | 'start' | 'end'>;

interface FunctionProperties {
  readonly MemorySize?: number;
  readonly Architectures?: (keyof typeof LAMBDA_GB_SECOND)[];
}

export interface Used {
  readonly invocations: readonly Invocation[];
  readonly transitions: number;
  /** Requests to DynamoDB. */
  readonly records: readonly { readonly operation: string; readonly input: unknown }[];
}

/** Dollars for what was used under a template. Lambda bills each started millisecond, DynamoDB each started kilobyte that is written, and 4 that are read. */
export function bill(template: Template, { invocations, transitions, records }: Used): number {
  const lambda = invocations.map(({ function: id, start, end = start }) => {
    const { MemorySize = 128, Architectures = ['x86_64'] }: FunctionProperties = template.Resources[id].Properties!;
    return LAMBDA_REQUEST + (Math.ceil(end - start) / 1000) * (MemorySize / 1024) * LAMBDA_GB_SECOND[Architectures[0]];
  });
  const dynamo = records.map(({ operation, input }) => (operation === 'GetItem' ? READ_UNIT : Math.ceil(JSON.stringify(input).length / 1024) * WRITE_UNIT));
  return sum(lambda) + sum(dynamo) + transitions * STATE_TRANSITION;
}
