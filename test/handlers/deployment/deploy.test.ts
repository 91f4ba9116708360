import { eventOf, MACHINE_ARN, OUTPUT, POPULATION, PREFIX, propertiesWith, RECORD, refusal, SENT, TABLE, World, type Sent } from './support';
import { deploy } from '../../../src/handlers/deployment/deploy';
import { requestHash, type CloudFormationEvent } from '../../../src/handlers/deployment/event';
import { report } from '../../../src/handlers/deployment/report';
import { awaitedId, type Awaited } from '../../../src/handlers/record/awaited';
import { tableId, type PopulationRecord } from '../../../src/handlers/record/population-record';
import { UNREACHABLE } from '../record/fake';

const runOf = (event: CloudFormationEvent): string => `${MACHINE_ARN.replace(':stateMachine:', ':execution:')}:${PREFIX}-${requestHash(event)}`;
const LONG: Sent = { properties: propertiesWith({ definition: { timeoutSeconds: 7_200 }, WaitHandle: 'https://wait.example?signature=w' }) };
const [CREATE, UPDATE, DELETE] = [eventOf('Create'), eventOf('Update', { seconds: 60 }), eventOf('Delete', { seconds: 120 })];
const CREATE_LONG = eventOf('Create', LONG);

const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);

async function deploying(world: World, ...events: CloudFormationEvent[]): Promise<Record<string, unknown>[]> {
  for (const event of events) {
    await deploy(event, world.outside);
  }
  return world.put.map(({ body }) => body);
}

const awaitedIn = (world: World, event = CREATE) => world.documents.get<Awaited>(awaitedId(runOf(event)));
const deploymentIn = (world: World) => world.documents.get<PopulationRecord>(RECORD)?.deployment;

describe('an event of CloudFormation', () => {
  test('starts a run that knows no more than which request it is of, and until when it has to be answered', async () => {
    const world = new World();
    expect(await deploying(world, CREATE)).toEqual([]);
    expect(world.started).toEqual([{
      name: `${PREFIX}-${requestHash(CREATE)}`,
      input: { deployment: { request: requestHash(CREATE), answerBy: new Date(deploymentIn(world)!.answerBy).toISOString() } },
    }]);
  });

  test('is on record before its run is there, with whom to answer', async () => {
    const world = new World();
    let known: unknown;
    const { start } = world.outside.executions;
    const starting: typeof start = (...asked) => {
      known = [deploymentIn(world), awaitedIn(world)];
      return start(...asked);
    };
    await deploy(CREATE, { ...world.outside, executions: { ...world.outside.executions, start: starting } });
    expect(known).toMatchObject([
      { request: requestHash(CREATE), execution: runOf(CREATE), action: 'POPULATE' },
      { requestedAt: SENT, action: 'POPULATE', responses: [{ url: CREATE.ResponseURL, RequestId: 'request-0', PhysicalResourceId: tableId(TABLE) }] },
    ]);
    expect(world.documents.lives.get(awaitedId(runOf(CREATE)))?.expires).toBe(SENT / 1000 + 86_400);
    expect(world.documents.lives.get(RECORD)).toBeUndefined();
  });

  test('is answered by its run', async () => {
    const world = new World();
    await deploying(world, CREATE);
    await report(runOf(CREATE), { output: OUTPUT }, world.outside);
    expect(world.put).toMatchObject([{ url: CREATE.ResponseURL, body: { Status: 'SUCCESS', Data: { versionId: 'version-1' } } }]);
  });

  test('that a wait condition waits for is answered at once, and the handle by the run', async () => {
    const world = new World();
    expect(await deploying(world, CREATE_LONG)).toMatchObject([{ Status: 'SUCCESS', Data: { Execution: runOf(CREATE_LONG) } }]);
    expect(awaitedIn(world, CREATE_LONG)).toMatchObject({ responses: [], waitHandle: 'https://wait.example?signature=w' });
    await report(runOf(CREATE_LONG), { output: OUTPUT }, world.outside);
    expect(world.put[1]).toMatchObject({ url: 'https://wait.example?signature=w', body: { Status: 'SUCCESS' } });
  });

  test.each([['an update', UPDATE, 'POPULATE'], ['a delete', DELETE, 'RELEASE']])('as %s is one more run', async (_what, event, action) => {
    const world = new World();
    await deploying(world, CREATE, event);
    expect(world.started).toHaveLength(2);
    expect(deploymentIn(world)).toMatchObject({ request: requestHash(event), action });
    expect(awaitedIn(world, event)).toMatchObject({ action });
  });

  test('is in no log with its URL or its parameters', async () => {
    const world = new World();
    await deploying(world, CREATE, CREATE_LONG);
    expect(world.logged.join()).toContain(runOf(CREATE));
    expect(world.logged.join()).not.toMatch(/s3cret|signature|north/);
  });
});

