import {
  eventOf, executionOf, FAILURE, FIRST_SIGNED_AT, OUTPUT, PREFIX, propertiesWith, refusal, TABLE, TABLE_ID, urlOf, World, type Sent,
} from './support';
import { deploy } from '../../../src/handlers/deployment/deploy';
import { requestHash, type CloudFormationEvent } from '../../../src/handlers/deployment/events';
import { report } from '../../../src/handlers/deployment/report';
import { runKey, tableKey } from '../../../src/handlers/record/items';
import { THROTTLED, UNREACHABLE } from '../record/fake';

const LONG: Sent = { properties: propertiesWith({ TimeoutSeconds: '7200', WaitHandle: 'https://wait.example?signature=w' }) };
const [CREATE, UPDATE, DELETE] = [eventOf('Create'), eventOf('Update', { seconds: 60 }), eventOf('Delete', { seconds: 120 })];
const CREATE_LONG = eventOf('Create', LONG);
const [TABLE_ITEM, RUN_ITEM] = [/ table /, / run /];

const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);

async function deploying(world: World, ...events: CloudFormationEvent[]): Promise<Record<string, unknown>[]> {
  for (const event of events) {
    await deploy(event, world.ports());
  }
  return world.put.map(({ body }) => body);
}

const newestIn = (world: World) => world.table().requests[0];

describe('an event of CloudFormation', () => {
  test('starts a run that knows no more than which request it is of, and until when it has to be answered', async () => {
    const world = new World();
    expect(await deploying(world, CREATE)).toEqual([]);
    expect(world.started).toEqual([{
      name: `${PREFIX}-${requestHash(CREATE)}`,
      input: { deployment: { request: requestHash(CREATE), answerBy: new Date(newestIn(world).answerBy).toISOString() } },
    }]);
  });

  test('is on record before its run is there, with whom to answer', async () => {
    const world = new World();
    let known: unknown;
    world.startTrouble = () => {
      known = [newestIn(world), world.run(CREATE)];
      return undefined;
    };
    await deploying(world, CREATE);
    expect(known).toEqual([
      expect.objectContaining({ request: requestHash(CREATE), execution: executionOf(CREATE), action: 'POPULATE', signedAt: FIRST_SIGNED_AT }),
      {
        table: TABLE,
        action: 'POPULATE',
        responses: [{
          url: CREATE.ResponseURL, StackId: CREATE.StackId, RequestId: 'request-0', LogicalResourceId: 'AudiencePopulation', PhysicalResourceId: TABLE_ID,
        }],
      },
    ]);
    expect(world.store.items.get(runKey(executionOf(CREATE)))?.expires).toEqual({ N: String(FIRST_SIGNED_AT / 1_000 + 2 * 86_400) });
    expect(world.store.items.get(tableKey(TABLE))?.expires).toBeUndefined();
  });

  test('is answered by its run', async () => {
    const world = new World();
    await deploying(world, CREATE);
    await report(executionOf(CREATE), { output: OUTPUT }, world.ports());
    expect(world.put).toMatchObject([{ url: CREATE.ResponseURL, body: { Status: 'SUCCESS', Data: { versionId: 'version-1' } } }]);
  });

  test('that a wait condition waits for is answered at once, with an empty result, and the handle by the run', async () => {
    const world = new World();
    expect(await deploying(world, CREATE_LONG)).toMatchObject([{ Status: 'SUCCESS', Data: { Execution: executionOf(CREATE_LONG), Result: '' } }]);
    expect(world.run(CREATE_LONG)).toEqual({ table: TABLE, action: 'POPULATE', waitHandleUrl: 'https://wait.example?signature=w' });
    await report(executionOf(CREATE_LONG), { output: OUTPUT }, world.ports());
    expect(world.put[1]).toMatchObject({ url: 'https://wait.example?signature=w', body: { Status: 'SUCCESS' } });
  });

  test.each([['an update', UPDATE, 'POPULATE'], ['a delete', DELETE, 'RELEASE']])('as %s is one more run', async (_what, event, action) => {
    const world = new World();
    await deploying(world, CREATE, event);
    expect(world.started).toHaveLength(2);
    expect(newestIn(world)).toMatchObject({ request: requestHash(event), action });
    expect(world.run(event)).toMatchObject({ action });
  });

  test('is in no log with its URL or its parameters', async () => {
    const world = new World();
    await deploying(world, CREATE, CREATE_LONG);
    expect(world.logged.join()).toContain(executionOf(CREATE));
    expect(world.logged.join()).not.toMatch(/s3cret|signature|north/);
  });
});

