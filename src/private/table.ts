import { aws_cleanrooms as cleanrooms, Stack, Token } from 'aws-cdk-lib';
import { IIntermediateTableRef, IntermediateTableReference } from 'aws-cdk-lib/aws-cleanrooms';
import { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { finalProperties } from './final-properties';

/** What can be known of a table at synthesis. */

const { CfnIntermediateTable } = cleanrooms;

/** By the attributes of a table of this app: its generated reference takes them out of `Ref`, whose form is not documented. */
export function identityOf(table: IIntermediateTableRef): IntermediateTableReference {
  return CfnIntermediateTable.isCfnIntermediateTable(table)
    ? {
      membershipIdentifier: table.membershipIdentifier,
      intermediateTableIdentifier: table.attrIntermediateTableIdentifier,
      intermediateTableArn: table.attrArn,
    }
    : table.intermediateTableRef;
}

/** Whether SQL populates the table, as far as is known: CloudFormation makes no table that a PySpark job populates, unless by an override. */
export const isSql = (table: IIntermediateTableRef): boolean =>
  CfnIntermediateTable.isCfnIntermediateTable(table) && !JSON.stringify(finalProperties(table).PopulationAnalysisConfiguration ?? {}).includes('JobParameters');

/** The ARN of the key that the table's data is encrypted with, where it can be known. When all values are final: it may be an override's. */
export function kmsKeyArnOf(table: IIntermediateTableRef, key?: IKeyRef): string | undefined {
  if (key || !CfnIntermediateTable.isCfnIntermediateTable(table)) {
    // One of another app may have been given with its key.
    return (key ?? (table as { readonly encryptionKey?: IKeyRef }).encryptionKey)?.keyRef.keyArn;
  }
  const { KmsKeyArn } = finalProperties(table);
  const given = JSON.stringify(Stack.of(table).resolve(table.kmsKeyArn));
  // As it was given where it was not overridden: a reference that works from other stacks, too.
  return KmsKeyArn === undefined || JSON.stringify(KmsKeyArn) === given ? table.kmsKeyArn : Token.asString(KmsKeyArn);
}

/** The name of a table of this app, unless it is known only when deploying. When all values are final. */
export function knownNameOf(table: IIntermediateTableRef): string | undefined {
  const { Name } = CfnIntermediateTable.isCfnIntermediateTable(table) ? finalProperties(table) : {} as Record<string, unknown>;
  return typeof Name === 'string' ? Name : undefined;
}

/** The properties of a table of this app that replace it when they change: what its identifier cannot tell before it is deployed. */
export function replacingProperties(table: IIntermediateTableRef): object {
  if (!CfnIntermediateTable.isCfnIntermediateTable(table)) {
    return {};
  }
  const { MembershipIdentifier, Name, PopulationAnalysisConfiguration } = finalProperties(table);
  return { MembershipIdentifier, Name, PopulationAnalysisConfiguration };
}