describe('an event that is delivered twice', () => {
  test('has one run, and one who waits for it', async () => {
    const world = new World();
    expect(await deploying(world, CREATE, CREATE)).toEqual([]);
    expect(world.started).toHaveLength(1);
    expect(awaitedIn(world)?.responses).toHaveLength(1);
  });

  test('does not bring back whom the run has answered', async () => {
    const world = new World();
    await deploying(world, CREATE);
    await report(runOf(CREATE), { output: OUTPUT }, world.outside);
    await deploying(world, CREATE);
    expect(awaitedIn(world)).toMatchObject({ responses: [], ended: { output: OUTPUT } });
    expect(world.put).toHaveLength(1);
  });

  test.each([
    ['before it was on record', RECORD],
    ['before who waits was', awaitedId(runOf(CREATE))],
  ])('goes on where the first delivery crashed %s', async (_what, id) => {
    const world = new World();
    const { change } = world.documents;
    world.documents.change = ((asked: string, ...more: [never]) =>
      (asked === id ? new Promise<never>(() => undefined) : change.call(world.documents, asked, ...more))) as never;
    void deploy(CREATE, world.outside);
    await new Promise(setImmediate);
    expect(world.started).toEqual([]);
    world.documents.change = change;
    await deploying(world, CREATE);
    expect(world.started).toHaveLength(1);
    expect(awaitedIn(world)?.responses).toHaveLength(1);
  });

  test('is answered twice where the wait condition waits', async () => {
    const world = new World();
    expect(await deploying(world, CREATE_LONG, CREATE_LONG)).toMatchObject(times(2, { Status: 'SUCCESS', Data: { Execution: runOf(CREATE_LONG) } }));
    expect(world.started).toHaveLength(1);
  });
});

describe('an event that was overtaken', () => {
  test('does nothing, and is told so at once', async () => {
    const world = new World();
    expect(await deploying(world, UPDATE, CREATE)).toMatchObject([{ Status: 'FAILED', RequestId: 'request-0', PhysicalResourceId: tableId(TABLE), Reason: expect.stringContaining('Superseded') }]);
    expect(world.started).toHaveLength(1);
    expect(awaitedIn(world)).toBeUndefined();
    expect(deploymentIn(world)?.request).toBe(requestHash(UPDATE));
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
      world.clock += 1;
      expect(await deploying(world, second)).toEqual([]);
      expect(deploymentIn(world)?.request).toBe(requestHash(second));
    });

    test('a second delivery of the first counts as its first one', async () => {
      const world = new World();
      await deploying(world, first);
      world.clock += 60_000;
      await deploying(world, second);
      world.clock += 60_000;
      expect(await deploying(world, first)).toMatchObject([{ Status: 'FAILED' }]);
      expect(deploymentIn(world)?.request).toBe(requestHash(second));
    });
  });
});

describe('where Step Functions does not start the run', () => {
  const throttled = refusal('ThrottlingException', { message: 'Rate exceeded', throttled: true });
  const missing = refusal('StateMachineDoesNotExist', { message: 'State Machine Does Not Exist' });
  const lost = refusal('TimeoutError', { doubtful: true });

  test.each([
    ['throttled', throttled],
    ['not permitted yet', refusal('AccessDeniedException')],
    ['full of executions', refusal('ExecutionLimitExceeded')],
    ['silent', lost],
    ['silent, though it has started the run', { ...lost, after: true }],
  ])('it is asked again while it is %s', async (_what, trouble) => {
    const world = new World();
    world.starts.push(...times(15, trouble));
    expect(await deploying(world, CREATE)).toEqual([]);
    expect(world.started).toHaveLength(1);
    expect(deploymentIn(world)?.abandoned).toBeUndefined();
  });

  test.each([['for a minute', throttled, 19], ['for good', missing, 1]])('%s, CloudFormation hears why, within the function\'s time', async (_what, trouble, asked) => {
    const world = new World();
    world.starts.push(...times(100, trouble));
    const [{ Status, Reason, PhysicalResourceId }] = await deploying(world, CREATE);
    expect([Status, PhysicalResourceId]).toEqual(['FAILED', tableId(TABLE)]);
    expect(Reason).toBe(`The population could not be started. ${trouble.error.code}: ${trouble.error.message}. Execution ${runOf(CREATE)}. `
      + 'See the log group /aws/lambda/Deployment.');
    expect(100 - world.starts.length).toBe(asked);
    expect(world.clock).toBeLessThan(76_000);
  });

  test('a run that was started all the same finds on record that nobody wants it', async () => {
    const world = new World();
    world.starts.push(...times(100, { ...lost, after: true }));
    const [{ Reason }] = await deploying(world, CREATE);
    expect(deploymentIn(world)).toMatchObject({ request: requestHash(CREATE), abandoned: true });
    expect(Reason).not.toContain('all the same');
  });

  test('and DynamoDB cannot be told of it, the failure says that a run may have been started', async () => {
    const world = new World();
    world.starts.push(...times(100, { ...lost, after: true }));
    const { start } = world.outside.executions;
    await deploy(CREATE, {
      ...world.outside,
      executions: {
        ...world.outside.executions,
        start: (...asked) => {
          world.documents.befalls(RECORD, { before: UNREACHABLE });
          return start(...asked);
        },
      },
    });
    expect(world.put[0].body.Reason).toContain('It may run all the same.');
  });

  test('a second delivery of the event is not started either: CloudFormation was told', async () => {
    const world = new World();
    world.starts.push(missing);
    expect(await deploying(world, CREATE, CREATE)).toMatchObject([{ Status: 'FAILED' }, { Status: 'FAILED' }]);
    expect(world.started).toEqual([]);
  });

  test('a delete goes through', async () => {
    const world = new World();
    world.starts.push(missing);
    expect(await deploying(world, DELETE)).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'physical-id' }]);
    expect(world.documents.get<PopulationRecord>(RECORD)?.released).toEqual([tableId(TABLE)]);
  });
});

