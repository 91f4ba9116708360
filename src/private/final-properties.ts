import { CfnResource } from 'aws-cdk-lib';

interface Rendered {
  readonly Properties?: Record<string, unknown>;
}

/** A resource's properties as its template is going to have them: tags, and what assignments and overrides have made of them. */
export function finalProperties(resource: CfnResource): Record<string, unknown> {
  const { Resources } = resource.stack.resolve(resource._toCloudFormation()) as { Resources: Record<string, Rendered> };
  return Object.values(Resources)[0].Properties ?? {};
}
