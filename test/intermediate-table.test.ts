import { CfnOutput, Duration, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { CfnMembership, IIntermediateTableRef } from 'aws-cdk-lib/aws-cleanrooms';
import { Schedule } from 'aws-cdk-lib/aws-events';
import * as kms from 'aws-cdk-lib/aws-kms';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { IDependable } from 'constructs';
import { AdditionalAnalyses, AllowedAnalysis, IntermediateTable, IntermediateTablePopulation, Membership, StoredQuery } from '../src';
import { neededBy } from './support/cycles';
import { makePopulation, makeStack, MEMBERSHIP, synthesized, TABLE, templateOf } from './support/stacks';
import { makeIntermediateTable, TableProps } from './support/tables';
import { idOf, idsOf, resourceOf } from './support/template';

const TYPE = 'AWS::CleanRooms::IntermediateTable';
const tableWith = (props: TableProps = {}) => resourceOf(synthesized((stack) => makeIntermediateTable(stack, 'Table', props)), TYPE);

test.each<[string, (table: IntermediateTable) => IDependable, unknown]>([
  ['for the table alone', (table) => table, [TYPE]],
  ['for its data, where it waits for the population', (table) => table.node.findChild('Population'),
    expect.arrayContaining(['Custom::IntermediateTablePopulation'])],
])('a construct that waits for a table waits %s', (_, waitFor, needed) => {
  const template = synthesized((stack) => {
    const table = makeIntermediateTable(stack);
    table.addPopulation('Population', { schedule: Schedule.rate(Duration.days(1)) });
    new CfnTopic(stack, 'Topic').node.addDependency(waitFor(table));
  });
  expect(neededBy(template, 'Topic').map((id) => template.Resources[id].Type)).toEqual(needed);
});

describe('a table', () => {
  test.each([
    [undefined, 'Delete'], [RemovalPolicy.DESTROY, 'Delete'], [RemovalPolicy.RETAIN, 'Retain'],
  ])('that is replaced or taken out has the removal policy that it was given, or is deleted: %s', (removalPolicy, policy) => {
    expect(tableWith({ removalPolicy })).toMatchObject({ UpdateReplacePolicy: policy, DeletionPolicy: policy });
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
    const template = synthesized((stack) => {
      const table = makeIntermediateTable(stack, 'Table', {
        membership: new CfnMembership(stack, 'Membership', { collaborationIdentifier: 'c', queryLogStatus: 'ENABLED' }),
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
    });
    expect(resourceOf(template, TYPE).Properties).toEqual({
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
    expect(tableWith({ allowedAnalyses: undefined }).Properties).toEqual({
      MembershipIdentifier: MEMBERSHIP, Name: 'table', PopulationAnalysisConfiguration: { SqlParameters: { QueryString: 'SELECT 1' } },
    });
  });

  test.each([AllowedAnalysis.ANY_QUERY, AllowedAnalysis.ANY_JOB])('lets the own account run %s, unless others are named', (analysis) => {
    expect(tableWith({ allowedAnalyses: [analysis] }).Properties).toMatchObject({
      AnalysisRules: [{ Policy: { V1: { Custom: { AllowedAnalysisProviders: [{ Ref: 'AWS::AccountId' }] } } } }],
    });
  });

  test('has no analysis providers where nothing needs them', () => {
    const template = AllowedAnalysis.of(`arn:aws:cleanrooms:eu-west-1:123456789012:membership/${MEMBERSHIP}/analysistemplate/${TABLE}`);
    expect(JSON.stringify(tableWith({ allowedAnalyses: [template] }))).not.toContain('AllowedAnalysisProviders');
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
    for (const name of Object.keys(attributes)) {
      expect(template.Outputs![name].Value).toEqual({ 'Fn::GetAtt': [idOf(template, TYPE), name] });
    }
    expect(table.membershipIdentifier).toBe(MEMBERSHIP);
  });
});

describe('a population of a table', () => {
  /** All that a population makes of the table, however it was given. */
  const templateOfPopulation = (give: (stack: Stack, table: IntermediateTable) => void) => synthesized((stack) => {
    const upstream = makePopulation(stack, 'Upstream');
    const table = makeIntermediateTable(stack, 'Table', { encryptionKey: new kms.Key(stack, 'Key') });
    table.node.addMetadata('upstream', upstream.node.path);
    give(stack, table);
  });
  const props = (stack: Stack) => ({ timeout: Duration.hours(3), refreshAfter: [stack.node.findChild('Upstream') as IntermediateTablePopulation] });
  const populate = (stack: Stack, intermediateTable: IIntermediateTableRef) =>
    new IntermediateTablePopulation(stack, 'Population', { intermediateTable, ...props(stack) });

  test('is the same whether the construct or its resource is given', () => {
    const one = templateOfPopulation((stack, table) => populate(stack, table));
    const ofResource = templateOfPopulation((stack, table) => populate(stack, table.node.defaultChild as unknown as IIntermediateTableRef));
    expect(ofResource).toEqual(one);
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
});
