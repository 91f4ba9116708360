import { CfnParameter, Fn, Stack, Stage, Token } from 'aws-cdk-lib';
import { CfnAnalysisTemplate, CfnMembership } from 'aws-cdk-lib/aws-cleanrooms';
import * as kms from 'aws-cdk-lib/aws-kms';
import { AdditionalAnalyses, AllowedAnalysis, Membership, StoredQuery } from '../../../src';
import { messageOf } from '../../support/messages';
import { makeStack, MEMBERSHIP, templateOf } from '../../support/stacks';
import { makeIntermediateTable, TableProps } from '../../support/tables';
import { tokenSources } from '../../support/tokens';

type Props = TableProps | ((stack: Stack) => TableProps);

const OTHER = 'b1b2c3d4-5678-90ab-cdef-999999999999';
const { ANY_QUERY } = AllowedAnalysis;

/** What a caller in a language without types may give. */
const untyped = (value: unknown) => value as never;

const templateArn = (membership: string, account = '123456789012') =>
  `arn:aws:cleanrooms:eu-west-1:${account}:membership/${membership}/analysistemplate/${OTHER}`;
const template = (stack: Stack, membershipIdentifier: string) => new CfnAnalysisTemplate(stack, 'Template', {
  membershipIdentifier, name: 'template', format: 'SQL', source: { text: 'SELECT 1' },
});
const membership = (stack: Stack, id: string) => new CfnMembership(stack, id, { collaborationIdentifier: OTHER, queryLogStatus: 'ENABLED' });
const key = (stack: Stack, arn: string) => kms.Key.fromKeyArn(stack, 'Key', arn);

const within = (props: Props, stack = makeStack('Stack', { env: { account: '123456789012', region: 'eu-west-1' } })) => {
  makeIntermediateTable(stack, 'Audience', typeof props === 'function' ? props(stack) : props);
  return stack;
};

const stubKey = (stack: Stack) => ({ node: stack.node, env: stack.env });

