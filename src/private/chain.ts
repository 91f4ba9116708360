import { aws_events as events, Lazy, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { requireSameApp } from './environments';
import { fail, known } from './problem';
import { OBSERVE_INPUT } from '../contract/workflow';

/** Tables that are built on others' populations: the order of their refreshes. */

/**
 * Sees whenever a run of an upstream table has ended, well or not: whether there is anything to do is the run's to find out that it starts.
 * Runs of this stack's deploys do not count, since CloudFormation orders those; nor do looks.
 */
export function chainPattern(upstream: readonly { readonly stateMachineSuffix: string }[], executionPrefix: string): events.EventPattern {
  return {
    source: ['aws.states'],
    detailType: ['Step Functions Execution Status Change'],
    detail: {
      // By the ends of their names, which need no reference to each: forty have room in a pattern of 2,048 characters.
      stateMachineArn: Lazy.any({ produce: () => upstream.map(({ stateMachineSuffix: suffix }) => ({ suffix })) }) as unknown as string[],
      status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'],
      name: events.Match.anythingButPrefix(executionPrefix),
      input: events.Match.anythingBut(JSON.stringify(OBSERVE_INPUT)),
    },
  };
}

interface Chained<T> {
  readonly upstream: readonly T[];
}

/** Returns all that a population is built on, directly or not. */
export function upstreamOf<T extends Chained<T>>({ upstream }: T, found = new Set<T>()): Set<T> {
  for (const each of upstream.filter((one) => !found.has(one))) {
    upstreamOf(each, found.add(each));
  }
  return found;
}

/** Fails where populations are meant to follow others whose refreshes cannot be seen. */
export function requireNear(scope: IConstruct, upstream: IConstruct): void {
  requireSameApp(scope, 'refreshAfter', upstream, 'Let an event of that population start this one instead: see onPopulated().');
  const [here, there] = [Stack.of(scope), Stack.of(upstream)];
  for (const key of ['account', 'region'] as const) {
    if (here[key] !== there[key] && (known(here[key]) || known(there[key]))) {
      fail(scope.node.path, `refreshAfter has ${upstream.node.path}, whose ${key} is ${shown(there[key])} and not ${shown(here[key])}`,
        `Tables are built on tables of their own ${key}: put both populations into stacks of one ${key}.`);
    }
  }
}

const shown = (value: string): string => (known(value) ? JSON.stringify(value) : 'any');
