import {
  CREATE, CREATE_LONG, DELETE, deploying, eventOf, executionOf, FAILED, FIRST_SIGNED_AT, PREFIX, propertiesWith, SUCCESS, TABLE, TABLE_ID,
  UPDATE, World, type Sent,
} from './support';
import { deploy } from '../../../src/handlers/deployment/deploy';
import { requestHash, type CloudFormationEvent } from '../../../src/handlers/deployment/events';
import { report } from '../../../src/handlers/deployment/report';
import { runKey, tableKey } from '../../../src/handlers/record/items';

describe('an event of CloudFormation', () => {
  test('is on record, with whom to answer, before its run is there, which knows only which request it is of', async () => {
    const world = new World();
    let known: unknown;
    world.startTrouble = () => {
      known = [world.newest, world.run(CREATE)];
      return undefined;
    };
    expect(await deploying(world, CREATE)).toEqual([]);
    const { ResponseURL: url, StackId } = CREATE;
    const execution = executionOf(CREATE);
    expect(known).toEqual([
      expect.objectContaining({ request: requestHash(CREATE), execution, action: 'POPULATE', signedAt: FIRST_SIGNED_AT }),
      {
        table: TABLE,
        action: 'POPULATE',
        responses: [{ url, StackId, RequestId: 'request-0', LogicalResourceId: 'AudiencePopulation', PhysicalResourceId: TABLE_ID }],
      },
    ]);
    expect(world.store.items.get(runKey(execution))?.expires).toEqual({ N: String(FIRST_SIGNED_AT / 1_000 + 2 * 86_400) });
    expect(world.store.items.get(tableKey(TABLE))?.expires).toBeUndefined();
    expect(world.started).toEqual([{
      name: `${PREFIX}-${requestHash(CREATE)}`,
      input: { deployment: { request: requestHash(CREATE), answerBy: new Date(world.newest.answerBy).toISOString() } },
    }]);
  });

  test('that a wait condition waits for is answered at once, however often it comes, and the handle by the run', async () => {
    const world = new World();
    const atOnce = { Status: 'SUCCESS', Data: { Execution: executionOf(CREATE_LONG), Result: '' } };
    expect(await deploying(world, CREATE_LONG, CREATE_LONG)).toMatchObject([atOnce, atOnce]);
    expect(world.started).toHaveLength(1);
    expect(world.run(CREATE_LONG)).toEqual({ table: TABLE, action: 'POPULATE', waitHandleUrl: 'https://wait.example?signature=w' });
    await report(executionOf(CREATE_LONG), SUCCESS, world.ports());
    expect(world.put[2]).toMatchObject({ url: 'https://wait.example?signature=w', body: { Status: 'SUCCESS' } });
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
    ['well', SUCCESS, { Status: 'SUCCESS', Data: expect.objectContaining({ versionId: 'version-1' }) }],
    ['badly', FAILED, { Status: 'FAILED', Reason: expect.stringContaining('ProtectedQueryFailed: OOM') }],
  ])('after its run has ended %s is told what its run has told, and nothing is started', async (_what, ended, body) => {
    const world = new World();
    await deploying(world, CREATE);
    await report(executionOf(CREATE), ended, world.ports());
    const starts = world.starts.length;
    await deploying(world, CREATE);
    expect(world.put).toMatchObject([{ url: CREATE.ResponseURL, body }, { url: CREATE.ResponseURL, body }]);
    expect(world.starts).toHaveLength(starts);
    expect(world.run(CREATE)?.responses).toEqual([]);
  });

  test.each([
    ['before it was on record', /^table /],
    ['before who waits was', /^run /],
  ])('goes on where the first delivery crashed %s', async (_what, kind) => {
    const world = new World();
    const crashing = world.ports();
    const write = crashing.store.write.bind(crashing.store);
    void deploy(CREATE, {
      ...crashing,
      store: Object.assign(Object.create(crashing.store), {
        write: (...asked: Parameters<typeof write>) => (kind.test(asked[0]) ? new Promise<never>(() => undefined) : write(...asked)),
      }),
    });
    await new Promise(setImmediate);
    expect(world.started).toEqual([]);
    await deploying(world, CREATE);
    expect(world.started).toHaveLength(1);
    expect(world.run(CREATE)?.responses).toHaveLength(1);
  });
});

describe('an event that does nothing, and is told so at once:', () => {
  const second = eventOf('Create', { seconds: 1, more: { LogicalResourceId: 'Second' } });
  const bothNames = `Table ${TABLE_ID} is being populated by AudiencePopulation, and Second is to populate it, too.`;

  test.each<[string, CloudFormationEvent, CloudFormationEvent, object]>([
    ['one that was superseded', UPDATE, CREATE,
      { Status: 'FAILED', RequestId: 'request-0', PhysicalResourceId: TABLE_ID, Reason: expect.stringContaining('Superseded') }],
    ['a delete that was, which goes through', eventOf('Update', { seconds: 180 }), DELETE,
      { Status: 'SUCCESS', PhysicalResourceId: 'physical-id' }],
    ['a second resource\'s for one table', CREATE, second, { Status: 'FAILED', Reason: expect.stringContaining(bothNames) }],
  ])('%s', async (_what, first, late, answer) => {
    const world = new World();
    expect(await deploying(world, first, late)).toMatchObject([answer]);
    expect(world.started).toHaveLength(1);
    expect(world.run(late)).toBeUndefined();
    expect(world.table().requests).toMatchObject([{ request: requestHash(first) }]);
  });

  test('where no URL tells when it was sent, one that comes again after another: it is as old as its first delivery', async () => {
    const unsigned = (event: CloudFormationEvent, token: string) => ({ ...event, ResponseURL: `https://b.example/${token}?Signature=s` });
    const [first, later] = [unsigned(CREATE, 'a'), unsigned(UPDATE, 'b')];
    const world = new World();
    await deploying(world, first);
    world.elapsed += 1;
    expect(await deploying(world, later)).toEqual([]);
    world.elapsed += 60_000;
    expect(await deploying(world, first)).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('Superseded') }]);
    expect(world.newest).toMatchObject({ request: requestHash(later), signedAt: FIRST_SIGNED_AT + 101 });
  });
});

describe('an event that cannot be understood', () => {
  const BROKEN: Sent = { properties: propertiesWith({ Parameters: { region: 'north' } as never }) };

  test('is a failure under the table\'s physical id, without the value, and nothing is recorded', async () => {
    const world = new World();
    expect(await deploying(world, eventOf('Update', BROKEN))).toMatchObject([{
      Status: 'FAILED',
      PhysicalResourceId: TABLE_ID,
      Reason: 'InvalidDefinition: The property Parameters of the custom resource is not a list. See the log group /aws/lambda/Deployment.',
    }]);
    expect(world.store.asked).toEqual([]);
  });

  test('is a delete all the same: the table is released', async () => {
    const world = new World();
    expect(await deploying(world, eventOf('Delete', BROKEN))).toEqual([]);
    expect(world.newest).toMatchObject({ action: 'RELEASE' });
  });

  test('goes through where it is a delete that does not name its table', async () => {
    const event = eventOf('Delete', { properties: { Definition: '{}' } });
    expect(await deploying(new World(), event)).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'physical-id' }]);
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
