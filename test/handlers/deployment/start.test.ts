import { eventOf, PREFIX, propertiesWith } from './support';
import { fingerprintOf, physicalIdOf, type PopulationProperties } from '../../../src/handlers/deployment/request';
import { lateness, planOf, startFor, targetOf, type Past } from '../../../src/handlers/deployment/start';
import { fingerprintIn, KEEP, releaseMark } from '../../../src/handlers/execution-name';
import { MACHINE_ARN, POPULATION } from '../support';

type Mode = PopulationProperties['PopulateOnDeploy'];

const NEW: Past = { waitHandleUsed: false };
const MADE: Past = { madeVersionId: 'version-old', waitHandleUsed: false };
const OTHER = { population: { parameters: { region: 'south' } } };
const LONG = 7_200;

describe('the plan of a deploy', () => {
  const always = { keep: [], mayPopulate: true };
  const ifUnpopulated = { keep: 'ANY', mayPopulate: true };
  const never = { keep: 'ANY', mayPopulate: false };
  const rolledBack = { keep: ['version-old'], mayPopulate: true };
  const update = (mode: Mode, old: object) => eventOf('Update', propertiesWith({ PopulateOnDeploy: mode }), propertiesWith({ PopulateOnDeploy: mode, ...old }));
  const create = (mode: Mode) => eventOf('Create', propertiesWith({ PopulateOnDeploy: mode }));

  test.each<[Mode, object, object, object, object]>([
    // mode, create, unchanged, changed, changed back to what made the live version
    ['ON_CHANGE', always, ifUnpopulated, always, rolledBack],
    // The construct makes every deploy of this mode a change.
    ['ALWAYS', always, ifUnpopulated, always, rolledBack],
    ['IF_UNPOPULATED', ifUnpopulated, ifUnpopulated, ifUnpopulated, ifUnpopulated],
    ['NEVER', never, never, never, never],
  ])('%s', (mode, created, unchanged, changed, back) => {
    expect(planOf(create(mode), NEW)).toEqual(created);
    expect(planOf(update(mode, {}), NEW)).toEqual(unchanged);
    expect(planOf(update(mode, OTHER), NEW)).toEqual(changed);
    expect(planOf(update(mode, OTHER), MADE)).toEqual(back);
  });

  test.each([
    ['the timeout', { population: { timeoutSeconds: 60 } }],
    ['the mode', { PopulateOnDeploy: 'NEVER' as const }],
    ['the state machine', { StateMachineArn: 'arn:old' }],
  ])('takes no change for one that concerns only %s', (_what, old) => {
    expect(planOf(update('ON_CHANGE', old), NEW)).toEqual(ifUnpopulated);
  });
});

describe('the run of a deploy', () => {
  const starting = (event = eventOf('Create'), past = NEW) => startFor(event, past, PREFIX);

  test('carries the template\'s population, the plan, who to answer and what it is of', () => {
    expect(starting()).toMatchObject({
      stateMachineArn: MACHINE_ARN,
      request: {
        action: 'POPULATE',
        keep: [],
        mayPopulate: true,
        population: POPULATION,
        definition: fingerprintOf(propertiesWith()),
        response: { url: 'https://cloudformation.example/response?signature=a', RequestId: 'request-1', PhysicalResourceId: physicalIdOf(POPULATION) },
      },
    });
    expect(starting().request.waitHandle).toBeUndefined();
  });

  test('is named by what it is to make, where it is to make it', () => {
    expect(fingerprintIn(starting().name)).toBe(fingerprintOf(propertiesWith()));
    expect(starting().name.startsWith(`${PREFIX}-`)).toBe(true);
  });

  test.each<Mode>(['IF_UNPOPULATED', 'NEVER'])('is named by keeping what there is under %s: it says nothing of what made that', (mode) => {
    expect(starting(eventOf('Create', propertiesWith({ PopulateOnDeploy: mode }))).name).toContain(KEEP);
  });

  test('has one name for one event, however often it is delivered, and another for a retried deployment', () => {
    expect(starting(eventOf('Create')).name).toBe(starting().name);
    expect(starting(eventOf('Create', undefined, undefined, { ResponseURL: 'https://cloudformation.example/response?signature=b' })).name).not.toBe(starting().name);
  });

  test('ends in CloudFormation\'s hour', () => {
    expect(starting(eventOf('Create', propertiesWith({ population: { timeoutSeconds: LONG } }))).request.population?.timeoutSeconds).toBe(3300);
    expect(starting(eventOf('Create', propertiesWith({ population: { timeoutSeconds: 600 } }))).request.population?.timeoutSeconds).toBe(600);
  });
});

