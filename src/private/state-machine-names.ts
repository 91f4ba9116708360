import { ArnFormat, Aws, CfnResource, Fn, Lazy, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { hash } from '../contract/hashing';
import { STATE_MACHINE_PREFIX } from '../contract/names';

/**
 * The names of state machines, of 80 characters at most: `IntermediateTable-STACK-READABLE-HASH`. Whoever starts those of a stack knows them by
 * the first half, and whoever listens to one by the second: so neither has to be told of each, which would make it depend on each.
 */

const READABLE_LENGTH = 44;
const HASH_LENGTH = 8;
/** So much of a name's end stands in the patterns of rules, of 2,048 characters each, and tells a person what it is of. */
const SUFFIX_LENGTH = 16;

/** A part of the stack's UUID: a stack that is deleted and made again must not meet machines that are still being deleted. */
const stackPart = (): string => Fn.select(0, Fn.split('-', Fn.select(2, Fn.split('/', Aws.STACK_ID))));

/** Returns the name of a population's state machine: another one exactly where CloudFormation sees another resource. */
export const stateMachineName = (population: IConstruct, machine: () => CfnResource): string =>
  Fn.join('-', [STATE_MACHINE_PREFIX, stackPart(), Lazy.string({ produce: () => readableName(population, machine()) })]);

/** Returns the ARN that all state machines of a stack match. */
export const stateMachinesOf = (stack: Stack): string => stack.formatArn({
  service: 'states',
  resource: 'stateMachine',
  resourceName: `${Fn.join('-', [STATE_MACHINE_PREFIX, stackPart(), ''])}*`,
  arnFormat: ArnFormat.COLON_RESOURCE_NAME,
});

/** Returns what the ARN of one state machine ends in. Copies of one app in an account have the same. */
export const stateMachineSuffix = (population: IConstruct, machine: CfnResource): string => readableName(population, machine).slice(-SUFFIX_LENGTH);

function readableName(population: IConstruct, machine: CfnResource): string {
  const stack = Stack.of(population);
  const path = population.node.scopes.slice(stack.node.scopes.length).map(({ node }) => node.id).join('-');
  const readable = path.replace(/[^\w-]+/g, '-').slice(-READABLE_LENGTH);
  return `${readable}-${hash(stack.resolve(machine.logicalId) as string, HASH_LENGTH)}`;
}
