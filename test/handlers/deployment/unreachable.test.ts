import {
  CREATE, CREATE_LONG, DELETE, deploying, executionOf, FIRST_SIGNED_AT, refusal, SUCCESS, TABLE_ID, UPDATE, World,
} from './support';
import { requestHash, type CloudFormationEvent } from '../../../src/handlers/deployment/events';
import { THROTTLED, UNREACHABLE } from '../record/fake';

test.each([
  ['an update', UPDATE, 'POPULATE'], ['a delete, as of a rollback', DELETE, 'RELEASE'],
])('%s is recorded, started and answered by its run, though the record throttles for 90 seconds', async (_what, event, action) => {
  const world = new World();
  await deploying(world, CREATE);
  world.elapsed = 121_000;
  world.befalls(/./, THROTTLED, 211);
  expect(await deploying(world, event)).toEqual([]);
  expect(world.started).toHaveLength(2);
  expect([world.newest, world.run(event)]).toMatchObject([{ request: requestHash(event), action }, { action }]);
  expect(world.elapsed).toBeLessThan(220_000);
});

describe('where Step Functions cannot be reached', () => {
  /** For so many seconds; a request may start its run all the same. */
  const unreachable = (seconds: number, { isWritten = false, meanwhile = (_: World) => {} } = {}) => {
    const world = new World();
    world.startTrouble = () => {
      meanwhile(world);
      return world.elapsed < seconds * 1_000 ? { error: { ...UNREACHABLE, message: 'No.' }, isWritten } : undefined;
    };
    return world;
  };

  test('for eleven minutes, CloudFormation hears why after ten, and the request has failed on record', async () => {
    const world = unreachable(660);
    const [{ Status, Reason, PhysicalResourceId }] = await deploying(world, CREATE);
    expect([Status, PhysicalResourceId]).toEqual(['FAILED', TABLE_ID]);
    expect(Reason).toBe(`PopulationNotStarted: The population could not be started. TimeoutError: No. Execution ${executionOf(CREATE)}. `
      + 'See the log group /aws/lambda/Deployment.');
    expect(world.starts.at(-1)).toBeGreaterThan(590);
    expect(world.elapsed).toBeLessThan(601_000);
    expect(world.newest).toMatchObject({ request: requestHash(CREATE), ended: 'FAILED' });
    expect(world.run(CREATE)?.outcome?.failure?.error).toBe('PopulationNotStarted');
  });

  const ended = (world: World) => { void world.store.recordOutcome(executionOf(CREATE), SUCCESS, FIRST_SIGNED_AT); };
  const withoutRecord = (world: World) => { world.befalls(/./, UNREACHABLE); };
  const mayRun = expect.stringMatching(/^The population could not be started\. .* It may run all the same\. See the log group/);
  const failed = (Reason: object) => ({ Status: 'FAILED', Reason });
  test.each<[string, World, CloudFormationEvent, object[], number, string | undefined]>([
    ['for nine minutes, the run is started then', unreachable(540), CREATE, [], 1, undefined],
    ['a run that was started all the same finds on record that it has failed', unreachable(660, { isWritten: true }), CREATE,
      [failed(expect.not.stringContaining('all the same'))], 1, 'FAILED'],
    ['a run that was started all the same, and has ended, is answered as it ended', unreachable(660, { isWritten: true, meanwhile: ended }),
      CREATE, [{ Status: 'SUCCESS', Data: { versionId: 'version-1' } }], 1, 'SUCCEEDED'],
    ['and DynamoDB cannot either by then, the failure says that a run may have been started',
      unreachable(660, { isWritten: true, meanwhile: withoutRecord }), CREATE, [{ Reason: mayRun }], 1, undefined],
    ['what a wait condition would have waited for fails at once', unreachable(660), CREATE_LONG,
      [failed(expect.stringContaining('could not be started'))], 0, 'FAILED'],
    ['a delete goes through, and holds up nobody', unreachable(780), DELETE,
      [{ Status: 'SUCCESS', PhysicalResourceId: 'physical-id' }], 0, 'SUCCEEDED'],
  ])('%s', async (_what, world, event, answers, started, endedAs) => {
    expect(await deploying(world, event)).toMatchObject(answers);
    expect(world.put).toHaveLength(answers.length);
    expect(world.started).toHaveLength(started);
    expect(world.newest).toMatchObject({ request: requestHash(event), action: event === DELETE ? 'RELEASE' : 'POPULATE' });
    expect(world.newest.ended).toBe(endedAs);
  });

  test('a second delivery is not started after that: CloudFormation was told, and is told the same', async () => {
    const world = unreachable(660);
    const answers = await deploying(world, CREATE, CREATE);
    expect(answers[1]).toEqual(answers[0]);
    world.elapsed = 700_000;
    expect(await deploying(world, CREATE)).toHaveLength(3);
    expect(world.started).toEqual([]);
  });

  test('what is refused for good is told at once', async () => {
    const world = new World();
    world.startTrouble = () => ({ error: refusal('StateMachineDoesNotExist', { message: 'It does not exist' }).error });
    expect((await deploying(world, CREATE))[0].Reason).toContain('StateMachineDoesNotExist: It does not exist. Execution');
    expect(world.starts).toHaveLength(1);
  });

  test('there is the time that the function has, where somebody has lowered its timeout: enough to answer', async () => {
    const world = Object.assign(unreachable(Infinity), { timeoutSeconds: 30 });
    expect(await deploying(world, CREATE)).toMatchObject([{ Status: 'FAILED' }]);
    expect(world.elapsed).toBeLessThan(16_000);
    expect(world.starts.length).toBeGreaterThan(1);
  });

  test('the time counts from when the event was signed, and all is tried once where that is over', async () => {
    const world = Object.assign(unreachable(Infinity), { elapsed: 900_000 });
    expect(await deploying(world, CREATE)).toMatchObject([{ Status: 'FAILED' }]);
    expect(world.starts).toHaveLength(1);
  });
});