/** Each mistake, with the name of the prop and the value that its message tells. */
test.each<[string, Props, string, string]>([
  ['a membership that is a string', { membership: untyped(MEMBERSHIP) }, 'membership', `"${MEMBERSHIP}"`],
  ['a membership of another account', (stack) => ({ membership: membership(new Stack(stack.node.root, 'S', { env: { account: '210987654321' } }), 'M') }),
    'the account of membership', '"210987654321"'],
  ['a membership of another region', (stack) => ({ membership: membership(new Stack(stack.node.root, 'S', { env: { region: 'us-east-1' } }), 'M') }),
    'the region of membership', '"us-east-1"'],
  ['no name', { tableName: untyped(undefined) }, 'tableName', 'null'],
  ['an empty name', { tableName: '' }, 'tableName', '""'],
  ['a name of spaces', { tableName: '  ' }, 'tableName', '"  "'],
  ['a name of 101 characters', { tableName: 'n'.repeat(101) }, 'tableName', '(101 characters)'],
  ['a name with a line break', { tableName: 'a\nb' }, 'tableName', '"a\\nb"'],
  ['a description of 256 characters', { description: 'd'.repeat(256) }, 'description', '(256 characters)'],
  ['a description with a bell in it', { description: 'a\u0007b' }, 'description', '"a\\u0007b"'],
  ['a query that is a string', { query: untyped('SELECT 1') }, 'query', '"SELECT 1"'],
  ['no query', { query: untyped(undefined) }, 'query', 'null'],
  ['SQL that is empty', { query: StoredQuery.fromSql('') }, 'query', '""'],
  ['SQL of line breaks', { query: StoredQuery.fromSql('\n \n') }, 'query', '"\\n \\n"'],
  ['SQL of 500,001 characters', { query: StoredQuery.fromSql('S'.repeat(500_001)) }, 'query', '(500001 characters)'],
  ['SQL that is none', { query: StoredQuery.fromSql(untyped(1)) }, 'query', '1'],
  ['a template that is an ARN', { query: StoredQuery.fromAnalysisTemplate(untyped(templateArn(MEMBERSHIP))) }, 'the template of query', templateArn(MEMBERSHIP)],
  ['a template of another membership', (stack) => ({ query: StoredQuery.fromAnalysisTemplate(template(stack, OTHER)) }),
    'the membership of the analysis template of query', `"${OTHER}"`],
  ['a template of another membership of the app', (stack) => ({
    membership: membership(stack, 'Ours'), query: StoredQuery.fromAnalysisTemplate(template(stack, membership(stack, 'Theirs').attrMembershipIdentifier)),
  }), 'the membership of the analysis template of query', '"Stack/Theirs"'],
  ['the ARN of a template of another membership of the account', { query: StoredQuery.fromAnalysisTemplateArn(templateArn(OTHER)) },
    'the membership of the analysis template of query', `"${OTHER}"`],
  ['an ARN of no template', { query: StoredQuery.fromAnalysisTemplateArn(templateArn(MEMBERSHIP).replace('analysistemplate', 'intermediatetable')) },
    'the ARN of query', 'intermediatetable'],
  ['an ARN that is empty', { query: StoredQuery.fromAnalysisTemplateArn('') }, 'the ARN of query', '""'],
  ['an analysis that is a string', { allowedAnalyses: [untyped('ANY_QUERY')] }, 'an item of allowedAnalyses', '"ANY_QUERY"'],
  ['providers without analyses', { allowedAnalyses: undefined, allowedAnalysisProviders: ['123456789012'] }, 'allowedAnalyses', 'allowedAnalysisProviders'],
  ['hidden columns without analyses', { allowedAnalyses: undefined, disallowedOutputColumns: ['name'] }, 'allowedAnalyses', 'disallowedOutputColumns'],
  ['any query of nobody', { allowedAnalyses: [ANY_QUERY], allowedAnalysisProviders: [] }, 'allowedAnalysisProviders', '[]'],
  ['any job of nobody', { allowedAnalyses: [AllowedAnalysis.ANY_JOB], allowedAnalysisProviders: [] }, 'allowedAnalysisProviders', '[]'],
  ['a provider of 11 digits', { allowedAnalysisProviders: ['12345678901'] }, 'an item of allowedAnalysisProviders', '"12345678901"'],
  ['a provider that is a number', { allowedAnalysisProviders: [untyped(123456789012)] }, 'an item of allowedAnalysisProviders', '123456789012'],
  ['a receiver with dashes', { allowedResultReceivers: ['1234-5678-9012'] }, 'an item of allowedResultReceivers', '"1234-5678-9012"'],
  ['additional analyses that there are not', { additionalAnalyses: untyped('SOMETIMES') }, 'additionalAnalyses', '"SOMETIMES"'],
  ['a hidden column in capitals', { disallowedOutputColumns: ['Name'] }, 'an item of disallowedOutputColumns', '"Name"'],
  ['a hidden column of 128 characters', { disallowedOutputColumns: ['c'.repeat(128)] }, 'an item of disallowedOutputColumns', 'ccc'],
  ['a hidden column without a name', { disallowedOutputColumns: [''] }, 'an item of disallowedOutputColumns', '""'],
  ['a private column with a dot', { differentialPrivacyColumns: ['user.id'] }, 'an item of differentialPrivacyColumns', '"user.id"'],
  ['differential privacy of no column', { differentialPrivacyColumns: [] }, 'differentialPrivacyColumns', '[]'],
  ['private columns as a late list, which cannot be made into a list of objects', { differentialPrivacyColumns: Fn.split(',', Fn.importValue('Columns')) },
    'differentialPrivacyColumns', 'known only when deploying'],
  ['a key that is an ARN', { encryptionKey: untyped('arn:aws:kms:eu-west-1:123456789012:key/k') }, 'encryptionKey', '"arn:aws:kms:'],
  ['the ARN of a key\'s alias', (stack) => ({ encryptionKey: { ...stubKey(stack), keyRef: { keyId: 'alias/a', keyArn: 'arn:aws:kms:eu-west-1:123456789012:alias/a' } } as never }),
    'the ARN of encryptionKey', '"arn:aws:kms:eu-west-1:123456789012:alias/a"'],
  ['an alias', (stack) => ({ encryptionKey: new kms.Alias(stack, 'Alias', { aliasName: 'ours', targetKey: new kms.Key(stack, 'Key') }) }),
    'the ARN of encryptionKey', 'alias'],
  ['a key that is an empty text', { encryptionKey: untyped('') }, 'encryptionKey', '""'],
  ['a versionedName that is a text', { versionedName: untyped('false') }, 'versionedName', '"false"'],
  ['an analysis without a list', { allowedAnalyses: untyped(ANY_QUERY) }, 'allowedAnalyses', 'ANY_QUERY'],
  ['an analysis that is missing', { allowedAnalyses: [untyped(undefined)] }, 'an item of allowedAnalyses', 'null'],
  ['a provider that is missing', { allowedAnalysisProviders: [untyped(undefined)] }, 'an item of allowedAnalysisProviders', 'undefined'],
  ['a provider without a list', { allowedAnalysisProviders: untyped('123456789012') }, 'allowedAnalysisProviders', '"123456789012"'],
  ['a receiver without a list', { allowedResultReceivers: untyped('123456789012') }, 'allowedResultReceivers', '"123456789012"'],
  ['a hidden column without a list', { disallowedOutputColumns: untyped('name') }, 'disallowedOutputColumns', '"name"'],
  ['a hidden column that is missing', { disallowedOutputColumns: [untyped(undefined)] }, 'an item of disallowedOutputColumns', 'undefined'],
  ['a private column without a list', { differentialPrivacyColumns: untyped('id') }, 'differentialPrivacyColumns', '"id"'],
  ['a file that is missing', { query: StoredQuery.fromFile(untyped(undefined)) }, 'the path of query', 'null'],
  ['a key of another region', (stack) => ({ encryptionKey: key(stack, 'arn:aws:kms:us-east-1:123456789012:key/k') }), 'the region of encryptionKey', '"us-east-1"'],
])('promise 9: %s fails at synthesis, in words that name the construct, the prop, the value and what to do', (_, props, prop, value) => {
  const message = messageOf(() => within(props));
  expect(message).toMatch(new RegExp(`^Stack/Audience: .*${prop}`));
  expect(message).toContain(value);
  expect(message).toMatch(/(Give|Use|put) .*\.$/);
});

