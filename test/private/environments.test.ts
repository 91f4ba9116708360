import { App, CfnParameter, Fn, Stack, StackProps, Stage } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Key } from 'aws-cdk-lib/aws-kms';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { IntermediateTable } from '../../src';
import { makeApp, makePopulation, makeStack, makeTable, MEMBERSHIP, PopulationProps, TABLE, templateOf } from '../support/stacks';

const HERE = { account: '123456789012', region: 'eu-west-1' };
const REGION = { ...HERE, region: 'us-east-1' };
const ACCOUNT = { ...HERE, account: '210987654321' };

/** What the population of `Stack` gets from a stack of another environment. */
type Give = (there: Stack, here: Stack) => PopulationProps;

const arnOf = (account: string, region: string) => `arn:aws:cleanrooms:${region}:${account}:membership/${MEMBERSHIP}/intermediatetable/${TABLE}`;
const tableOf = (arn: string): Give => (_, here) => ({ intermediateTable: IntermediateTable.fromIntermediateTableArn(here, 'Given', arn) });
const table: Give = (there) => ({ intermediateTable: makeTable(there) });
const versionParameter: Give = (there) => ({ versionParameter: StringParameter.fromStringParameterName(there, 'Version', 'version') });
const encryptionKey: Give = (there) => ({ encryptionKey: new Key(there, 'Key') });
const upstream: Give = (there) => ({ refreshAfter: [makePopulation(there, 'Upstream')] });

function synthesized(give: Give, env: StackProps['env'], scopeOf: (app: App) => App | Stage = (app) => app): Stack {
  const app = makeApp();
  const here = new Stack(app, 'Stack', { env: HERE });
  makePopulation(here, 'Population', give(new Stack(scopeOf(app), 'There', { env }), here));
  templateOf(here);
  return here;
}

describe('promise 9: a population does not reach', () => {
  test.each<[string, Give, StackProps['env'], string]>([
    ['a table of another region', table, REGION, 'Stack/Population: the region of intermediateTable There/Table is "us-east-1". The stack\'s is "eu-west-1"'],
    ['a table of another account', table, ACCOUNT, 'Stack/Population: the account of intermediateTable There/Table is "210987654321"'],
    ['a table of an ARN of another account', tableOf(arnOf(ACCOUNT.account, HERE.region)), HERE, 'Stack/Population: the account of intermediateTable Stack/Given is "210987654321". The stack\'s is "123456789012"'],
    ['a table of an ARN of another region', tableOf(arnOf(HERE.account, REGION.region)), HERE, 'Stack/Population: the region of intermediateTable Stack/Given is "us-east-1". The stack\'s is "eu-west-1"'],
    ['a version parameter of another region', versionParameter, REGION, 'Stack/Population: the region of versionParameter There/Version is "us-east-1"'],
    ['a version parameter of another account', versionParameter, ACCOUNT, 'Stack/Population: the account of versionParameter There/Version is "210987654321"'],
    ['a key of another region', encryptionKey, REGION, 'Stack/Population: the region of encryptionKey There/Key is "us-east-1"'],
    ['an upstream population of another region', upstream, REGION, 'Stack/Population: refreshAfter has There/Upstream, whose region is "us-east-1" and not "eu-west-1"'],
    ['an upstream population of another account', upstream, ACCOUNT, 'Stack/Population: refreshAfter has There/Upstream, whose account is "210987654321"'],
    ['an upstream population of a stack of any region', upstream, undefined, 'Stack/Population: refreshAfter has There/Upstream, whose account is any and not'],
  ])('%s', (_, give, env, message) => {
    expect(() => synthesized(give, env)).toThrow(message);
  });

  test.each<[string, Give, string]>([
    ['a table', table, 'intermediateTable Stage/There/Table is of another app or stage, whose stacks are deployed apart. Refer to it by IntermediateTable.from'],
    ['a version parameter', versionParameter, 'versionParameter Stage/There/Version is of another app or stage'],
    ['an upstream population', upstream, 'refreshAfter Stage/There/Upstream is of another app or stage, whose stacks are deployed apart. Let an event'],
  ])('%s of another stage', (_, give, message) => {
    expect(() => synthesized(give, HERE, (app) => new Stage(app, 'Stage'))).toThrow(`Stack/Population: ${message}`);
  });

  test.each<[string, Give]>([['a table', table], ['a version parameter', versionParameter], ['an upstream population', upstream]])('%s of another app', (_, give) => {
    expect(() => synthesized(give, HERE, () => makeApp())).toThrow(/^Stack\/Population: \w+ There\/\w+ is of another app or stage/);
  });

  test('listeners in another region', () => {
    const app = makeApp();
    const population = makePopulation(new Stack(app, 'Stack', { env: HERE }));
    const there = new Stack(app, 'There', { env: REGION });
    expect(() => population.onPopulated('Rule', { crossStackScope: there })).toThrow('Stack/Population: the region of crossStackScope There is "us-east-1"');
  });
});

describe('a population reaches', () => {
  test.each<[string, Give]>([
    ['a table', table], ['a table of an ARN', tableOf(arnOf(HERE.account, HERE.region))], ['a table of an ARN that is known only when deploying', tableOf(Fn.importValue('TableArn'))],
    ['a version parameter', versionParameter], ['a key', encryptionKey], ['an upstream population', upstream],
  ])('%s of another stack of its account and region', (_, give) => {
    expect(() => synthesized(give, HERE)).not.toThrow();
  });

  test('any table, in a stack that may be deployed anywhere', () => {
    const stack = makeStack('Stack');
    makePopulation(stack, 'Population', tableOf(arnOf(ACCOUNT.account, REGION.region))(stack, stack));
    expect(() => templateOf(stack)).not.toThrow();
  });

  test('a key of another account, whose policy decides', () => {
    const keyOf = (there: Stack) => ({ encryptionKey: Key.fromKeyArn(there, 'Key', 'arn:aws:kms:eu-west-1:210987654321:key/1') });
    expect(() => synthesized((_, here) => keyOf(here), HERE)).not.toThrow();
  });

  test('a version parameter of an account and region that are known only when deploying', () => {
    const app = makeApp();
    const here = new Stack(app, 'Stack', { env: HERE });
    const parameterName = new CfnParameter(here, 'Name').valueAsString;
    makePopulation(here, 'Population', { versionParameter: StringParameter.fromStringParameterAttributes(here, 'Version', { parameterName, simpleName: true }) });
    expect(() => templateOf(here)).not.toThrow();
  });
});

test('metrics tell their account and region to dashboards elsewhere', () => {
  const app = makeApp();
  const population = makePopulation(new Stack(app, 'Stack', { env: HERE }));
  for (const metric of [population.metricSucceeded(), population.metricFailed(), population.metricSecondsUntilExpiry()] as Metric[]) {
    expect(metric.toMetricConfig().metricStat).toMatchObject(HERE);
  }
});
