import { aws_iam as iam } from 'aws-cdk-lib';

/**
 * Whether somebody makes the role beforehand, by CDK's report of what it has to be allowed: see `iam.Role.customizeRoles()`. CDK tells nobody,
 * but such a role has the other one within it.
 */
export const isPrecreated = ({ node }: iam.Role): boolean => node.tryFindChild(`PrecreatedRole${node.id}`) !== undefined;
