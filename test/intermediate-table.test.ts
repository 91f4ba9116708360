import { Arn, Aws, CfnOutput, CfnParameter, Duration, Fn, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { CfnMembership, IIntermediateTableRef } from 'aws-cdk-lib/aws-cleanrooms';
import { Schedule } from 'aws-cdk-lib/aws-events';
import * as kms from 'aws-cdk-lib/aws-kms';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { IDependable } from 'constructs';
import { AdditionalAnalyses, AllowedAnalysis, IntermediateTable, IntermediateTablePopulation, Membership, StoredQuery } from '../src';
import { neededBy } from './support/cycles';
import { propertiesIn } from './support/definitions';
import { policiesOf, roleOf } from './support/policies';
import { makePopulation, makeStack, MEMBERSHIP, TABLE, templateOf } from './support/stacks';
import { makeIntermediateTable, TableProps } from './support/tables';
import { idOf, idsOf, resourceOf, Values } from './support/template';

const ARN = `arn:aws:cleanrooms:eu-west-1:123456789012:membership/${MEMBERSHIP}/intermediatetable/${TABLE}`;
const OF_NO_STACK = 'arn:aws:cleanrooms:ap-southeast-1:123456789012';

const resolvedReference = (make: (stack: Stack) => ReturnType<typeof IntermediateTable.fromIntermediateTableArn>) => {
  const stack = makeStack();
  return stack.resolve(make(stack).intermediateTableRef) as unknown;
};

describe('a table by its identifiers', () => {
  test('has an ARN in the stack\'s own account and region', () => {
    const stack = makeStack('Stack', { env: { account: '123456789012', region: 'eu-west-1' } });
    const { intermediateTableRef } = IntermediateTable.fromIntermediateTableAttributes(stack, 'Table', { membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: TABLE });
    expect(new Values(templateOf(stack)).of(stack.resolve(intermediateTableRef))).toEqual({
      membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: TABLE, intermediateTableArn: ARN,
    });
  });

  const wrong: [string, string, string][] = [
    ['membershipIdentifier', 'a1b2c3d4', TABLE],
    ['membershipIdentifier', MEMBERSHIP.toUpperCase(), TABLE],
    ['membershipIdentifier', '', TABLE],
    ['intermediateTableIdentifier', MEMBERSHIP, `${TABLE}/`],
    ['intermediateTableIdentifier', MEMBERSHIP, ARN],
  ];
  test.each(wrong)('with a %s that is no UUID fails, in words that name the construct and the value: %s %s', (prop, membership, table) => {
    const value = prop === 'membershipIdentifier' ? membership : table;
    expect(() => IntermediateTable.fromIntermediateTableAttributes(makeStack(), 'Given', { membershipIdentifier: membership, intermediateTableIdentifier: table }))
      .toThrow(`Stack/Given: ${prop} is ${JSON.stringify(value)}. Give a UUID`);
  });
});

describe('a table by its ARN', () => {
  test('has the identifiers of the ARN', () => {
    expect(resolvedReference((stack) => IntermediateTable.fromIntermediateTableArn(stack, 'Table', ARN))).toEqual({
      membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: TABLE, intermediateTableArn: ARN,
    });
  });

  test('has the account and region of the ARN', () => {
    expect(IntermediateTable.fromIntermediateTableArn(makeStack(), 'Table', ARN).env).toEqual({ account: '123456789012', region: 'eu-west-1' });
  });

  test.each(['aws-cn', 'aws-us-gov'])('may be of the partition %s', (partition) => {
    expect(() => IntermediateTable.fromIntermediateTableArn(makeStack(), 'Table', ARN.replace('aws', partition))).not.toThrow();
  });

  test.each([
    ['of a membership', ARN.slice(0, ARN.indexOf('/intermediatetable'))],
    ['of another resource', ARN.replace('intermediatetable', 'configuredtableassociation')],
    ['of another service', ARN.replace('cleanrooms', 'glue')],
    ['whose table is no UUID', ARN.replace(TABLE, 'table')],
    ['whose membership is no UUID', ARN.replace(MEMBERSHIP, 'membership')],
    ['with more to it', `${ARN}/version`],
    ['that is none', 'table'],
    ['that is empty', ''],
    ['that is missing', undefined],
  ])('fails %s, in words that name the construct, the value and the form', (_, arn) => {
    expect(() => IntermediateTable.fromIntermediateTableArn(makeStack(), 'Given', arn as string)).toThrow(
      `Stack/Given: arn is ${JSON.stringify(arn)}. Give an ARN of the form arn:aws:cleanrooms:REGION:ACCOUNT:membership/MEMBERSHIP/intermediatetable/TABLE`);
  });
});

describe('a table of another app', () => {
  const identifiers = { membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: TABLE };
  const given = (stack: Stack, more: object = {}) => IntermediateTable.fromIntermediateTableAttributes(stack, 'Given', { ...identifiers, ...more });

  test('has the name that was given, for the SQL of others', () => {
    const stack = makeStack();
    makeIntermediateTable(stack, 'Table', { query: StoredQuery.fromSql(`SELECT * FROM ${given(stack, { tableName: 'theirs' }).tableName}`) });
    expect(JSON.stringify(templateOf(stack))).toContain('SELECT * FROM theirs');
  });

  test.each<[string, (stack: Stack) => { tableName: string }]>([
    ['by its identifiers', given], ['by its ARN', (stack) => IntermediateTable.fromIntermediateTableArn(stack, 'Given', ARN)],
  ])('has no name that was not given, and says so: %s', (_, make) => {
    expect(() => make(makeStack()).tableName).toThrow('Stack/Given: tableName is undefined. Give it to IntermediateTable.fromIntermediateTableAttributes()');
  });

  test.each<[string, (table: ReturnType<typeof given>, stack: Stack) => unknown]>([
    ['added', (table) => table.addPopulation('Population')],
    ['made', (table, stack) => new IntermediateTablePopulation(stack, 'Population', { intermediateTable: table })],
  ])('lets a population that is %s use the key that was given', (_, populateIt) => {
    const stack = makeStack();
    const encryptionKey = new kms.Key(stack, 'Key');
    const table = given(stack, { encryptionKey });
    populateIt(table, stack);
    expect(table.encryptionKey).toBe(encryptionKey);
    expect(JSON.stringify(templateOf(stack).Resources)).toContain('kms:ViaService');
  });

  test.each<[string, unknown, RegExp]>([
    ['no attributes', undefined, /^Stack\/Given: attrs is null\. Give an object/],
    ['a name that is empty', { ...identifiers, tableName: '' }, /^Stack\/Given: tableName is ""/],
    ['a key that is none', { ...identifiers, encryptionKey: 'key' }, /^Stack\/Given: encryptionKey is "key"/],
  ])('fails with %s', (_, attrs, message) => {
    expect(() => IntermediateTable.fromIntermediateTableAttributes(makeStack(), 'Given', attrs as never)).toThrow(message);
  });
});

describe('an ARN that is known only when deploying', () => {
  const arn = `${OF_NO_STACK}:membership/${MEMBERSHIP}/intermediatetable/${TABLE}`;
  const sources: [string, (stack: Stack) => string][] = [
    ['as a whole, as a parameter', (stack) => new CfnParameter(stack, 'Arn', { default: arn }).valueAsString],
    ['as a whole, as an import', () => Fn.importValue('Arn')],
    ['in its region and account', (stack) => Arn.format({
      service: 'cleanrooms', resource: 'membership', resourceName: `${MEMBERSHIP}/intermediatetable/${TABLE}`,
    }, stack)],
    ['in its partition', () => `arn:${Aws.PARTITION}${arn.slice('arn:aws'.length)}`],
    ['in its table', (stack) =>
      `${OF_NO_STACK}:membership/${MEMBERSHIP}/intermediatetable/${new CfnParameter(stack, 'TableId', { default: TABLE }).valueAsString}`],
  ];

  test.each(sources)('is taken apart by CloudFormation: %s', (_, source) => {
    const stack = makeStack();
    makePopulation(stack, 'Population', { intermediateTable: IntermediateTable.fromIntermediateTableArn(stack, 'Table', source(stack)) });
    const template = templateOf(stack);
    const values = new Values(template, { Arn: arn });
    expect(propertiesIn(template, values)).toMatchObject({ MembershipIdentifier: MEMBERSHIP, IntermediateTableIdentifier: TABLE });
    const allowed = policiesOf(template, roleOf(template, 'PopulationRole'), values).flatMap(({ statements }) => statements).flatMap(({ Resource }) => Resource);
    expect(allowed).toContain(`${OF_NO_STACK}:membership/${MEMBERSHIP}/intermediatetable/*`);
    expect(allowed).toContain(`${OF_NO_STACK}:membership/${MEMBERSHIP}`);
  });
});

const TYPE = 'AWS::CleanRooms::IntermediateTable';
const propertiesWith = (props: TableProps = {}) => {
  const stack = makeStack();
  makeIntermediateTable(stack, 'Table', props);
  return resourceOf(templateOf(stack), TYPE).Properties;
};

describe('a construct that waits for a table', () => {
  const waiting = (waitFor: (table: IntermediateTable) => IDependable) => {
    const stack = makeStack();
    const table = makeIntermediateTable(stack);
    table.addPopulation('Population', { schedule: Schedule.rate(Duration.days(1)) });
    const topic = new CfnTopic(stack, 'Topic');
    topic.node.addDependency(waitFor(table));
    const template = templateOf(stack);
    return neededBy(template, 'Topic').map((id) => template.Resources[id].Type);
  };

  test('waits for the table alone', () => {
    expect(waiting((table) => table)).toEqual([TYPE]);
  });

  test('waits for its data where it waits for the population', () => {
    expect(waiting((table) => table.node.findChild('Population'))).toContain('Custom::IntermediateTablePopulation');
  });
});

describe('a table', () => {
  test.each([
    [undefined, 'Delete'], [RemovalPolicy.DESTROY, 'Delete'], [RemovalPolicy.RETAIN, 'Retain'],
  ])('that is replaced or taken out has the removal policy that it was given, or is deleted: %s', (removalPolicy, policy) => {
    const stack = makeStack();
    makeIntermediateTable(stack, 'Table', { removalPolicy });
    expect(resourceOf(templateOf(stack), TYPE)).toMatchObject({ UpdateReplacePolicy: policy, DeletionPolicy: policy });
  });

  test('has its name as its physical name, for those who extend it', () => {
    class Own extends IntermediateTable {
      public get name() {
        return this.physicalName;
      }
    }
    const stack = makeStack();
    const membership = Membership.fromMembershipIdentifier(stack, 'Membership', MEMBERSHIP);
    const { name, tableName } = new Own(stack, 'Table', { membership, tableName: 'audience', query: StoredQuery.fromSql('SELECT 1'), versionedName: true });
    expect(stack.resolve(name)).toBe(stack.resolve(tableName));
  });

  test('has every property that the resource has', () => {
    const stack = makeStack();
    const membership = new CfnMembership(stack, 'Membership', { collaborationIdentifier: 'c', queryLogStatus: 'ENABLED' });
    const table = new IntermediateTable(stack, 'Table', {
      membership,
      tableName: 'audience',
      query: StoredQuery.fromSql('SELECT 1'),
      allowedAnalyses: [AllowedAnalysis.ANY_QUERY, AllowedAnalysis.ANY_JOB],
      allowedAnalysisProviders: ['111122223333'],
      allowedResultReceivers: ['444455556666'],
      additionalAnalyses: AdditionalAnalyses.NOT_ALLOWED,
      disallowedOutputColumns: ['name'],
      differentialPrivacyColumns: ['user_id'],
      encryptionKey: kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:123456789012:key/k'),
      description: 'Who bought',
    });
    Tags.of(table).add('team', 'audiences');
    expect(resourceOf(templateOf(stack), TYPE).Properties).toEqual({
      MembershipIdentifier: { 'Fn::GetAtt': ['Membership', 'MembershipIdentifier'] },
      Name: 'audience',
      PopulationAnalysisConfiguration: { SqlParameters: { QueryString: 'SELECT 1' } },
      AnalysisRules: [{
        Type: 'CUSTOM',
        Policy: {
          V1: {
            Custom: {
              AllowedAnalyses: ['ANY_QUERY', 'ANY_JOB'],
              AllowedAnalysisProviders: ['111122223333'],
              AllowedResultReceivers: ['444455556666'],
              AdditionalAnalyses: 'NOT_ALLOWED',
              DisallowedOutputColumns: ['name'],
              DifferentialPrivacy: { Columns: [{ Name: 'user_id' }] },
            },
          },
        },
      }],
      KmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/k',
      Description: 'Who bought',
      Tags: [{ Key: 'team', Value: 'audiences' }],
    });
  });

  test('has only what was given', () => {
    expect(propertiesWith({ allowedAnalyses: undefined })).toEqual({
      MembershipIdentifier: MEMBERSHIP, Name: 'table', PopulationAnalysisConfiguration: { SqlParameters: { QueryString: 'SELECT 1' } },
    });
  });

  test.each([AllowedAnalysis.ANY_QUERY, AllowedAnalysis.ANY_JOB])('lets the own account run %s, unless others are named', (analysis) => {
    expect(propertiesWith({ allowedAnalyses: [analysis] })).toMatchObject({
      AnalysisRules: [{ Policy: { V1: { Custom: { AllowedAnalysisProviders: [{ Ref: 'AWS::AccountId' }] } } } }],
    });
  });

  test('has no analysis providers where nothing needs them', () => {
    expect(JSON.stringify(propertiesWith({ allowedAnalyses: [AllowedAnalysis.of(ARN.replace('intermediatetable', 'analysistemplate'))] })))
      .not.toContain('AllowedAnalysisProviders');
  });

  test('has attributes that other resources can use', () => {
    const stack = makeStack();
    const table = makeIntermediateTable(stack);
    const attributes = {
      Arn: table.intermediateTableArn,
      IntermediateTableIdentifier: table.intermediateTableIdentifier,
      MembershipArn: table.membershipArn,
      CollaborationArn: table.collaborationArn,
      CollaborationIdentifier: table.collaborationIdentifier,
    };
    Object.entries(attributes).forEach(([name, value]) => new CfnOutput(stack, name, { value }));
    const template = templateOf(stack);
    expect(Object.entries(attributes).map(([name]) => template.Outputs![name].Value))
      .toEqual(Object.keys(attributes).map((name) => ({ 'Fn::GetAtt': [idOf(template, TYPE), name] })));
    expect(table.membershipIdentifier).toBe(MEMBERSHIP);
  });
});

describe('a population of a table', () => {
  /** All that a population makes of the table, however it was given. */
  const templateOfPopulation = (give: (stack: Stack, table: IntermediateTable) => void) => {
    const stack = makeStack();
    const upstream = makePopulation(stack, 'Upstream');
    const table = makeIntermediateTable(stack, 'Table', { encryptionKey: new kms.Key(stack, 'Key') });
    table.node.addMetadata('upstream', upstream.node.path);
    give(stack, table);
    return templateOf(stack);
  };
  const props = (stack: Stack) => ({ timeout: Duration.hours(3), refreshAfter: [stack.node.findChild('Upstream') as IntermediateTablePopulation] });
  const populate = (stack: Stack, intermediateTable: IIntermediateTableRef) => new IntermediateTablePopulation(stack, 'Population', { intermediateTable, ...props(stack) });

  test('is the same whether the construct or its resource is given', () => {
    const [one, other] = [
      templateOfPopulation((stack, table) => populate(stack, table)),
      templateOfPopulation((stack, table) => populate(stack, table.node.defaultChild as unknown as IIntermediateTableRef)),
    ];
    expect(one).toEqual(other);
    expect(JSON.stringify(one)).toContain('kms:ViaService');
    const [, id] = idsOf(one, TYPE);
    expect(one.Resources[id].DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/^Upstream/)]));
  });

  test('is what addPopulation adds', () => {
    const template = templateOfPopulation((stack, table) => {
      const population = table.addPopulation('Population', props(stack));
      expect([population.intermediateTable, population.node.path]).toEqual([table, 'Stack/Table/Population']);
    });
    expect(Object.keys(template.Resources).filter((id) => /^TablePopulation/.test(id)).length).toBeGreaterThan(2);
    expect(JSON.stringify(template)).toContain('kms:ViaService');
  });

  test('is added to a table of another app, too', () => {
    const stack = makeStack();
    const table = IntermediateTable.fromIntermediateTableArn(stack, 'Table', ARN);
    expect(table.addPopulation('Population').intermediateTable).toBe(table);
    expect(() => templateOf(stack)).not.toThrow();
  });
});

