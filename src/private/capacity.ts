import { CfnResource, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MOST_RESOURCES = 500;

/**
 * Says that a stack has more resources than CloudFormation takes. CDK says so as well, but later, and neither what they are of nor what to do.
 *
 * @param services what the populations share
 */
export function overfull(services: IConstruct, populations: readonly IConstruct[]): string[] {
  const stack = Stack.of(services);
  // CDK's own switch, for organizations whose limit differs; 0 turns the check off.
  const most = Number(stack.node.tryGetContext('@aws-cdk/core:stackResourceLimit') ?? MOST_RESOURCES);
  const all = countIn(stack, stack);
  if (most === 0 || all <= most) {
    return [];
  }
  const ours = [services, ...populations].reduce((total, scope) => total + countIn(scope, stack), 0);
  return [`The stack ${stack.node.path} has ${all} resources, of which CloudFormation takes ${most}. `
    + `Its populations (${populations.length}) and what they share are ${ours} of them. Spread the populations over several stacks, or over nested ones.`];
}

const countIn = (scope: IConstruct, stack: Stack): number =>
  scope.node.findAll().filter((child) => CfnResource.isCfnResource(child) && child.stack === stack && 'Resources' in child._toCloudFormation()).length;
