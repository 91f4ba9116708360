import { aws_events as events, Stack } from 'aws-cdk-lib';
import { identityOf } from './definition';
import type { Machinery } from './machinery';
import { requireSameApp } from './nearness';
import { known } from './problem';
import { OBSERVE_INPUT } from '../handlers/shared-names';

/** Tables that are built on others' populations: the order of their refreshes. */

/** What the population function needs to know of all tables upstream: see `Upstream` in `src/handlers/population/run-state.ts`. */
export function upstreamOf(machinery: Machinery): object[] | undefined {
  const closure = furthestFirst(machinery);
  const entries = closure.map((upstream) => {
    const { membershipIdentifier, intermediateTableIdentifier } = identityOf(upstream.table);
    return {
      membershipIdentifier,
      intermediateTableIdentifier,
      stateMachineArn: upstream.machine.attrArn,
      after: upstream.upstream().map((further) => closure.indexOf(further)),
      direct: machinery.upstream().includes(upstream),
    };
  });
  return entries.length ? entries : undefined;
}

function furthestFirst(machinery: Machinery, found: Machinery[] = []): Machinery[] {
  for (const upstream of machinery.upstream()) {
    furthestFirst(upstream, found);
    if (!found.includes(upstream)) {
      found.push(upstream);
    }
  }
  return found;
}

/**
 * Starts a run whenever one of an upstream table has ended, well or not: whether there is anything to do is the run's to find out.
 * Deploys' own runs do not count, since CloudFormation orders those; nor do looks.
 */
export function chainRule(machinery: Machinery): events.Rule {
  return new events.Rule(machinery.scope, 'AfterUpstream', {
    description: `Refreshes the intermediate table of ${machinery.scope.node.path} after those that it is built on`,
    eventPattern: {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: {
        stateMachineArn: machinery.upstream().map(({ machine }) => machine.attrArn),
        status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'],
        name: events.Match.anythingButPrefix(machinery.services.executionPrefix),
        input: events.Match.anythingBut(JSON.stringify(OBSERVE_INPUT)),
      },
    },
    targets: [machinery.target({ afterUpstream: true })],
  });
}

/** Fails at synthesis where populations wait for each other in a circle, or live where their refreshes cannot be seen. */
export function requireAcyclic(machinery: Machinery): void {
  const path = circle(machinery, [machinery]);
  if (path) {
    throw new Error(`${machinery.scope.node.path}: refreshAfter is circular: ${path.map(({ scope }) => scope.node.path).join(' after ')}. `
      + 'A table cannot be built on itself: leave one of them out.');
  }
  for (const upstream of machinery.upstream()) {
    requireSameApp(machinery.scope, 'refreshAfter', upstream.scope, 'Let an event of that population start this one instead: see onPopulated().');
    requireSameEnvironment(machinery, upstream);
  }
}

function circle(start: Machinery, path: readonly Machinery[]): readonly Machinery[] | undefined {
  for (const upstream of path[path.length - 1].upstream()) {
    if (upstream === start) {
      return [...path, start];
    }
    const found = path.includes(upstream) ? undefined : circle(start, [...path, upstream]);
    if (found) {
      return found;
    }
  }
  return undefined;
}

function requireSameEnvironment(machinery: Machinery, upstream: Machinery): void {
  const [here, there] = [Stack.of(machinery.scope), Stack.of(upstream.scope)];
  for (const key of ['account', 'region'] as const) {
    if (here[key] !== there[key] && (known(here[key]) || known(there[key]))) {
      throw new Error(`${machinery.scope.node.path}: refreshAfter has ${upstream.scope.node.path}, whose ${key} is ${shown(there[key])} and not `
        + `${shown(here[key])}. Tables are built on tables of their own ${key}: put both populations into stacks of one ${key}.`);
    }
  }
}

const shown = (value: string): string => (known(value) ? JSON.stringify(value) : 'any');