describe('a membership of another app', () => {
  test('is in the table by its identifier', () => {
    const stack = makeStack();
    const membership = Membership.fromMembershipIdentifier(stack, 'Given', MEMBERSHIP);
    expect(stack.resolve(membership.membershipRef)).toEqual({
      membershipIdentifier: MEMBERSHIP,
      membershipArn: { 'Fn::Join': ['', [expect.anything(), { Ref: 'AWS::Partition' }, ':cleanrooms:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, `:membership/${MEMBERSHIP}`]] },
    });
  });

  test.each(['', 'membership', MEMBERSHIP.toUpperCase()])('whose identifier is no UUID fails: %j', (identifier) => {
    expect(() => Membership.fromMembershipIdentifier(makeStack(), 'Given', identifier)).toThrow(`Stack/Given: membershipIdentifier is "${identifier}". Give a UUID`);
  });

  test('has the identifier, account and region of its ARN', () => {
    const arn = `arn:aws:cleanrooms:eu-west-1:123456789012:membership/${MEMBERSHIP}`;
    const membership = Membership.fromMembershipArn(makeStack(), 'Given', arn);
    expect([membership.membershipRef, membership.env]).toEqual([
      { membershipIdentifier: MEMBERSHIP, membershipArn: arn }, { account: '123456789012', region: 'eu-west-1' },
    ]);
  });

  test.each([ARN, '', 'arn:aws:cleanrooms:eu-west-1:123456789012:membership/x', undefined])('whose ARN is none fails: %j', (arn) => {
    expect(() => Membership.fromMembershipArn(makeStack(), 'Given', arn as string)).toThrow(
      /^Stack\/Given: arn is .*\. Give an ARN of the form arn:aws:cleanrooms:REGION:ACCOUNT:membership\/MEMBERSHIP, with a UUID/);
  });

  test('whose ARN is known only when deploying has it taken apart by CloudFormation', () => {
    const stack = makeStack();
    const arn = new CfnParameter(stack, 'Arn').valueAsString;
    makeIntermediateTable(stack, 'Table', { membership: Membership.fromMembershipArn(stack, 'Given', arn) });
    expect(resourceOf(templateOf(stack), TYPE).Properties.MembershipIdentifier).toEqual({ 'Fn::Select': [1, { 'Fn::Split': ['/', { Ref: 'Arn' }] }] });
  });

  test('may be known only when deploying', () => {
    const stack = makeStack();
    expect(() => Membership.fromMembershipIdentifier(stack, 'Given', new CfnParameter(stack, 'Id').valueAsString)).not.toThrow();
  });
});
