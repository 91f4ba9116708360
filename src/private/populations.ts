import { CfnResource, Stack, Stage } from 'aws-cdk-lib';
import { IIntermediateTableRef } from 'aws-cdk-lib/aws-cleanrooms';
import { IParameterRef } from 'aws-cdk-lib/aws-ssm';
import { Construct, IConstruct, Node } from 'constructs';

/** A population as the other ones of its app have to do with it. */
export interface NeighbourPopulation {
  readonly scope: Construct;
  readonly table: IIntermediateTableRef;
  /** What comes and goes with the population's condition. */
  readonly customResource: CfnResource;
  readonly refreshAfter: readonly { readonly node: Node }[];
  readonly versionParameter?: IParameterRef;
}

const populations = new WeakMap<IConstruct, NeighbourPopulation[]>();

export function registerPopulation(population: NeighbourPopulation): void {
  const { root } = population.scope.node;
  populations.set(root, [...populationsWith(population.scope), population]);
}

/** Returns the populations of the scope's app, the first that was made first. */
export const populationsWith = (scope: IConstruct): readonly NeighbourPopulation[] => populations.get(scope.node.root) ?? [];

/** Returns what is registered of a population, be it ours or one that wraps ours and has its node. */
export const populationAt = ({ node }: { readonly node: Node }): NeighbourPopulation | undefined =>
  populations.get(node.root)?.find(({ scope }) => scope.node === node);

/** Returns whether a population is ordered after another one by `refreshAfter`, directly or not. */
export function comesAfter(population: NeighbourPopulation, other: NeighbourPopulation): boolean {
  return population.refreshAfter.some(({ node }) => {
    const upstream = populationAt({ node });
    return upstream !== undefined && (upstream === other || comesAfter(upstream, other));
  });
}

/** Returns whether `refreshAfter` of one may have the other: see `requireNear` in `chain.ts`. */
export function mayFollow({ scope: one }: NeighbourPopulation, { scope: other }: NeighbourPopulation): boolean {
  const [here, there] = [Stack.of(one), Stack.of(other)];
  return Stage.of(one) === Stage.of(other) && here.account === there.account && here.region === there.region;
}
