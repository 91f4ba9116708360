import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import { CfnIntermediateTable, IIntermediateTableRef } from 'aws-cdk-lib/aws-cleanrooms';
import { whenFinal } from '../late';
import { kmsKeyArnOf } from '../table';
import { AnalysisKind } from './analysis-kinds';

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_cleanrooms.html */
export function grantQueryOf(table: IIntermediateTableRef, grantee: iam.IGrantable, kinds: readonly AnalysisKind[]): iam.Grant {
  const { intermediateTableArn, membershipIdentifier } = table.intermediateTableRef;
  const { account, region } = table.env;
  const membershipArn = Stack.of(table).formatArn({ service: 'cleanrooms', account, region, resource: 'membership', resourceName: membershipIdentifier });
  const actions = (verb: string) => kinds.map((kind) => `cleanrooms:${verb}Protected${kind}`);
  return iam.Grant.addToPrincipal({ grantee, actions: actions('Start'), resourceArns: [membershipArn, intermediateTableArn] })
    .combine(iam.Grant.addToPrincipal({ grantee, actions: actions('Get'), resourceArns: [membershipArn] }));
}

/** https://docs.aws.amazon.com/clean-rooms/latest/userguide/data-encryption.html */
export const grantKey = ({ env }: IIntermediateTableRef, grantee: iam.IGrantable, kmsKeyArn: string): iam.Grant =>
  iam.Grant.addToPrincipal({
    grantee,
    actions: ['kms:DescribeKey', 'kms:GenerateDataKey', 'kms:Decrypt'],
    resourceArns: [kmsKeyArn],
    conditions: { StringEquals: { 'kms:ViaService': `cleanrooms.${env.region}.amazonaws.com` } },
  });

/** Lets the grantee use the key that the table has in the end: assignments, overrides and Aspects may give it one until then. */
export function grantFinalKey(resource: CfnIntermediateTable, grantee: iam.IGrantable): void {
  let granted: string | undefined;
  whenFinal(resource, () => {
    const key = kmsKeyArnOf(resource);
    if (key && key !== granted) {
      granted = key;
      grantKey(resource, grantee, key);
    }
  });
}
