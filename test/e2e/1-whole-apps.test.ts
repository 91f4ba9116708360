import { join } from 'path';
import { App, Aspects, CfnResource, Duration, Stack, Stage } from 'aws-cdk-lib';
import { CfnCollaboration, CfnIntermediateTable, CfnMembership } from 'aws-cdk-lib/aws-cleanrooms';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { Construct } from 'constructs';
import { atLength } from './at-length';
import { closeClouds, makeTable, MEMBERSHIP, openCloud, populatesIn } from './support';
import type { Cloud } from '../../simulator/cloud';
import { readStack, StackSource } from '../../simulator/cloudformation/assembly';
import {
  AllowedAnalysis, IntermediateTable, IntermediateTablePopulation, Membership, PopulateOnDeploy, PopulationFunctionOptions, PopulationServices,
  StoredQuery,
} from '../../src';
import { referencesIn } from '../support/stacks';

/** Whole apps, each of which is deployed, changed, rolled back and deleted. */

afterEach(closeClouds);

const membershipIn = (scope: Construct) => Membership.fromMembershipIdentifier(scope, 'Membership', MEMBERSHIP);
const sqlTable = (scope: Stack, id: string, sql: string) => new IntermediateTable(scope, id, {
  membership: scope.node.tryFindChild('Membership') as ReturnType<typeof membershipIn> ?? membershipIn(scope),
  tableName: id.toLowerCase(),
  versionedName: true,
  query: StoredQuery.fromSql(sql),
  allowedAnalyses: [AllowedAnalysis.ANY_QUERY],
});

/** Five tables, each of which reads the one before it: three in a stack, two in another one, both in a stage. */
function chain(app: App, version: number): void {
  const stage = new Stage(app, 'Prod');
  const [upstream, downstream] = ['Upstream', 'Downstream'].map((id) => new Stack(stage, id));
  let [sql, refreshAfter]: [string, IntermediateTablePopulation[]] = [`SELECT ${version}`, []];
  for (const [index, stack] of [upstream, upstream, upstream, downstream, downstream].entries()) {
    const table = sqlTable(stack, `Table${index}`, sql);
    [sql, refreshAfter] = [`SELECT * FROM ${table.tableName}`, [table.addPopulation('Population', { refreshAfter })]];
  }
}

/** By CloudFormation's 500 resources. Every fourth is populated by deploys; they come one after the other, as functions that start anew cost time. */
function full(app: App, version: number): void {
  const stack = new Stack(app, 'Full', { suppressTemplateIndentation: true });
  const populations: IntermediateTablePopulation[] = [];
  for (let index = 0; index < 122; index++) {
    const population = sqlTable(stack, `Table${index}`, 'SELECT 1').addPopulation('Population', {
      schedule: Schedule.rate(Duration.days(1)),
      parameters: { version: index === 0 ? `${version}` : '1' },
      populateOnDeploy: index % 4 === 0 ? PopulateOnDeploy.ON_CHANGE : PopulateOnDeploy.NEVER,
    });
    population.node.addDependency(...populations.slice(index - 5, index - 4));
    populations.push(population);
  }
}

/** The membership is the stack's own, too. */
function collaboration(app: App, version: number): void {
  const stack = new Stack(app, 'Collaboration');
  const { attrCollaborationIdentifier: collaborationIdentifier } = new CfnCollaboration(stack, 'Collaboration', {
    name: 'ours', creatorDisplayName: 'us', creatorMemberAbilities: ['CAN_QUERY'], members: [], queryLogStatus: 'ENABLED', description: 'Ours',
  });
  const membership = new CfnMembership(stack, 'Membership', { collaborationIdentifier, queryLogStatus: 'ENABLED' });
  const table = new IntermediateTable(stack, 'Table', {
    membership, tableName: 'audience', query: StoredQuery.fromSql('SELECT 1'), allowedAnalyses: [AllowedAnalysis.ANY_QUERY],
  });
  table.addPopulation('Population', { parameters: { version: `${version}` } });
}

