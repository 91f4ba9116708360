import { aws_cleanrooms as cleanrooms } from 'aws-cdk-lib';
import { IAnalysisTemplateRef, IIntermediateTableRef, IMembershipRef } from 'aws-cdk-lib/aws-cleanrooms';

/** By attributes, like the table's own: see `identityOf` in `src/private/definition.ts`. */
export const membershipIdentifierOf = (membership: IMembershipRef): string =>
  (cleanrooms.CfnMembership.isCfnMembership(membership) ? membership.attrMembershipIdentifier : membership.membershipRef.membershipIdentifier);

export const arnOfTemplate = (template: IAnalysisTemplateRef): string => template.analysisTemplateRef.analysisTemplateArn;

export const membershipOfTemplate = (template: IAnalysisTemplateRef): string =>
  (cleanrooms.CfnAnalysisTemplate.isCfnAnalysisTemplate(template) ? template : template.analysisTemplateRef).membershipIdentifier;

/** The resource of a table that this app defines, whether it was given itself or the construct around it; else the reference as it is. */
export function resourceOf(table: IIntermediateTableRef): IIntermediateTableRef {
  const child = table?.node?.defaultChild;
  return cleanrooms.CfnIntermediateTable.isCfnIntermediateTable(child) ? child : table;
}
