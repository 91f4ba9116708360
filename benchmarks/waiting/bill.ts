import type { Template } from '../../simulator/cloudformation/assembly';
import type { InvocationRecord } from '../../simulator/lambda/service';
import { LAMBDA_GB_SECOND, LAMBDA_REQUEST, STATE_TRANSITION } from '../prices';
import { sum } from '../statistics';

type Invocation = Pick<InvocationRecord, 'function' | 'start' | 'end'>;

interface FunctionProperties {
  readonly MemorySize?: number;
  readonly Architectures?: (keyof typeof LAMBDA_GB_SECOND)[];
}

/** Dollars for these invocations of a template's functions, and for state transitions. Lambda bills each started millisecond. */
export function bill(template: Template, invocations: readonly Invocation[], transitions: number): number {
  const lambda = invocations.map(({ function: id, start, end = start }) => {
    const { MemorySize = 128, Architectures = ['x86_64'] }: FunctionProperties = template.Resources[id].Properties!;
    return LAMBDA_REQUEST + (Math.ceil(end - start) / 1000) * (MemorySize / 1024) * LAMBDA_GB_SECOND[Architectures[0]];
  });
  return sum(lambda) + transitions * STATE_TRANSITION;
}