test('promise 9: a membership of another stage fails at synthesis', () => {
  expect(() => within((stack) => ({ membership: membership(new Stack(new Stage(stack.node.root, 'Stage'), 'S'), 'M') })))
    .toThrow(/^Stack\/Audience: membership Stage\/S\/M is of another app or stage/);
});

test.each<[string, Props]>([
  ['a name of 100 characters', { tableName: 'n'.repeat(100) }],
  ['a name of one, and not of ASCII', { tableName: 'ä' }],
  ['a description of 255 characters and lines', { description: `${'d'.repeat(253)}\r\n` }],
  ['an empty description', { description: '' }],
  ['SQL of 500,000 characters', { query: StoredQuery.fromSql('S'.repeat(500_000)) }],
  ['a template of the membership', (stack) => ({ query: StoredQuery.fromAnalysisTemplate(template(stack, MEMBERSHIP)) })],
  ['the ARN of a template of the membership', { query: StoredQuery.fromAnalysisTemplateArn(templateArn(MEMBERSHIP)) }],
  ['the ARN of a template of another member of the collaboration', { query: StoredQuery.fromAnalysisTemplateArn(templateArn(OTHER, '210987654321')) }],
  ['a template of a membership of the app', (stack) => {
    const ours = membership(stack, 'Ours');
    return { membership: ours, query: StoredQuery.fromAnalysisTemplate(template(stack, ours.attrMembershipIdentifier)) };
  }],
  ['a rule that allows nothing yet', { allowedAnalyses: [] }],
  ['no rule', { allowedAnalyses: undefined }],
  ['no providers for templates', { allowedAnalyses: [AllowedAnalysis.of(templateArn(MEMBERSHIP))], allowedAnalysisProviders: [] }],
  ['columns of all kinds', { disallowedOutputColumns: ['a', 'user_id', 'first name', 'ab-c', '1', 'c'.repeat(127)], differentialPrivacyColumns: ['user_id'] }],
  ['no columns that are hidden', { disallowedOutputColumns: [] }],
  ['every way for additional analyses', { additionalAnalyses: AdditionalAnalyses.REQUIRED }],
  ['a key', (stack) => ({ encryptionKey: key(stack, 'arn:aws:kms:eu-west-1:123456789012:key/b1b2c3d4') })],
  ['a key of another account', (stack) => ({ encryptionKey: key(stack, 'arn:aws:kms:eu-west-1:210987654321:key/mrk-b1b2c3d4') })],
])('what is just within the limits is taken: %s', (_, props) => {
  expect(() => templateOf(within(props))).not.toThrow();
});