describe('the run of a deploy that may take longer than an hour', () => {
  const long = (handle?: string, mode: Mode = 'ON_CHANGE') =>
    propertiesWith({ population: { timeoutSeconds: LONG }, WaitHandle: handle, PopulateOnDeploy: mode });
  const requestOf = (event: ReturnType<typeof eventOf>, past = NEW) => startFor(event, past, PREFIX).request;

  describe.each<Mode>(['ON_CHANGE', 'ALWAYS', 'IF_UNPOPULATED', 'NEVER'])('under %s', (mode) => {
    test.each([
      ['a new resource', eventOf('Create', long('https://new', mode))],
      ['a new handle', eventOf('Update', { ...long('https://new', mode), ...OTHER }, long('https://old', mode))],
      ['a first handle', eventOf('Update', long('https://new', mode), long(undefined, mode))],
    ])('signals the wait condition of %s, which waits for all of the timeout; the resource is answered at once', (_what, event) => {
      expect(requestOf(event)).toMatchObject({ waitHandle: 'https://new', population: { timeoutSeconds: LONG } });
      expect(requestOf(event).response).toBeUndefined();
    });

    test.each([
      ['a handle that this update keeps', eventOf('Update', long('https://old', mode), long('https://old', mode)), NEW],
      ['a handle that was signalled before a rollback', eventOf('Update', long('https://new', mode), long('https://old', mode)), { waitHandleUsed: true }],
      ['no handle', eventOf('Update', long(undefined, mode), long('https://old', mode)), NEW],
    ])('answers the resource itself, within its hour, for %s: a wait condition listens once', (_what, event, past) => {
      expect(requestOf(event, past)).toMatchObject({ response: { RequestId: 'request-1' }, population: { timeoutSeconds: 3300 } });
      expect(requestOf(event, past).waitHandle).toBeUndefined();
    });
  });

  test('ends before the wait condition\'s twelve hours do', () => {
    const twelve = propertiesWith({ population: { timeoutSeconds: 43_200 }, WaitHandle: 'https://new' });
    const seconds = requestOf(eventOf('Create', twelve)).population!.timeoutSeconds;
    expect(seconds).toBeGreaterThan(11.5 * 3600);
    // Two minutes for a cancellation, two for a version to become live.
    expect(seconds).toBeLessThanOrEqual(43_200 - 240);
  });
});

describe('the run of a delete', () => {
  const event = eventOf('Delete', propertiesWith({ WaitHandle: 'https://wait' }), undefined, { PhysicalResourceId: 'as-it-was' });

  test('only releases the table, under the physical id that the resource has', () => {
    const { name, request } = startFor(event, NEW, PREFIX);
    expect(name).toContain(releaseMark(POPULATION));
    expect(request).toEqual({ action: 'RELEASE', population: POPULATION, response: targetOf(event) });
    expect(request.response?.PhysicalResourceId).toBe('as-it-was');
  });
});

test('the physical id is the same on create and update, whatever else changes', () => {
  const ids = [eventOf('Create'), eventOf('Update', propertiesWith(OTHER)), eventOf('Update', propertiesWith({ population: { timeoutSeconds: 1 } }))]
    .map((event) => targetOf(event).PhysicalResourceId);
  expect(new Set(ids).size).toBe(1);
});

describe('an event that Lambda hands over late', () => {
  const SENT = Date.UTC(2026, 10, 23, 6, 0, 0);
  const signed = (query: string) => ({ ...eventOf('Create', propertiesWith()), ResponseURL: `https://bucket.s3.amazonaws.com/stack${query}` });
  const event = signed('?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20261123T060000Z&X-Amz-Expires=7200');
  const timeoutOf = (minutesLate: number) => startFor(event, NEW, PREFIX, SENT + minutesLate * 60_000).request.population!.timeoutSeconds;

  test.each([
    ['as late as its response URL is old', event, 181_000, 181],
    ['not late before it was sent: clocks differ', event, -3_000, 0],
    ['not late by more than Lambda waits: the URL is signed in another way', event, 900_000, 0],
    ['not late where its response URL does not tell', signed('?Signature=x'), 181_000, 0],
  ])('is %s', (_what, late, millis, expected) => {
    expect(lateness(late, SENT + millis)).toBe(expected);
  });

  test('has its run end in time for CloudFormation\'s hour', () => {
    expect([0, 1, 3, 6].map(timeoutOf)).toEqual([3300, 3300, 3180, 3000]);
  });
});
