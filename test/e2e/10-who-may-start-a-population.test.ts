import { Stack } from 'aws-cdk-lib';
import { DefinitionBody, Fail, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import {
  A, closeClouds, cloudWith, dataIn, deploy, lettersIn, logicalId, MACHINE, makeTable, MARKER, openCloud, populatesIn, Scene, segment,
  stackOf, synthesize, tableIn,
} from './support';
import { IntermediateTablePopulation, WorkerType } from '../../src';

afterEach(closeClouds);

const machine = (scene: Scene) => logicalId(stackOf(scene), MACHINE);

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

describe('promise 10: who may start a population may start that population, and no more', () => {
  test.each(['nightly-keep-42', 'cfn-keep-42', 'cfn-release-1'])('a run by hand named %s does not stand in a deploy\'s way', async (name) => {
    const cloud = await cloudWith(A);
    cloud.cleanRooms.planQuery({ durationSeconds: 300, outcome: 'SUCCESS' });
    cloud.startExecution(machine(A), {}, name);
    await cloud.advance(20);
    await deploy(cloud, { ...A, parameters: segment('b') });
    expect([lettersIn(cloud), dataIn(cloud)]).toEqual(['aab', 'b']);
  });

  describe('who may start a population', () => {
    const foreign: Scene = { ...A, also: (stack) => { new StateMachine(stack, 'Foreign', { definitionBody: DefinitionBody.fromChainable(new Fail(stack, 'Fails', { error: 'No' })) }); } };

    test.each<[string, (request: string) => object]>([
      ['another table, parameters and whom to answer', () => ({
        deployment: { action: 'POPULATE', population: { membershipIdentifier: 'x', intermediateTableIdentifier: 'y', parameters: segment('x') }, response: { url: 'https://x.example/' } },
      })],
      ['a deployment that nobody asked for', () => ({ deployment: { request: 'forged', answerBy: '2099-01-01T00:00:00.000Z' } })],
      ['the deployment that was carried out', (request) => ({ deployment: { request, answerBy: '2099-01-01T00:00:00.000Z' } })],
    ])('and names %s populates nobody else\'s table, and is heard by nobody', async (_, inputOf) => {
      const cloud = await cloudWith(A);
      const [{ input }] = cloud.executions();
      const answers = cloud.responses().length;
      await cloud.execute(logicalId(stackOf(A), MACHINE), inputOf((JSON.parse(input) as { deployment: { request: string } }).deployment.request));
      await cloud.settle();
      expect(cloud.responses()).toHaveLength(answers);
      expect(cloud.cleanRooms.populations()).toEqual(cloud.cleanRooms.populations(tableIn(cloud)));
      expect([dataIn(cloud), lettersIn(cloud)]).toEqual(['a', expect.stringMatching(/^a+$/)]);
    });

    test('of another state machine makes nothing happen, whatever its executions are called and end like', async () => {
      const cloud = await cloudWith(foreign);
      const [{ name }] = cloud.executions();
      const answers = cloud.responses().length;
      await cloud.execute(logicalId(stackOf(foreign), 'Foreign'), { deployment: { response: { url: 'https://x.example/' } } }, `${name.slice(0, -4)}0000`);
      await cloud.advance(60);
      expect(cloud.lambda.invocations.at(-1)!.function).toContain('DeploymentFunction');
      expect(cloud.responses()).toHaveLength(answers);
    });
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

  test('an input that is not one fails in the first step, and says what it has to be, without the value', async () => {
    const cloud = await cloudWith(A);
    const executions = WRONG.map(([input]) => cloud.startExecution(machine(A), input as object));
    await cloud.settle();
    expect(executions.map(({ error, cause }) => [error, cause])).toEqual(WRONG.map(([, problem]) => ['InvalidInput', expect.stringMatching(problem)]));
    expect(executions.filter(({ startDate, stopDate }) => stopDate! - startDate > 5_000)).toEqual([]);
    expect([lettersIn(cloud), JSON.stringify(executions.map(({ cause }) => cause)).includes(MARKER)]).toEqual(['a', false]);
  });
});
