import { CfnParameter, Fn, Lazy, Stack } from 'aws-cdk-lib';

/** Where values come from that are known only when deploying: whatever they are, synthesis has nothing to say of them. */
export const tokenSources: [string, (stack: Stack) => string][] = [
  ['a CfnParameter', (stack) => new CfnParameter(stack, 'Value').valueAsString],
  ['a Lazy', () => Lazy.string({ produce: () => 'not-what-is-checked' })],
  ['an import', () => Fn.importValue('Value')],
];