describe('an event that is delivered twice', () => {
  test('has one run, and one who waits for it', async () => {
    const world = new World();
    expect(await deploying(world, CREATE, CREATE)).toEqual([]);
    expect(world.started).toHaveLength(1);
    expect(world.run(CREATE)?.responses).toHaveLength(1);
    expect(world.store.writes()).toBe(2);
  });

  test.each([
    ['well', { output: OUTPUT }, { Status: 'SUCCESS', Data: expect.objectContaining({ versionId: 'version-1' }) }],
    ['badly', { failure: FAILURE }, { Status: 'FAILED', Reason: expect.stringContaining('ProtectedQueryFailed: OOM') }],
  ])('after its run has ended %s is told the same again, and nothing is started', async (_what, ended, body) => {
    const world = new World();
    await deploying(world, CREATE);
    await report(executionOf(CREATE), ended, world.ports());
    const starts = world.starts.length;
    expect(await deploying(world, CREATE)).toMatchObject([body, body]);
    expect(world.starts).toHaveLength(starts);
    expect(world.run(CREATE)?.responses).toEqual([]);
  });

  test.each([
    ['before it was on record', TABLE_ITEM],
    ['before who waits was', RUN_ITEM],
  ])('goes on where the first delivery crashed %s', async (_what, kind) => {
    const world = new World();
    const crashing = world.ports();
    const write = crashing.store.write.bind(crashing.store);
    void deploy(CREATE, {
      ...crashing,
      store: Object.assign(Object.create(crashing.store), {
        write: (...asked: Parameters<typeof write>) => (kind.test(` ${asked[0]}`) ? new Promise<never>(() => undefined) : write(...asked)),
      }),
    });
    await new Promise(setImmediate);
    expect(world.started).toEqual([]);
    await deploying(world, CREATE);
    expect(world.started).toHaveLength(1);
    expect(world.run(CREATE)?.responses).toHaveLength(1);
  });

  test('is answered twice where the wait condition waits', async () => {
    const world = new World();
    expect(await deploying(world, CREATE_LONG, CREATE_LONG)).toMatchObject(times(2, { Status: 'SUCCESS', Data: { Execution: executionOf(CREATE_LONG) } }));
    expect(world.started).toHaveLength(1);
  });
});

describe('an event that was superseded', () => {
  test('does nothing, and is told so at once', async () => {
    const world = new World();
    expect(await deploying(world, UPDATE, CREATE)).toMatchObject([
      { Status: 'FAILED', RequestId: 'request-0', PhysicalResourceId: TABLE_ID, Reason: expect.stringContaining('Superseded') },
    ]);
    expect(world.started).toHaveLength(1);
    expect(world.run(CREATE)).toBeUndefined();
    expect(newestIn(world)?.request).toBe(requestHash(UPDATE));
  });

  test('goes through where it is a delete', async () => {
    const world = new World();
    expect(await deploying(world, eventOf('Update', { seconds: 180 }), DELETE)).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'physical-id' }]);
    expect(world.started).toHaveLength(1);
  });

  describe('where its URL does not tell when it was sent', () => {
    const unsigned = (event: CloudFormationEvent, token: string) => ({ ...event, ResponseURL: `https://bucket.example/${token}?Signature=s3cret` });
    const [first, second] = [unsigned(CREATE, 'a'), unsigned(UPDATE, 'b')];

    test('the one that arrives later is the newest', async () => {
      const world = new World();
      await deploying(world, first);
      world.elapsed += 1;
      expect(await deploying(world, second)).toEqual([]);
      expect(newestIn(world)?.request).toBe(requestHash(second));
    });

    test('a second delivery of the first counts as its first one', async () => {
      const world = new World();
      await deploying(world, first);
      world.elapsed += 60_000;
      await deploying(world, second);
      world.elapsed += 60_000;
      expect(await deploying(world, first)).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('Superseded') }]);
      expect(newestIn(world)?.request).toBe(requestHash(second));
      expect(newestIn(world)?.signedAt).toBe(FIRST_SIGNED_AT + 60_100);
    });
  });
});

test('two resources that populate one table are told so, by both names: the one that came second fails, and changes nothing', async () => {
  const world = new World();
  const second = eventOf('Create', { seconds: 1, more: { LogicalResourceId: 'SecondPopulation' } });
  const [{ Status, Reason }] = await deploying(world, CREATE, second);
  expect(Status).toBe('FAILED');
  expect(Reason).toContain(`Table ${TABLE_ID} is being populated by AudiencePopulation, and SecondPopulation is to populate it, too.`);
  expect(world.table().requests).toHaveLength(1);
  expect(world.started).toHaveLength(1);
});

