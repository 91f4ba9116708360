import { eventOf, FakeStepFunctions, named, PREFIX, propertiesWith } from './support';
import { executionArnOf, isStarted, recall, start, startFor } from '../../../src/handlers/deployment/start';
import { KEEP } from '../../../src/handlers/execution-name';
import { MACHINE_ARN } from '../support';

const OLD = propertiesWith({ population: { parameters: { region: 'south' } }, WaitHandle: 'https://b' });
const WANTED = propertiesWith({ WaitHandle: 'https://a' });
const UPDATE = eventOf('Update', WANTED, OLD);

const NEW = { waitHandleUsed: false };
/** The names that earlier deployments of these properties gave to their runs. */
const populatedName = startFor(eventOf('Create', WANTED, undefined, { RequestId: 'long-ago' }), NEW, PREFIX).name;
const otherName = startFor(eventOf('Create', OLD, undefined, { RequestId: 'lately' }), NEW, PREFIX).name;

interface Past {
  readonly name: string;
  readonly status?: string;
  readonly waitHandle?: string;
  readonly versionId?: string;
}

function history(...newestFirst: Past[]): FakeStepFunctions {
  return new FakeStepFunctions({
    ListExecutions: () => ({ executions: newestFirst.map(({ name, status = 'SUCCEEDED' }) => ({ executionArn: `arn:${name}`, name, status })) }),
    DescribeExecution: ({ executionArn }) => {
      const { status = 'SUCCEEDED', waitHandle, versionId } = newestFirst.find(({ name }) => `arn:${name}` === executionArn)!;
      return { status, input: JSON.stringify({ deployment: { waitHandle } }), output: versionId && JSON.stringify({ versionId }) };
    },
  });
}

const recalling = (event: typeof UPDATE, ...newestFirst: Past[]) => recall(history(...newestFirst).client, event);

describe('what an update recalls', () => {
  test('is the version that the wanted properties made, while it is the newest', async () => {
    expect(await recalling(UPDATE, { name: otherName, status: 'FAILED' }, { name: populatedName, versionId: 'v1' })).toMatchObject({ madeVersionId: 'v1' });
  });

  test('is no version after other properties made one', async () => {
    expect((await recalling(UPDATE, { name: otherName, versionId: 'v2' }, { name: populatedName, versionId: 'v1' })).madeVersionId).toBeUndefined();
  });

  test('is nothing of a machine that has not run', async () => {
    expect(await recalling(UPDATE)).toEqual({ madeVersionId: undefined, waitHandleUsed: false });
  });

  test('is that the wait handle was signalled, in a rollback', async () => {
    expect(await recalling(UPDATE, { name: otherName, status: 'FAILED', waitHandle: 'https://b' }, { name: populatedName, waitHandle: 'https://a', versionId: 'v1' }))
      .toEqual({ madeVersionId: 'v1', waitHandleUsed: true });
  });

  test('is that the wait handle is new, in another deploy of the same properties', async () => {
    expect((await recalling(UPDATE, { name: otherName }, { name: populatedName, waitHandle: 'https://before', versionId: 'v1' })).waitHandleUsed).toBe(false);
  });

  test('is that the wait handle is new when its own event is delivered again: the run that the first delivery started signals it', async () => {
    const own = startFor(UPDATE, NEW, PREFIX).name;
    expect(await recalling(UPDATE, { name: own, status: 'RUNNING', waitHandle: 'https://a' }, { name: otherName, waitHandle: 'https://b', versionId: 'v2' }))
      .toEqual({ madeVersionId: undefined, waitHandleUsed: false });
  });

  test('is that the wait handle was signalled by a deploy that kept the table, too', async () => {
    const kept = (RequestId: string) => `${PREFIX}${KEEP}${RequestId}`;
    const [wanted, old] = [WANTED, OLD].map((properties) => ({ ...properties, PopulateOnDeploy: 'IF_UNPOPULATED' as const }));
    const rollback = eventOf('Update', wanted, old);
    expect((await recalling(rollback, { name: kept('2'), waitHandle: 'https://b' }, { name: kept('1'), waitHandle: 'https://a' })).waitHandleUsed).toBe(true);
    expect((await recalling(rollback, { name: kept('2'), waitHandle: 'https://b' }, { name: kept('1'), waitHandle: 'https://0' })).waitHandleUsed).toBe(false);
  });

  test('is that the wait handle was signalled where only the timeout is rolled back', async () => {
    const raised = propertiesWith({ population: { timeoutSeconds: 9_000 }, WaitHandle: 'https://b' });
    const past = [{ name: `${PREFIX}${KEEP}2`, waitHandle: 'https://b' }, { name: populatedName, waitHandle: 'https://a', versionId: 'v1' }];
    expect((await recalling(eventOf('Update', WANTED, raised), ...past)).waitHandleUsed).toBe(true);
  });
});

describe('nothing is asked', () => {
  test.each([
    ['a create', eventOf('Create', WANTED)],
    ['a delete', eventOf('Delete', WANTED)],
    ['an update that changes nothing of what a populate makes', eventOf('Update', WANTED, { ...WANTED, StateMachineArn: 'arn:old' })],
  ])('for %s', async (_what, event) => {
    const stepFunctions = history();
    expect(await recall(stepFunctions.client, event)).toEqual({ waitHandleUsed: false });
    expect(stepFunctions.asked).toEqual([]);
  });
});

describe('starting', () => {
  const STARTING = startFor(UPDATE, NEW, PREFIX);
  const arn = `arn:aws:states:eu-west-1:111122223333:execution:Audience:${STARTING.name}`;

  test('hands the request over as the execution\'s input', async () => {
    const stepFunctions = new FakeStepFunctions({ StartExecution: () => ({ executionArn: arn }) });
    expect(await start(stepFunctions.client, STARTING)).toBe(arn);
    expect(stepFunctions.asked).toEqual([
      { command: 'StartExecution', input: { stateMachineArn: MACHINE_ARN, name: STARTING.name, input: JSON.stringify({ deployment: STARTING.request }) } },
    ]);
  });

  test('is done once: an execution that is there already is the event\'s own', async () => {
    const stepFunctions = new FakeStepFunctions({ StartExecution: () => { throw named('ExecutionAlreadyExists'); } });
    expect(await start(stepFunctions.client, STARTING)).toBe(arn);
    expect(executionArnOf(MACHINE_ARN, STARTING.name)).toBe(arn);
  });

  test('fails with any other error', async () => {
    const stepFunctions = new FakeStepFunctions({ StartExecution: () => { throw named('StateMachineDoesNotExist'); } });
    await expect(start(stepFunctions.client, STARTING)).rejects.toThrow('No.');
  });

  test('can be told from the execution', async () => {
    const there = new FakeStepFunctions({ DescribeExecution: () => ({ status: 'RUNNING' }) });
    expect(await isStarted(there.client, MACHINE_ARN, 'run-1')).toBe(true);
    expect(there.asked[0].input).toEqual({ executionArn: 'arn:aws:states:eu-west-1:111122223333:execution:Audience:run-1' });
    const missing = new FakeStepFunctions({ DescribeExecution: () => { throw named('ExecutionDoesNotExist'); } });
    expect(await isStarted(missing.client, MACHINE_ARN, 'run-1')).toBe(false);
  });
});