describe('where DynamoDB cannot be reached', () => {
  const ID = { 'the record': RECORD, 'who waits': awaitedId(runOf(CREATE)) };

  test.each(Object.entries(ID))('for %s, it is asked again', async (_what, id) => {
    const world = new World();
    world.documents.befalls(id, ...times(15, { before: UNREACHABLE }));
    expect(await deploying(world, CREATE)).toEqual([]);
    expect(world.started).toHaveLength(1);
  });

  test.each(Object.entries(ID))('for %s, CloudFormation hears why in the end, and nothing is started', async (_what, id) => {
    const world = new World();
    world.documents.befalls(id, ...times(100, { before: UNREACHABLE }));
    expect(await deploying(world, CREATE)).toMatchObject([{
      Status: 'FAILED',
      Reason: 'The record of populations cannot be reached. TimeoutError: Connection timed out after 2000 ms. It is the DynamoDB table Audience-Record, '
        + 'for which a function in a VPC needs an endpoint. Nothing was started. See the log group /aws/lambda/Deployment.',
    }]);
    expect(world.started).toEqual([]);
    expect(world.clock).toBeLessThan(76_000);
  });

  test('for who waits, a later delivery does not start what CloudFormation takes for failed', async () => {
    const world = new World();
    world.documents.befalls(awaitedId(runOf(CREATE)), ...times(19, { before: UNREACHABLE }));
    expect(await deploying(world, CREATE, CREATE)).toMatchObject([{ Status: 'FAILED' }, { Status: 'FAILED' }]);
    expect(world.started).toEqual([]);
  });

  test('by permissions that will not come, it is the service\'s own words', async () => {
    const world = new World();
    world.documents.befalls(RECORD, ...times(100, { before: refusal('ResourceNotFoundException', { message: 'Requested resource not found' }).error }));
    expect((await deploying(world, CREATE))[0].Reason).toContain('ResourceNotFoundException: Requested resource not found.');
    expect(world.clock).toBe(100);
  });

  test('a delete goes through', async () => {
    const world = new World();
    world.documents.befalls(RECORD, ...times(100, { before: UNREACHABLE }));
    expect(await deploying(world, DELETE)).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  test.each(Object.entries(ID))('after it wrote %s, nothing is written otherwise', async (_what, id) => {
    const [world, calm] = [new World(), new World()];
    world.documents.befalls(id, { after: UNREACHABLE }, 'ASKED_AGAIN');
    await deploying(world, CREATE);
    await deploying(calm, CREATE);
    expect([deploymentIn(world), awaitedIn(world), world.started]).toEqual([deploymentIn(calm), awaitedIn(calm), calm.started]);
  });
});

describe('an event that cannot be understood', () => {
  const BROKEN = { properties: { ...propertiesWith(), Definition: JSON.stringify({ population: POPULATION }).slice(0, -5) } };

  test('is a failure under the physical id that is there, without the text that holds parameters', async () => {
    const world = new World();
    const [{ Status, Reason, PhysicalResourceId }] = await deploying(world, eventOf('Update', BROKEN));
    expect([Status, PhysicalResourceId]).toEqual(['FAILED', 'physical-id']);
    expect(Reason).toContain('InvalidDefinition: The property Definition');
    expect(Reason).not.toContain('north');
  });

  test('is not in the way of a delete', async () => {
    expect(await deploying(new World(), eventOf('Delete', BROKEN))).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'physical-id' }]);
  });
});

test('an answer that cannot be delivered is an error, so that Lambda hands the event over again', async () => {
  const world = new World();
  world.refusing.add(CREATE_LONG.ResponseURL);
  await expect(deploy(CREATE_LONG, world.outside)).rejects.toThrow('answered status 503');
  world.refusing.clear();
  expect(await deploying(world, CREATE_LONG)).toMatchObject([{ Status: 'SUCCESS' }]);
  expect(world.started).toHaveLength(1);
});
