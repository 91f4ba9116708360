import { Stack, Stage } from 'aws-cdk-lib';
import { IEnvironmentAware } from 'aws-cdk-lib/interfaces';
import { IConstruct } from 'constructs';
import { fail, known, problem } from './problem';

/** Something that is in the stack's account and region. Stacks of other apps, and of other stages, cannot be referred to at all. */
export function requireHere(scope: IConstruct, prop: string, other: IConstruct & IEnvironmentAware, elsewhere: string): void {
  requireSameApp(scope, prop, other, elsewhere);
  requireSame(scope, prop, other, ['account', 'region']);
}

export function requireSame(scope: IConstruct, prop: string, { env, node }: Pick<IConstruct, 'node'> & IEnvironmentAware, keys: ('account' | 'region')[]): void {
  const stack = Stack.of(scope);
  for (const key of keys) {
    const [theirs, ours] = [env[key], stack[key]];
    if (known(theirs) && known(ours) && theirs !== ours) {
      problem(scope.node.path, `the ${key} of ${prop} ${node.path}`, theirs,
        `The stack's is ${JSON.stringify(ours)}: put the population into a stack of that ${key}.`);
    }
  }
}

export function requireSameApp(scope: IConstruct, prop: string, other: IConstruct, elsewhere: string): void {
  if (Stage.of(scope) !== Stage.of(other)) {
    fail(scope.node.path, `${prop} ${other.node.path} is of another app or stage, whose stacks are deployed apart`, elsewhere);
  }
}