/** The options of the functions change with each version, and places in the code with them. */
function options(app: App, version: number): void {
  const stack = new Stack(app, 'Options');
  const ids = ['First', 'Second'];
  (version % 2 ? ids : ids.reverse()).forEach((id) => new IntermediateTablePopulation(stack, id, { intermediateTable: makeTable(stack, `${id}Table`) }));
  const versions: (() => PopulationFunctionOptions)[] = [
    () => ({ logRetention: RetentionDays.ONE_YEAR, environmentEncryption: new Key(stack, 'Key') }),
    () => {
      const subnets = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
      const vpc = new ec2.Vpc(stack, 'Vpc', { availabilityZones: ['us-east-1a'], natGateways: 0, subnetConfiguration: [{ name: 'Private', ...subnets }] });
      return { vpc, vpcSubnets: subnets };
    },
    () => referencesIn(stack),
    () => ({}),
  ];
  PopulationServices.of(stack).configure(versions[version - 1]());
}

/** A template that was written by hand, with a table and its key under a condition of its own. */
function included(app: App, version: number): void {
  const stack = new Stack(app, 'Included');
  const include = new CfnInclude(stack, 'Include', { templateFile: join(__dirname, 'hand-written.yaml'), parameters: { Membership: MEMBERSHIP } });
  const population = new IntermediateTablePopulation(stack, 'Population', {
    intermediateTable: include.getResource('People') as CfnIntermediateTable, parameters: { version: `${version}` },
  });
  Aspects.of(population).add({
    visit: (node) => {
      if (CfnResource.isCfnResource(node)) node.cfnOptions.condition = include.getCondition('HasPeople');
    },
  });
}

/** How many populates each version costs; the last one fails in its last stack once all is populated, and is rolled back. */
const APPS: Record<string, readonly [build: (app: App, version: number) => void, populates: readonly number[]]> = {
  'a chain of five tables over two stacks of a stage, whose first query changes': [chain, [5, 5, 5]],
  'a collaboration with its membership and a table': [collaboration, [1, 1, 2]],
  'populations whose functions get another VPC and other keys': [options, [2, 0, 0, 0]],
  'a table of a template that is included': [included, [1, 1, 2]],
};

function synthesize(build: (app: App, version: number) => void, version: number, fails: boolean): StackSource[] {
  const app = new App({ analyticsReporting: false });
  build(app, version);
  const stacks = app.node.findAll().filter((node): node is Stack => Stack.isStack(node));
  for (const stack of stacks) {
    const later = new CfnResource(stack, 'Later', { type: 'Test::Resource::Fails', properties: { Fail: String(fails && stack === stacks.at(-1)) } });
    later.node.addDependency(...stack.node.findAll().filter((node) => node instanceof IntermediateTablePopulation));
  }
  const { directory, stacksRecursively } = app.synth();
  return stacksRecursively.map(({ stackName }) => readStack(directory, stackName));
}

/** The tables that the stacks have, and of which something can be queried. */
const queryable = (cloud: Cloud) => cloud.cloudFormation.names().flatMap((name) => [...cloud.stack(name).resources.values()])
  .filter(({ type, physicalId }) => type === 'AWS::CleanRooms::IntermediateTable' && cloud.cleanRooms.liveVersionId(physicalId) !== undefined);

describe('promise 1: one change, one population', () => {
  const lives = async (build: (app: App, version: number) => void, populates: readonly number[]): Promise<void> => {
    const cloud = openCloud({ cleanRooms: { defaultPlan: { durationSeconds: 10, outcome: 'SUCCESS' } } });
    const names: string[] = [];
    for (const [index, expected] of populates.entries()) {
      const isLast = index === populates.length - 1;
      const sources = synthesize(build, index + 1, isLast);
      const before = populatesIn(cloud).length;
      const statuses: string[] = [];
      for (const source of sources) {
        statuses.push((await cloud.deploy(source)).status);
      }
      await cloud.settle();
      const usual = index === 0 ? 'CREATE_COMPLETE' : 'UPDATE_COMPLETE';
      expect(statuses).toEqual(sources.map((source) => (isLast && source === sources.at(-1) ? 'UPDATE_ROLLBACK_COMPLETE' : usual)));
      expect([populatesIn(cloud).length - before, queryable(cloud).length]).toEqual([expected, populates[0]]);
      names.splice(0, names.length, ...sources.map(({ stackName }) => stackName));
    }
    for (const name of names.reverse()) {
      expect(await cloud.destroy(name)).toMatchObject({ status: 'DELETE_COMPLETE', failures: [] });
    }
  };

  test.each(Object.entries(APPS))('%s: deploys, changes, is rolled back and goes', (_, [build, populates]) => lives(build, populates));
  atLength('as many populations as a stack has room for: deploys, changes, is rolled back and goes', () => lives(full, [31, 2]));
});
