import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import { IIntermediateTableRef } from 'aws-cdk-lib/aws-cleanrooms';

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_cleanrooms.html */
export function grantQueryOf(table: IIntermediateTableRef, grantee: iam.IGrantable, kmsKeyArn?: string): iam.Grant {
  const { intermediateTableArn, membershipIdentifier } = table.intermediateTableRef;
  const { account, region } = table.env;
  const membershipArn = Stack.of(table).formatArn({ service: 'cleanrooms', account, region, resource: 'membership', resourceName: membershipIdentifier });
  const start = iam.Grant.addToPrincipal({
    grantee, actions: ['cleanrooms:StartProtectedQuery'], resourceArns: [membershipArn, intermediateTableArn],
  });
  const read = iam.Grant.addToPrincipal({ grantee, actions: ['cleanrooms:GetProtectedQuery'], resourceArns: [membershipArn] });
  return kmsKeyArn ? start.combine(read).combine(keyGrant(table, grantee, kmsKeyArn)) : start.combine(read);
}

/** https://docs.aws.amazon.com/clean-rooms/latest/userguide/data-encryption.html */
const keyGrant = (table: IIntermediateTableRef, grantee: iam.IGrantable, kmsKeyArn: string): iam.Grant => iam.Grant.addToPrincipal({
  grantee,
  actions: ['kms:DescribeKey', 'kms:GenerateDataKey', 'kms:Decrypt'],
  resourceArns: [kmsKeyArn],
  conditions: { StringEquals: { 'kms:ViaService': `cleanrooms.${table.env.region}.amazonaws.com` } },
});
