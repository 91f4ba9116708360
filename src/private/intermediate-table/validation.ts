import { Arn, ArnFormat, Reference, Stack, Tokenization } from 'aws-cdk-lib';
import { CfnMembership, IMembershipRef } from 'aws-cdk-lib/aws-cleanrooms';
import { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { IConstruct } from 'constructs';
import { AdditionalAnalyses, AllowedAnalysis } from '../../allowed-analysis';
import { IntermediateTableProps } from '../../intermediate-table-props';
import { requireSameApp } from '../environments';
import { known, problem } from '../problem';
import { requireBoolean, requireList } from '../type-checks';
import { requireIdentifier } from '../validation';
import { isAny } from './analysis-rules';
import { requireColumns } from './columns';
import { validatePrivacyControls } from './privacy-validation';
import { shown } from './query-validation';
import { membershipIdentifierOf, membershipOfTemplate } from './references';
import { StoredQueryConfiguration } from './stored-query-configuration';

/**
 * What the service would refuse, refused at synthesis: tokens pass. The limits are those of the API model, and of
 * https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_CreateIntermediateTable.html and
 * https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_IntermediateTableAnalysisRuleCustom.html
 */

const PRINTABLE = /^[\u0020-\uD7FF\uE000-\uFFFD\uD800-\uDBFF\uDC00-\uDFFF\t]*$/;
const PRINTABLE_LINES = /^[\u0020-\uD7FF\uE000-\uFFFD\uD800-\uDBFF\uDC00-\uDFFF\t\r\n]*$/;
const KEY_ARN = /^arn:aws[-a-z]*:kms:[\w-]+:\d{12}:key\/[a-zA-Z0-9-]+$/;

export function validateTableProps(scope: IConstruct, props: IntermediateTableProps): void {
  requireMembership(scope, props.membership);
  requireName(scope, props.tableName);
  if (props.description !== undefined) {
    requireDescription(scope, props.description);
  }
  requireBoolean(scope.node.path, 'versionedName', props.versionedName);
  if (props.encryptionKey !== undefined) {
    requireKey(scope, props.encryptionKey);
  }
  validateAnalysisRule(scope, props);
}

function validateAnalysisRule(scope: IConstruct, props: IntermediateTableProps): void {
  const { allowedAnalyses, allowedAnalysisProviders, allowedResultReceivers, ...others } = props;
  const { additionalAnalyses, disallowedOutputColumns, differentialPrivacyColumns, aggregationThresholds, comparisonControls } = others;
  const rest = {
    allowedAnalysisProviders,
    allowedResultReceivers,
    additionalAnalyses,
    disallowedOutputColumns,
    differentialPrivacyColumns,
    aggregationThresholds,
    comparisonControls,
  };
  const [given] = Object.entries(rest).find(([, value]) => value !== undefined) ?? [];
  if (!allowedAnalyses && given) {
    problem(scope.node.path, 'allowedAnalyses', null, `Without it ${given} has no effect. Give what may be run on the table, such as AllowedAnalysis.ANY_QUERY.`);
  }
  const lists = { allowedAnalyses, allowedAnalysisProviders, allowedResultReceivers, disallowedOutputColumns, differentialPrivacyColumns };
  for (const [prop, list] of Object.entries(lists)) {
    requireList(scope.node.path, prop, list);
  }
  requireAnalyses(scope, allowedAnalyses);
  requireAccounts(scope, 'allowedAnalysisProviders', allowedAnalysisProviders);
  if (allowedAnalyses?.some(isAny) && allowedAnalysisProviders?.length === 0) {
    problem(scope.node.path, 'allowedAnalysisProviders', [], 'Give the accounts whose analyses are allowed, or leave it out for the stack\'s own.');
  }
  requireAccounts(scope, 'allowedResultReceivers', allowedResultReceivers);
  requireAdditionalAnalyses(scope, additionalAnalyses);
  requireColumns(scope, 'disallowedOutputColumns', disallowedOutputColumns);
  requireColumns(scope, 'differentialPrivacyColumns', differentialPrivacyColumns);
  if (differentialPrivacyColumns && !known(differentialPrivacyColumns)) {
    problem(scope.node.path, 'differentialPrivacyColumns', 'a list that is known only when deploying', 'Give the columns one by one.');
  }
  if (differentialPrivacyColumns?.length === 0) {
    problem(scope.node.path, 'differentialPrivacyColumns', [], 'Give at least one column, or leave it out.');
  }
  validatePrivacyControls(scope, props);
}

/** What the query is for this table, which has one membership. */
export function bindQuery(scope: IConstruct, { query, membership }: IntermediateTableProps): StoredQueryConfiguration {
  if (typeof query?._bind !== 'function') {
    problem(scope.node.path, 'query', query ?? null, 'Give a StoredQuery, such as StoredQuery.fromSql().');
  }
  const configuration = query._bind(scope);
  const { template, analysisTemplateArn } = configuration;
  const membershipIdentifier = membershipIdentifierOf(membership);
  if (template) {
    requireSameMembership(scope, membershipIdentifier, membershipOfTemplate(template), template.env.account);
  } else if (analysisTemplateArn && known(analysisTemplateArn)) {
    const { account, resourceName } = Arn.split(analysisTemplateArn, ArnFormat.SLASH_RESOURCE_NAME);
    requireSameMembership(scope, membershipIdentifier, resourceName!.split('/')[0], account!);
  }
  return configuration;
}


function requireMembership(scope: IConstruct, membership: IMembershipRef): void {
  if (!membership?.membershipRef) {
    problem(scope.node.path, 'membership', membership ?? null, 'Give a CfnMembership, or one of Membership.fromMembershipIdentifier().');
  }
  requireSameApp(scope, 'membership', membership, 'Refer to it by Membership.fromMembershipIdentifier().');
  requireIdentifier(scope, '', 'the identifier of membership', membership.membershipRef.membershipIdentifier);
  requireEnvironment(scope, 'membership', membership.env, ['account', 'region']);
}

export function requireName(scope: IConstruct, tableName: string): void {
  if (!known(tableName)) {
    return;
  }
  if (typeof tableName !== 'string' || tableName.trim() === '' || tableName.length > 100 || !PRINTABLE.test(tableName)) {
    problem(scope.node.path, 'tableName', typeof tableName === 'string' ? shown(tableName) : tableName ?? null,
      'Give 1 to 100 characters, not only spaces, and no line breaks.');
  }
}

function requireDescription(scope: IConstruct, description: string): void {
  if (known(description) && (typeof description !== 'string' || description.length > 255 || !PRINTABLE_LINES.test(description))) {
    problem(scope.node.path, 'description', typeof description === 'string' ? shown(description) : description,
      'Give up to 255 characters, without control characters.');
  }
}

/** Members of a collaboration share templates, but an account is its member once: another membership of its own is of another collaboration. */
function requireSameMembership(scope: IConstruct, membershipIdentifier: string, templateMembership: string, templateAccount: string): void {
  const { account } = Stack.of(scope);
  const isOfAnother = known(account) && known(templateAccount) && account !== templateAccount;
  if (!isOfAnother && areDifferent(membershipIdentifier, templateMembership)) {
    problem(scope.node.path, 'the membership of the analysis template of query', shownMembership(templateMembership),
      `The table's is ${JSON.stringify(shownMembership(membershipIdentifier))}. Give a template of that membership.`);
  }
}

const resourceBehind = (identifier: string): IConstruct | undefined => {
  const token = known(identifier) ? undefined : Tokenization.reverseString(identifier).firstToken;
  return Reference.isReference(token) ? token.target : undefined;
};

const shownMembership = (identifier: string): string => resourceBehind(identifier)?.node.path ?? identifier;

function areDifferent(one: string, other: string): boolean {
  if (known(one) && known(other)) {
    return one !== other;
  }
  const [resource, otherResource] = [one, other].map(resourceBehind);
  return [resource, otherResource].every(CfnMembership.isCfnMembership) && resource !== otherResource;
}

export function requireKey(scope: IConstruct, key: IKeyRef): void {
  if (!key?.keyRef) {
    problem(scope.node.path, 'encryptionKey', key, 'Give a KMS key.');
  }
  const { keyArn } = key.keyRef;
  // The name of an alias is known more often than its ARN.
  if (/:alias\//.test(keyArn) || 'aliasName' in key || (known(keyArn) && !KEY_ARN.test(keyArn))) {
    problem(scope.node.path, 'the ARN of encryptionKey', keyArn, 'Give a key, by its own ARN and not by that of an alias.');
  }
  requireEnvironment(scope, 'encryptionKey', key.env, ['region']);
}

function requireAnalyses(scope: IConstruct, analyses: AllowedAnalysis[] = []): void {
  for (const analysis of analyses) {
    if (typeof analysis?.value !== 'string') {
      problem(scope.node.path, 'an item of allowedAnalyses', analysis ?? null, 'Give AllowedAnalysis.ANY_QUERY, AllowedAnalysis.ANY_JOB or an analysis template.');
    }
  }
}

function requireAccounts(scope: IConstruct, prop: string, accounts: string[] = []): void {
  for (const account of known(accounts) ? accounts : []) {
    if (known(account) && !(typeof account === 'string' && /^\d{12}$/.test(account))) {
      problem(scope.node.path, `an item of ${prop}`, account, 'Give the 12 digits of an account id, as a string.');
    }
  }
}

function requireAdditionalAnalyses(scope: IConstruct, value?: AdditionalAnalyses): void {
  if (value !== undefined && known(value) && !Object.values(AdditionalAnalyses).includes(value)) {
    problem(scope.node.path, 'additionalAnalyses', value, `Use AdditionalAnalyses.${Object.values(AdditionalAnalyses).join(', ')}.`);
  }
}

function requireEnvironment(scope: IConstruct, prop: string, env: { account: string; region: string }, keys: ('account' | 'region')[]): void {
  const stack = Stack.of(scope);
  for (const key of keys) {
    if (known(env[key]) && known(stack[key]) && env[key] !== stack[key]) {
      problem(scope.node.path, `the ${key} of ${prop}`, env[key], `The stack's is ${JSON.stringify(stack[key])}: put the table into a stack of that ${key}.`);
    }
  }
}
