import { Aspects, Stack } from 'aws-cdk-lib';
import { CfnAnalysisTemplate, CfnIntermediateTable } from 'aws-cdk-lib/aws-cleanrooms';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { IConstruct } from 'constructs';
import { AllowedAnalysis, IIntermediateTable, IntermediateTable } from '../src';
import { policiesOf } from './support/policies';
import { makeApp, MEMBERSHIP, TABLE, templateOf } from './support/stacks';
import { makeIntermediateTable } from './support/tables';
import { idOf, Values } from './support/template';

const ARN = `arn:aws:cleanrooms:eu-west-1:123456789012:membership/${MEMBERSHIP}/intermediatetable/${TABLE}`;
const KEY_ARN = 'arn:aws:kms:eu-west-1:123456789012:key/a1b2c3d4-5678-90ab-cdef-333333333333';

/** What a reader may do who is granted queries of a table. */
function statementsFor(give: (stack: Stack) => IIntermediateTable, then: (table: IIntermediateTable, stack: Stack) => void = () => undefined) {
  const stack = new Stack(makeApp(), 'Stack', { env: { account: '123456789012', region: 'eu-west-1' } });
  const reader = new iam.Role(stack, 'Reader', { assumedBy: new iam.AccountRootPrincipal() });
  const table = give(stack);
  table.grantQuery(reader);
  then(table, stack);
  const template = templateOf(stack);
  return policiesOf(template, idOf(template, 'AWS::IAM::Role'), new Values(template)).flatMap(({ statements }) => statements);
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

const QUERY = ['cleanrooms:StartProtectedQuery', 'cleanrooms:GetProtectedQuery'];
const JOB = ['cleanrooms:StartProtectedJob', 'cleanrooms:GetProtectedJob'];
const cases: [string, (stack: Stack) => AllowedAnalysis[] | undefined, string[]][] = [
  ['any query', () => [AllowedAnalysis.ANY_QUERY], QUERY],
  ['any job', () => [AllowedAnalysis.ANY_JOB], JOB],
  ['both', () => [AllowedAnalysis.ANY_QUERY, AllowedAnalysis.ANY_JOB], [...QUERY, ...JOB]],
  ['a template in SQL', (stack) => [AllowedAnalysis.fromAnalysisTemplate(template(stack, 'SQL'))], QUERY],
  ['a template in PySpark', (stack) => [AllowedAnalysis.fromAnalysisTemplate(template(stack, 'PYSPARK_1_0'))], JOB],
  ['a template of another app, which may be either', () => [AllowedAnalysis.of(ARN.replace('intermediatetable', 'analysistemplate'))], [...QUERY, ...JOB]],
  ['nothing yet', () => undefined, QUERY],
];
test.each(cases)('whoever is granted queries of a table that allows %s may do so', (_, analyses, expected) => {
  const statements = statementsFor((stack) => makeIntermediateTable(stack, 'Table', { allowedAnalyses: analyses(stack) }));
  expect(statements.flatMap(({ Action }) => Action).sort()).toEqual([...expected].sort());
});

describe('whoever is granted queries may use the table\'s key, through Clean Rooms only', () => {
  const keyStatement = (Resource: unknown) => expect.objectContaining({
    Action: ['kms:DescribeKey', 'kms:GenerateDataKey', 'kms:Decrypt'],
    Resource,
    Condition: { StringEquals: { 'kms:ViaService': 'cleanrooms.eu-west-1.amazonaws.com' } },
  });
  const setKey = (node: IConstruct) => {
    if (node instanceof CfnIntermediateTable) {
      node.kmsKeyArn = KEY_ARN;
    }
  };

  test('of a table of this app', () => {
    const statements = statementsFor((stack) => makeIntermediateTable(stack, 'Table', { encryptionKey: new kms.Key(stack, 'Key') }));
    expect(statements).toContainEqual(keyStatement(expect.stringContaining(':key/')));
  });

  test('of a table of another app', () => {
    expect(statementsFor((stack) => IntermediateTable.fromIntermediateTableAttributes(stack, 'Table', {
      membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: TABLE, encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY_ARN),
    }))).toContainEqual(keyStatement(KEY_ARN));
  });

  test.each<[string, (table: IIntermediateTable, stack: Stack) => void]>([
    ['by assignment', (table) => setKey(table.node.defaultChild!)],
    ['by an override', (table) => (table.node.defaultChild as CfnIntermediateTable).addPropertyOverride('KmsKeyArn', KEY_ARN)],
    ['by an Aspect on the app', (_, stack) => Aspects.of(stack.node.root).add({ visit: setKey })],
  ])('also where it is set afterwards, %s', (_, then) => {
    expect(statementsFor((stack) => makeIntermediateTable(stack), then)).toContainEqual(keyStatement(KEY_ARN));
  });

  test('and none where there is none', () => {
    expect(JSON.stringify(statementsFor((stack) => makeIntermediateTable(stack)))).not.toContain('kms:');
  });
});
