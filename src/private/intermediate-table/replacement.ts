import { CfnResource } from 'aws-cdk-lib';
import { CfnAnalysisTemplate } from 'aws-cdk-lib/aws-cleanrooms';
import { canonical, hash } from '../../contract/hashing';
import { finalProperties } from '../final-properties';
import { referenceOf, tokensIn } from '../tokens-in';
import { hasUnknown, knownValues } from './known-values';

/** Returns a hash of what replaces a table: its name and its query. */
export const replacementHash = (table: CfnResource, length: number): string => hash(canonical(replacementOf(table)), length);

/** Returns whether a value of the query is known only when deploying, so that the hash cannot tell when it is another one. */
export function hasUnseenValue(table: CfnResource): boolean {
  const { Query, Template } = replacementOf(table);
  return hasUnknown([Query, Template]);
}

/** Returns the analysis templates of this app that the table's query comes from: one, or none. */
export const templatesOf = (table: CfnResource): CfnAnalysisTemplate[] =>
  tokensIn(table, 'populationAnalysisConfiguration').map((token) => referenceOf(token)?.target).filter(CfnAnalysisTemplate.isCfnAnalysisTemplate);

/**
 * Returns what CloudFormation replaces a table for, by its values.
 *
 * Never change what goes into it: an upgrade of this library would replace all tables, and populate them again. The membership does not go
 * into it, since an account has one in a collaboration: in another one the name is free.
 */
function replacementOf(table: CfnResource): { readonly Name: unknown; readonly Query: unknown; readonly Template?: unknown } {
  const { Name, PopulationAnalysisConfiguration } = finalProperties(table);
  const query = canonical(knownValues(PopulationAnalysisConfiguration ?? {}));
  const [template] = query.includes(TEMPLATE) ? templatesOf(table) : [];
  return {
    Name: knownValues(Name),
    // The id tells which template it is, in however many ways the rest of the ARN can be expressed.
    Query: JSON.parse(query, (key, value: unknown) => (key === TEMPLATE ? template ? undefined : String(value).split('/').pop() : value)),
    Template: template && knownValues(replacingProperties(template)),
  };
}

const TEMPLATE = 'AnalysisTemplateArn';

/** Returns what replaces a template: its ARN does not tell that CloudFormation is going to. */
function replacingProperties(template: CfnAnalysisTemplate): object {
  const { MembershipIdentifier, Description, Tags, ...replacing } = finalProperties(template);
  return replacing;
}
