import { Aspects, Stack } from 'aws-cdk-lib';
import { CfnAnalysisTemplate, CfnIntermediateTable } from 'aws-cdk-lib/aws-cleanrooms';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { IConstruct } from 'constructs';
import { AllowedAnalysis, IIntermediateTable, IntermediateTable } from '../src';
import { policiesOf } from './support/policies';
import { makeStack, MEMBERSHIP, synthesized, TABLE } from './support/stacks';
import { makeIntermediateTable } from './support/tables';
import { idOf } from './support/template';

const ARN = `arn:aws:cleanrooms:eu-west-1:123456789012:membership/${MEMBERSHIP}/intermediatetable/${TABLE}`;
const KEY_ARN = 'arn:aws:kms:eu-west-1:123456789012:key/a1b2c3d4-5678-90ab-cdef-333333333333';

type Then = (table: IIntermediateTable, stack: Stack) => void;
const nothing: Then = () => undefined;

/** What a reader may do who is granted queries of a table. */
function statementsFor(give: (stack: Stack) => IIntermediateTable, then: Then = nothing) {
  const template = synthesized((stack) => {
    const table = give(stack);
    table.grantQuery(new iam.Role(stack, 'Reader', { assumedBy: new iam.AccountRootPrincipal() }));
    then(table, stack);
  }, makeStack('Stack', { env: { account: '123456789012', region: 'eu-west-1' } }));
  return policiesOf(template, idOf(template, 'AWS::IAM::Role')).flatMap(({ statements }) => statements);
}

const template = (stack: Stack, format: string) => new CfnAnalysisTemplate(stack, 'Template', {
  membershipIdentifier: MEMBERSHIP, name: 'template', format, source: { text: 'SELECT 1' },
});

test('whoever is granted queries may start them on the table, in its membership, and read their results', () => {
  const membership = ARN.slice(0, ARN.indexOf('/intermediatetable'));
  expect(statementsFor((stack) => IntermediateTable.fromIntermediateTableArn(stack, 'Table', ARN))).toEqual([
    { Effect: 'Allow', Action: 'cleanrooms:StartProtectedQuery', Resource: [membership, ARN] },
    { Effect: 'Allow', Action: 'cleanrooms:GetProtectedQuery', Resource: membership },
  ]);
});

const QUERY = ['cleanrooms:GetProtectedQuery', 'cleanrooms:StartProtectedQuery'];
const JOB = ['cleanrooms:GetProtectedJob', 'cleanrooms:StartProtectedJob'];
test.each<[string, (stack: Stack) => AllowedAnalysis[] | undefined, string[]]>([
  ['any query', () => [AllowedAnalysis.ANY_QUERY], QUERY],
  ['any job', () => [AllowedAnalysis.ANY_JOB], JOB],
  ['both', () => [AllowedAnalysis.ANY_QUERY, AllowedAnalysis.ANY_JOB], [...QUERY, ...JOB]],
  ['a template in SQL', (stack) => [AllowedAnalysis.fromAnalysisTemplate(template(stack, 'SQL'))], QUERY],
  ['a template in PySpark', (stack) => [AllowedAnalysis.fromAnalysisTemplate(template(stack, 'PYSPARK_1_0'))], JOB],
  ['a template of another app, which may be either', () => [AllowedAnalysis.of(ARN.replace('intermediatetable', 'analysistemplate'))], [...QUERY, ...JOB]],
  ['nothing yet', () => undefined, QUERY],
])('whoever is granted queries of a table that allows %s may do so, and may use no key where there is none', (_, analyses, expected) => {
  const statements = statementsFor((stack) => makeIntermediateTable(stack, 'Table', { allowedAnalyses: analyses(stack) }));
  expect(statements.flatMap(({ Action }) => Action).sort()).toEqual([...expected].sort());
});

const setKey = (node: IConstruct) => {
  if (node instanceof CfnIntermediateTable) {
    node.kmsKeyArn = KEY_ARN;
  }
};
const ownTable = (stack: Stack) => makeIntermediateTable(stack);

test.each<[string, (stack: Stack) => IIntermediateTable, unknown, Then]>([
  ['of this app', (stack) => makeIntermediateTable(stack, 'Table', { encryptionKey: new kms.Key(stack, 'Key') }),
    expect.stringContaining(':key/'), nothing],
  ['of another app', (stack) => IntermediateTable.fromIntermediateTableAttributes(stack, 'Table', {
    membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: TABLE, encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY_ARN),
  }), KEY_ARN, nothing],
  ['that is given it afterwards by assignment', ownTable, KEY_ARN, (table) => setKey(table.node.defaultChild!)],
  ['that is given it afterwards by an override', ownTable, KEY_ARN,
    (table) => (table.node.defaultChild as CfnIntermediateTable).addPropertyOverride('KmsKeyArn', KEY_ARN)],
  ['that is given it afterwards by an Aspect on the app', ownTable, KEY_ARN,
    (_, stack) => Aspects.of(stack.node.root).add({ visit: setKey })],
])('whoever is granted queries may use the key of a table %s, through Clean Rooms only', (_, give, key, then) => {
  expect(statementsFor(give, then)).toContainEqual(expect.objectContaining({
    Action: ['kms:DescribeKey', 'kms:GenerateDataKey', 'kms:Decrypt'],
    Resource: key,
    Condition: { StringEquals: { 'kms:ViaService': 'cleanrooms.eu-west-1.amazonaws.com' } },
  }));
});

test('the grant of a table of another app tells of its key, too', () => {
  const stack = makeStack();
  const key = kms.Key.fromKeyArn(stack, 'Key', KEY_ARN);
  const attributes = { membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: TABLE, encryptionKey: key };
  const table = IntermediateTable.fromIntermediateTableAttributes(stack, 'Table', attributes);
  const { principalStatements } = table.grantQuery(new iam.Role(stack, 'Reader', { assumedBy: new iam.AccountRootPrincipal() }));
  expect(principalStatements.flatMap(({ resources }) => resources)).toContain(KEY_ARN);
});
