import { Stack } from 'aws-cdk-lib';
import type { PopulationCompute } from '../compute';
import type { IntermediateTablePopulationProps } from '../population-props';
import type { Member } from './member';
import { upstreamOf } from './member';
import { identityOf } from './table';
import { verbatim } from './verbatim';
import type { Change, Compute, Definition, Population, Upstream } from '../contract/population';

/** What is populated: see `Definition` in `src/contract/population.ts`. What users give is encoded where it has to be. */

export function populationOf(props: IntermediateTablePopulationProps): Population {
  const { membershipIdentifier, intermediateTableIdentifier } = identityOf(props.intermediateTable);
  return {
    membershipIdentifier,
    intermediateTableIdentifier,
    ...verbatim({
      parameters: filled(props.parameters),
      compute: computeOf(props.compute),
      analysisPayerAccountId: props.analysisPayerAccountId,
    }),
  };
}

export function changeOf({ triggers }: IntermediateTablePopulationProps, kmsKey?: string): Change {
  return verbatim({ kmsKey, triggers: triggers?.length ? triggers : undefined });
}

interface OnRecord extends Member {
  readonly record: Pick<Upstream, 'record' | 'recordTable'>;
  readonly upstream: readonly OnRecord[];
}

/** All tables that a population is built on, as its runs need to know them. */
export function upstreamIn(member: OnRecord): Definition['upstream'] {
  const closure = upstreamOf(member);
  const entries = closure.map((upstream): Upstream => {
    const { membershipIdentifier, intermediateTableIdentifier } = identityOf(upstream.table);
    return {
      membershipIdentifier,
      intermediateTableIdentifier,
      ...upstream.record,
      after: upstream.upstream.map((further) => closure.indexOf(further)),
      direct: member.upstream.includes(upstream),
      sameStack: Stack.of(upstream.scope) === Stack.of(member.scope),
    };
  });
  return entries.length ? entries : undefined;
}

function computeOf({ workerType, workers, sparkProperties }: PopulationCompute = {}): Compute | undefined {
  const spark = filled(sparkProperties);
  const compute = { type: workerType?.name, number: workers, properties: spark && { spark } };
  return Object.values(compute).some((value) => value !== undefined) ? compute : undefined;
}

/** Languages hand over maps in orders of their own: one order for all, so that the template tells of changes only. */
export const inOrder = (map: { [key: string]: string }): { [key: string]: string } =>
  Object.fromEntries(Object.entries(map).sort(([one], [other]) => (one < other ? -1 : 1)));

/** An empty map means the same as none, and must not count as a change. */
const filled = (map?: { [key: string]: string }) => (map && Object.keys(map).length ? inOrder(map) : undefined);
