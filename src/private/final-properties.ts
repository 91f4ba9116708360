import { CfnResource } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/** A resource as its template is going to have it: with tags, and what assignments and overrides have made of it. */
interface FinalResource {
  readonly Properties?: Record<string, unknown>;
  readonly Condition?: string;
}

export function finalResource(resource: CfnResource): FinalResource {
  const { Resources } = resource.stack.resolve(resource._toCloudFormation()) as { Resources: Record<string, FinalResource> };
  return Object.values(Resources)[0];
}

/** Returns a resource's properties as its template is going to have them. */
export const finalProperties = (resource: CfnResource): Record<string, unknown> => finalResource(resource).Properties ?? {};

/** Returns the resource that a construct of this app is, or is built around. */
export function resourceBehind(construct: IConstruct): CfnResource | undefined {
  return [construct, construct.node.defaultChild].find((each) => each !== undefined && CfnResource.isCfnResource(each)) as CfnResource | undefined;
}