describe('where DynamoDB cannot be reached', () => {
  test.each([
    ['the record', / table /], ['who waits', / run /],
  ])('for %s, CloudFormation hears why after ten minutes, and nothing is started', async (_what, kind) => {
    const world = new World().befalls(kind, UNREACHABLE);
    expect(await deploying(world, CREATE)).toMatchObject([{
      Status: 'FAILED',
      Reason: 'The record of populations cannot be reached. TimeoutError: Connection timed out after 2000 ms. It is the DynamoDB table '
        + 'Audience-Record, for which a function in a VPC needs an endpoint. Nothing was started. '
        + 'See the log group /aws/lambda/Deployment.',
    }]);
    expect(world.started).toEqual([]);
    expect(world.elapsed).toBeGreaterThan(580_000);
    expect(world.elapsed).toBeLessThan(610_000);
    expect(/run/.test(kind.source) ? world.newest.ended : 'FAILED').toBe('FAILED');
  });

  const missing = refusal('ResourceNotFoundException', { message: 'Requested resource not found' }).error;
  test.each<[string, Parameters<World['befalls']>, CloudFormationEvent, object[], number]>([
    ['for a minute, by requests that hang, the run is started then', [/./, UNREACHABLE, 60, { takesSeconds: 8 }], CREATE, [], 660],
    ['and every request hangs, there is still time to answer', [/./, UNREACHABLE, Infinity, { takesSeconds: 8 }], CREATE,
      [{ Status: 'FAILED' }], 660],
    ['by an error that will not pass, it is the service\'s own words at once', [/ table /, missing], CREATE,
      [{ Reason: expect.stringContaining('ResourceNotFoundException: Requested resource not found.') }], 10],
    ['a delete goes through', [/./, UNREACHABLE], DELETE, [{ Status: 'SUCCESS' }], 610],
  ])('%s', async (_what, befallen, event, answers, seconds) => {
    const world = new World().befalls(...befallen);
    expect(await deploying(world, event)).toMatchObject(answers);
    expect([world.put.length, world.started.length]).toEqual(answers.length ? [1, 0] : [0, 1]);
    expect(world.elapsed).toBeLessThan(seconds * 1_000);
  });

  test.each([
    ['the record', /write table/], ['who waits', /write run/],
  ])('after it wrote %s, nothing is written otherwise', async (_what, kind) => {
    const [world, calm] = [new World().befalls(kind, UNREACHABLE, 30, { isWritten: true }), new World()];
    await deploying(world, CREATE);
    await deploying(calm, CREATE);
    expect([world.newest, world.run(CREATE), world.started]).toEqual([calm.newest, calm.run(CREATE), calm.started]);
  });
});