describe('where the record throttles for 90 seconds', () => {
  test.each([['an update', UPDATE], ['a delete, as of a rollback', DELETE]])('%s is recorded, started and answered by its run all the same', async (_what, event) => {
    const world = new World();
    await deploying(world, CREATE);
    world.elapsed = 121_000;
    world.befalls(/./, THROTTLED, 211);
    expect(await deploying(world, event)).toEqual([]);
    expect(world.started).toHaveLength(2);
    expect(world.elapsed).toBeLessThan(220_000);
  });

  test('by requests that hang and get no answer, too', async () => {
    const world = new World();
    world.befalls(/./, UNREACHABLE, 60, { takesSeconds: 8 });
    expect(await deploying(world, CREATE)).toEqual([]);
    expect(world.started).toHaveLength(1);
  });
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
    expect(newestIn(world)).toMatchObject({ request: requestHash(CREATE), ended: 'FAILED' });
  });

  const ended = (world: World) => { void world.store.recordOutcome(executionOf(CREATE), { output: OUTPUT }, FIRST_SIGNED_AT); };
  const mayRun = expect.stringMatching(/^The population could not be started\. .* It may run all the same\. See the log group/);
  test.each<[string, World, CloudFormationEvent, object[], number, string | undefined]>([
    ['for nine minutes, the run is started then', unreachable(540), CREATE, [], 1, undefined],
    ['a run that was started all the same finds on record that it has failed', unreachable(660, { isWritten: true }), CREATE,
      [{ Status: 'FAILED', Reason: expect.not.stringContaining('all the same') }], 1, 'FAILED'],
    ['a run that was started all the same, and has ended meanwhile, is answered as it ended', unreachable(660, { isWritten: true, meanwhile: ended }), CREATE,
      [{ Status: 'SUCCESS', Data: { versionId: 'version-1' } }], 1, 'SUCCEEDED'],
    ['and DynamoDB cannot either by then, the failure says that a run may have been started',
      unreachable(660, { isWritten: true, meanwhile: (world) => world.befalls(/./, UNREACHABLE) }), CREATE, [{ Reason: mayRun }], 1, undefined],
    ['what a wait condition would have waited for fails at once', unreachable(660), CREATE_LONG,
      [{ Status: 'FAILED', Reason: expect.stringContaining('could not be started') }], 0, 'FAILED'],
    ['a delete goes through, and holds up nobody', unreachable(780), DELETE, [{ Status: 'SUCCESS', PhysicalResourceId: 'physical-id' }], 0, 'SUCCEEDED'],
  ])('%s', async (_what, world, event, answers, started, endedAs) => {
    expect(await deploying(world, event)).toMatchObject(answers);
    expect(world.put).toHaveLength(answers.length);
    expect(world.started).toHaveLength(started);
    expect(newestIn(world)).toMatchObject({ request: requestHash(event), action: event === DELETE ? 'RELEASE' : 'POPULATE' });
    expect(newestIn(world).ended).toBe(endedAs);
  });

  test('a run that has failed on record is told so', async () => {
    const world = unreachable(660, { isWritten: true });
    await deploying(world, CREATE);
    expect(world.run(CREATE)?.outcome?.failure?.error).toBe('PopulationNotStarted');
  });

  test('a second delivery is not started after that: CloudFormation was told, and is told the same', async () => {
    const world = unreachable(660);
    const answers = await deploying(world, CREATE, CREATE);
    expect(answers[1]).toEqual(answers[0]);
    world.elapsed = 700_000;
    expect(await deploying(world, CREATE)).toHaveLength(3);
    expect(world.started).toEqual([]);
  });

  test.each([
    ['throttled', THROTTLED],
    ['not permitted yet', refusal('AccessDeniedException').error],
    ['full of executions', refusal('ExecutionLimitExceeded').error],
    ['silent', UNREACHABLE],
  ])('it is asked again while it is %s', async (_what, error) => {
    const world = new World();
    world.startTrouble = () => (world.elapsed < 60_000 ? { error } : undefined);
    expect(await deploying(world, CREATE)).toEqual([]);
    expect(world.started).toHaveLength(1);
  });

  test('what is refused for good is told at once', async () => {
    const world = new World();
    world.startTrouble = () => ({ error: refusal('StateMachineDoesNotExist', { message: 'State Machine Does Not Exist' }).error });
    expect((await deploying(world, CREATE))[0].Reason).toContain('StateMachineDoesNotExist: State Machine Does Not Exist. Execution');
    expect(world.starts).toHaveLength(1);
  });

  test('there is the time that the function has, where somebody has lowered its timeout: enough to answer', async () => {
    const world = unreachable(Infinity);
    world.timeoutSeconds = 30;
    expect(await deploying(world, CREATE)).toMatchObject([{ Status: 'FAILED' }]);
    expect(world.elapsed).toBeLessThan(16_000);
    expect(world.starts.length).toBeGreaterThan(1);
  });

  test('the time counts from when the event was signed, and all is tried once where that is over', async () => {
    const world = unreachable(Infinity);
    world.elapsed = 900_000;
    expect(await deploying(world, CREATE)).toMatchObject([{ Status: 'FAILED' }]);
    expect(world.starts).toHaveLength(1);
  });
});

