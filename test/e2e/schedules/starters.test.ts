import { Duration, Stack } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import { IntermediateTablePopulation, WorkerType } from '../../../src';
import {
  closeClouds, dataIn, deploy, lettersIn, logicalId, MACHINE, makeTable, MARKER, openCloud, populatesIn, refresh, Scene, segment, stackOf, synthesize,
} from '../support';

afterEach(closeClouds);

const A: Scene = { parameters: segment('a'), schedule: Schedule.rate(Duration.days(1)) };
const machine = (scene: Scene) => logicalId(stackOf(scene), MACHINE);

test('a rule of the user\'s with two targets populates for each of them', async () => {
  const scene: Scene = {
    ...A,
    also: (stack, population) => {
      const rule = new Rule(stack, 'Both', { schedule: Schedule.rate(Duration.hours(8)) });
      for (const region of ['EU', 'US']) {
        rule.addTarget(new targets.SfnStateMachine(population.stateMachine, { input: RuleTargetInput.fromObject({ parameters: { region } }) }));
      }
    },
  };
  const cloud = openCloud();
  await deploy(cloud, scene);
  await refresh(cloud, scene, 'Both');
  expect(populatesIn(cloud).slice(1).map(({ body }) => (body as { parameters: { region: string } }).parameters.region).sort()).toEqual(['EU', 'US']);
});

test('executions whose names begin alike populate each on its own', async () => {
  const cloud = openCloud();
  await deploy(cloud, A);
  const uuid = '3c1ab2a2-6d1f-4d8a-9a53-0f7d4a7c1b11';
  const executions = ['EU', 'US'].map((region) => cloud.startExecution(machine(A), { parameters: { region } }, `${uuid}_${region}`));
  await cloud.settle();
  expect(executions.map(({ output }) => (JSON.parse(output!) as { status: string }).status)).toEqual(['POPULATED', 'POPULATED']);
  expect(populatesIn(cloud)).toHaveLength(3);
});

test.each(['nightly-keep-42', 'cfn-keep-42', 'cfn-release-1'])('a run by hand named %s does not stand in a deploy\'s way', async (name) => {
  const cloud = openCloud();
  await deploy(cloud, A);
  cloud.cleanRooms.planQuery({ durationSeconds: 300, outcome: 'SUCCESS' });
  cloud.startExecution(machine(A), {}, name);
  await cloud.advance(20);
  await deploy(cloud, { ...A, parameters: segment('b') });
  expect([lettersIn(cloud), dataIn(cloud)]).toEqual(['aab', 'b']);
});

describe('whoever may start a population', () => {
  const source = synthesize((stack: Stack) => {
    for (const name of ['One', 'Two']) {
      new IntermediateTablePopulation(stack, name, { intermediateTable: makeTable(stack, `${name}Table`), parameters: segment(name), compute: { workerType: WorkerType.CR_1X, workers: 4 } });
    }
  });
  const URL = 'https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/theirs?X-Amz-Date=20261122T090000Z';

  test('can name neither another table nor compute, payer, or whom to answer', async () => {
    const cloud = openCloud();
    await cloud.deploy(source);
    const answered = cloud.responses().length;
    const answerBy = new Date(cloud.clock.now() + 600_000).toISOString();
    const population = { membershipIdentifier: 'x', intermediateTableIdentifier: cloud.stack('App').resources.get('TwoTable')!.physicalId };
    const inputs = [
      { deployment: { population, compute: { number: 400 }, analysisPayerAccountId: '999999999999', ResponseURL: URL } },
      { deployment: { request: 'ffffffffffffffffffffffff', answerBy, ResponseURL: URL, waitHandle: URL } },
      { population, compute: { number: 400 }, analysisPayerAccountId: '999999999999', definition: { population }, ResponseURL: URL },
    ];
    const executions = inputs.map((input) => cloud.startExecution(logicalId(source, 'OneStateMachine'), input));
    await cloud.settle();
    expect(executions.map(({ status, error }) => error ?? status)).toEqual(['InvalidInput', 'Superseded', 'InvalidInput']);
    const tables = ['OneTable', 'TwoTable'].map((id) => populatesIn(cloud).filter(({ tableId }) => tableId === cloud.stack('App').resources.get(id)!.physicalId));
    expect(tables.map(({ length }) => length)).toEqual([1, 1]);
    expect(cloud.responses()).toHaveLength(answered);
  });
});

const WRONG: [unknown, RegExp][] = [
  [{ parameters: { limit: 5 } }, /"limit" is a number\. Give a text/],
  [{ parameters: { limit: true } }, /"limit" is a boolean/],
  [{ parameters: { limit: null } }, /"limit" is null/],
  [{ parameters: { limit: ['5'] } }, /"limit" is a list/],
  [{ parameters: { limit: { value: '5' } } }, /"limit" is an object/],
  [{ parameters: [{ limit: '5' }] }, /"parameters" is a list/],
  [{ parameters: null }, /"parameters" is null/],
  [{ parameters: { 'li mit': MARKER } }, /"li mit" has no possible name/],
  [{ parameters: { limit: MARKER.repeat(100) } }, /"limit" has 1900 characters/],
  [[MARKER], /The input is a list/],
  [MARKER, /The input is a string/],
  [5, /The input is a number/],
];

test('an input that is not one fails in the first step, and says what it has to be, without the value', async () => {
  const cloud = openCloud();
  await deploy(cloud, A);
  const executions = WRONG.map(([input]) => cloud.startExecution(machine(A), input as object));
  await cloud.settle();
  expect(executions.map(({ error, cause }) => [error, cause])).toEqual(WRONG.map(([, problem]) => ['InvalidInput', expect.stringMatching(problem)]));
  expect(executions.filter(({ startDate, stopDate }) => stopDate! - startDate > 5_000)).toEqual([]);
  expect([lettersIn(cloud), JSON.stringify(executions.map(({ cause }) => cause)).includes(MARKER)]).toEqual(['a', false]);
});