describe('a value that is known only when deploying passes', () => {
  const places: [string, (value: string, stack: Stack) => TableProps][] = [
    ['membership', (value, stack) => ({ membership: Membership.fromMembershipIdentifier(stack, 'Given', value) })],
    ['tableName', (value) => ({ tableName: value })],
    ['tableName with a hash', (value) => ({ tableName: value, versionedName: true })],
    ['description', (value) => ({ description: value })],
    ['SQL', (value) => ({ query: StoredQuery.fromSql(value) })],
    ['the membership of a template', (value, stack) => ({ query: StoredQuery.fromAnalysisTemplate(template(stack, value)) })],
    ['the ARN of a template', (value) => ({ query: StoredQuery.fromAnalysisTemplateArn(value) })],
    ['an allowed analysis', (value) => ({ allowedAnalyses: [AllowedAnalysis.of(value)] })],
    ['a provider', (value) => ({ allowedAnalysisProviders: [value] })],
    ['a receiver', (value) => ({ allowedResultReceivers: [value] })],
    ['a hidden column', (value) => ({ disallowedOutputColumns: [value] })],
    ['a private column', (value) => ({ differentialPrivacyColumns: [value] })],
    ['additional analyses', (value) => ({ additionalAnalyses: value as AdditionalAnalyses })],
    ['a key', (value, stack) => ({ encryptionKey: kms.Key.fromKeyArn(stack, 'Given', `arn:aws:kms:eu-west-1:123456789012:key/${value}`) })],
  ];
  test.each(places.flatMap(([place, props]) => tokenSources.map(([source, value]) => [place, source, props, value] as const)))('%s from %s', (_place, _source, props, value) => {
    expect(() => templateOf(within((stack) => props(value(stack), stack)))).not.toThrow();
  });

  test.each([
    ['providers', (list: string[]) => ({ allowedAnalysisProviders: list })],
    ['receivers', (list: string[]) => ({ allowedResultReceivers: list })],
    ['hidden columns', (list: string[]) => ({ disallowedOutputColumns: list })],
  ])('%s as a whole list', (_, props) => {
    expect(() => templateOf(within((stack) => props(new CfnParameter(stack, 'List', { type: 'CommaDelimitedList' }).valueAsList)))).not.toThrow();
    expect(() => templateOf(within(() => props(Token.asList({ 'Fn::Split': [',', 'a,b'] }))))).not.toThrow();
  });
});