describe('where DynamoDB cannot be reached', () => {
  const befallen = (...what: Parameters<World['befalls']>) => {
    const world = new World();
    world.befalls(...what);
    return world;
  };

  test.each([['the record', TABLE_ITEM], ['who waits', RUN_ITEM]])('for %s, CloudFormation hears why after ten minutes, and nothing is started', async (_what, kind) => {
    const world = befallen(kind, UNREACHABLE);
    expect(await deploying(world, CREATE)).toMatchObject([{
      Status: 'FAILED',
      Reason: 'The record of populations cannot be reached. TimeoutError: Connection timed out after 2000 ms. It is the DynamoDB table Audience-Record, '
        + 'for which a function in a VPC needs an endpoint. Nothing was started. See the log group /aws/lambda/Deployment.',
    }]);
    expect(world.started).toEqual([]);
    expect(world.elapsed).toBeGreaterThan(580_000);
    expect(world.elapsed).toBeLessThan(610_000);
    expect(kind === RUN_ITEM ? newestIn(world).ended : 'FAILED').toBe('FAILED');
  });

  test.each<[string, World, CloudFormationEvent, object, number]>([
    ['and every request hangs, there is still time to answer', befallen(/./, UNREACHABLE, Infinity, { takesSeconds: 8 }), CREATE, { Status: 'FAILED' }, 660],
    ['by an error that will not pass, it is the service\'s own words at once',
      befallen(TABLE_ITEM, refusal('ResourceNotFoundException', { message: 'Requested resource not found' }).error), CREATE,
      { Reason: expect.stringContaining('ResourceNotFoundException: Requested resource not found.') }, 10],
    ['a delete goes through', befallen(/./, UNREACHABLE), DELETE, { Status: 'SUCCESS' }, 610],
  ])('%s', async (_what, world, event, answer, seconds) => {
    expect(await deploying(world, event)).toMatchObject([answer]);
    expect(world.elapsed).toBeLessThan(seconds * 1_000);
  });

  test.each([['the record', /write table/], ['who waits', /write run/]])('after it wrote %s, nothing is written otherwise', async (_what, kind) => {
    const [world, calm] = [befallen(kind, UNREACHABLE, 30, { isWritten: true }), new World()];
    await deploying(world, CREATE);
    await deploying(calm, CREATE);
    expect([newestIn(world), world.run(CREATE), world.started]).toEqual([newestIn(calm), calm.run(CREATE), calm.started]);
  });
});

describe('an event that cannot be understood', () => {
  const BROKEN: Sent = { properties: propertiesWith({ Parameters: { region: 'north' } as never }) };

  test('is a failure under the table\'s physical id, without the value, and nothing is recorded', async () => {
    const world = new World();
    const [{ Status, Reason, PhysicalResourceId }] = await deploying(world, eventOf('Update', BROKEN));
    expect([Status, PhysicalResourceId]).toEqual(['FAILED', TABLE_ID]);
    expect(Reason).toBe('InvalidDefinition: The property Parameters of the custom resource is not a list. See the log group /aws/lambda/Deployment.');
    expect(world.store.asked).toEqual([]);
  });

  test('is a delete all the same: the table is released', async () => {
    const world = new World();
    expect(await deploying(world, eventOf('Delete', BROKEN))).toEqual([]);
    expect(newestIn(world)).toMatchObject({ action: 'RELEASE' });
  });

  test('goes through where it is a delete that does not name its table', async () => {
    const world = new World();
    const event = eventOf('Delete', { properties: { Definition: '{}' } });
    expect(await deploying(world, event)).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'physical-id' }]);
  });
});

test('an answer that cannot be delivered is an error, so that Lambda hands the event over again', async () => {
  const world = new World();
  world.refusing.add(CREATE_LONG.ResponseURL);
  await expect(deploy(CREATE_LONG, world.ports())).rejects.toThrow('answered status 503');
  world.refusing.clear();
  expect(await deploying(world, CREATE_LONG)).toMatchObject([{ Status: 'SUCCESS' }]);
  expect(world.started).toHaveLength(1);
});

test('the URL of a retried deployment is another one: the same RequestId makes another run', async () => {
  const world = new World();
  const retried = { ...CREATE, ResponseURL: urlOf(600, 'b') };
  await deploying(world, CREATE);
  await report(executionOf(CREATE), { failure: FAILURE }, world.ports());
  await deploying(world, retried);
  expect(world.started).toHaveLength(2);
});
