import { IIntermediateTableRef } from 'aws-cdk-lib/aws-cleanrooms';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

/** One population, as far as the services that a stack's populations share are concerned. */
export interface Member {
  /** The population's construct. */
  readonly scope: Construct;
  readonly table: IIntermediateTableRef;
  readonly machine: CfnStateMachine;
  /** What runs when the stack deploys, and so needs its permissions first. */
  readonly customResource: Construct;
  /** What it is built on. */
  readonly upstream: readonly Member[];
  /** Where it is on record. */
  readonly recordArn: string;
  /** The key that the table's data is encrypted with, where it can be known. */
  kmsKeyArn(): string | undefined;
}

/** All that a population is built on, directly or not, the furthest first. */
export function upstreamOf<T extends { readonly upstream: readonly T[] }>(member: T, found: T[] = []): T[] {
  for (const upstream of member.upstream) {
    upstreamOf(upstream, found);
    if (!found.includes(upstream)) {
      found.push(upstream);
    }
  }
  return found;
}
