import {
  DEFINITION, eventOf, executionOf, FIRST_SIGNED_AT, MACHINE_ARN, OF_OTHER_TABLE, OTHER_TABLE, PREFIX, propertiesWith, TABLE, TABLE_ID,
  type Sent,
} from './support';
import { fingerprintOf } from '../../../src/contract/hashing';
import { RESOURCE_LIMIT_SECONDS, resourceTimeoutSeconds, WAIT_CONDITION_LIMIT_SECONDS } from '../../../src/contract/time';
import { requestHash } from '../../../src/handlers/deployment/events';
import { closeRun } from '../../../src/handlers/deployment/report';
import { askedBy, recordRequest, refusalOf, type Asked } from '../../../src/handlers/deployment/requests';
import { desiredOf, openRequestOf } from '../../../src/handlers/record/desired';
import { EMPTY, type TableRecord } from '../../../src/handlers/record/table-record';

type Type = 'Create' | 'Update' | 'Delete';
const moment = (seconds: number): number => FIRST_SIGNED_AT + seconds * 1_000;

/** An event so many seconds after the first one, of the resource that is called so. */
const at = (seconds: number, type: Type = 'Update', sent: Sent = {}, LogicalResourceId = 'Audience'): Asked =>
  askedBy(eventOf(type, { seconds, ...sent, more: { LogicalResourceId, ...sent.more } }), PREFIX, moment(seconds));

/** Records an event when it was signed. */
const recorded = (record: TableRecord, asked: Asked, now = asked.request.signedAt): TableRecord => recordRequest(record, asked, now);
/** The record after these events, in the order of their arrival; each run has ended well before the next event comes. */
const afterRuns = (...events: Asked[]): TableRecord =>
  events.reduce((record, asked) => closeRun(recorded(record, asked), asked.request.execution, true), EMPTY);
/** The same with runs that go on. */
const after = (...events: Asked[]): TableRecord => events.reduce((record, asked) => recorded(record, asked), EMPTY);

/** The requests in short, the newest first, such as `Audience POPULATE 60`. */
const requestsIn = ({ requests }: TableRecord): string[] =>
  requests.map(({ logicalId, action, signedAt }) => `${logicalId} ${action} ${(signedAt - FIRST_SIGNED_AT) / 1_000}`);

const SOUTH = propertiesWith({ Parameters: [{ Name: 'region', Value: 'south' }] });
const long = (WaitHandle?: string) => propertiesWith({ TimeoutSeconds: '7200', WaitHandle });
const answersIn = ({ answerBy, signedAt }: Asked['request']): number => (answerBy - signedAt) / 1_000;

describe('what an event asks for', () => {
  test('is the template\'s definition, under an execution whose name is the request\'s alone, and possible', () => {
    const event = eventOf('Create', { properties: propertiesWith({ PopulateOnDeploy: 'ALWAYS', Synthesis: 'now' }) });
    expect(askedBy(event, PREFIX, 0)).toEqual({
      stateMachineArn: MACHINE_ARN,
      table: TABLE,
      request: {
        request: requestHash(event),
        logicalId: 'AudiencePopulation',
        signedAt: FIRST_SIGNED_AT,
        execution: executionOf(event),
        answerBy: expect.any(Number),
        action: 'POPULATE',
        mode: 'ALWAYS',
        definition: DEFINITION,
        fingerprint: fingerprintOf(DEFINITION),
        synthesis: 'now',
      },
    });
    expect(executionOf(event).split(':').at(-1)).toMatch(/^[0-9A-Za-z_-]{1,80}$/);
  });

  test('is a release of the table when the resource is deleted, without a definition, whatever its properties are', () => {
    const { request, waitHandleUrl } = at(0, 'Delete', { properties: { ...long('https://wait'), TimeoutSeconds: 'x', Unknown: 1 } });
    expect(Object.keys(request).sort()).toEqual(['action', 'answerBy', 'execution', 'logicalId', 'request', 'signedAt']);
    expect([request.action, waitHandleUrl, answersIn(request)]).toEqual(['RELEASE', undefined, resourceTimeoutSeconds(60) - 30]);
  });

  test('is of the table that the event names: a replacement and its rollback, each with the delete of what it leaves', () => {
    const [other, back] = [{ properties: OF_OTHER_TABLE }, { old: OF_OTHER_TABLE }];
    expect([at(60, 'Update', other), at(120, 'Delete'), at(120, 'Update', back), at(180, 'Delete', other)].map(({ table }) => table))
      .toEqual([OTHER_TABLE, TABLE, TABLE, OTHER_TABLE]);
  });

  test.each<[string, number]>([
    ...['60', '600', '1800', '3300'].map((timeout): [string, number] => [timeout, resourceTimeoutSeconds(Number(timeout))]),
    ['3301', RESOURCE_LIMIT_SECONDS], ['7200', RESOURCE_LIMIT_SECONDS], ['43200', RESOURCE_LIMIT_SECONDS],
  ])('is answered half a minute before CloudFormation\'s own timeout for a timeout of %s seconds: %d', (TimeoutSeconds, limit) => {
    const properties = propertiesWith({ TimeoutSeconds });
    expect((['Create', 'Delete'] as const).map((type) => answersIn(at(0, type, { properties }).request))).toEqual([limit - 30, limit - 30]);
  });

  test.each<[string, Type, Sent, string | undefined]>([
    ['a create brings a wait handle', 'Create', { properties: long('https://new') }, 'https://new'],
    ['an update that had another one does', 'Update', { properties: long('https://new'), old: long('https://old') }, 'https://new'],
    ['an update that had none does', 'Update', { properties: long('https://new'), old: long() }, 'https://new'],
    ['an update that keeps it does not', 'Update', { properties: long('https://old') }, undefined],
    ['an update that gives it up does not', 'Update', { properties: long(), old: long('https://old') }, undefined],
  ])('%s', (_what, type, sent, expected) => {
    expect(at(0, type, sent).waitHandleUrl).toBe(expected);
  });
});

describe('the newest request of a logical id', () => {
  const create = at(0, 'Create');

  test('is the first event\'s, and leaves all the rest on record', () => {
    const known: TableRecord = { ...EMPTY, syntheses: ['s'], lease: { holder: 'arn:run', untilAt: 1 }, queryDefaults: { region: 'west' } };
    expect(recorded(known, create)).toEqual({ ...known, requests: [create.request] });
    expect(refusalOf(after(create), create, moment(0))).toBeUndefined();
  });

  test.each<Type>(['Update', 'Delete'])('is the %s\'s that comes later, which says what it replaces', (type) => {
    const later = at(60, type);
    expect(after(create, later).requests).toEqual([{ ...later.request, replaces: create.request.request }]);
  });

  const [first, second] = [create, at(0, 'Delete', { more: { RequestId: 'another' } })];
  test.each<[string, TableRecord, Asked]>([
    ['an update arrives after an event that CloudFormation sent later', after(at(60, 'Update')), at(0, 'Update')],
    ['a create that was rolled back does', after(at(60, 'Delete')), at(0, 'Create')],
    ['a delete does', after(at(60, 'Update')), at(0, 'Delete')],
    ['one that was replaced within its second is delivered again', after(first, second), first],
    ['a second resource comes too late for its own logical id', after(at(60, 'Delete', {}, 'Two'), at(61, 'Create', {}, 'One')),
      at(1, 'Create', {}, 'Two')],
  ])('stays where %s, which is told so', (_what, before, superseded) => {
    expect(recorded(before, superseded)).toBe(before);
    expect(refusalOf(before, superseded, moment(62))).toMatch(/^Superseded/);
  });

  test('stays as it is, with how its run ended, when its event is delivered again', () => {
    const record = afterRuns(create);
    expect(recorded(record, create)).toBe(record);
    expect(record.requests[0].ended).toBe('SUCCEEDED');
    expect(refusalOf(record, create, moment(60))).toBeUndefined();
  });

  test('is the one that arrives last, where CloudFormation sent both in one second', () => {
    expect([after(first, second), after(second, first)].map(requestsIn)).toEqual([['Audience RELEASE 0'], ['Audience POPULATE 0']]);
  });
});

describe('a second resource that populates a table', () => {
  const [first, second] = [at(0, 'Create', {}, 'First'), at(1, 'Create', {}, 'Second')];

  test('is refused while the first one\'s request is open, by both names', () => {
    const record = after(first);
    expect(recorded(record, second)).toBe(record);
    expect(refusalOf(record, second, moment(1)))
      .toBe(`Table ${TABLE_ID} is being populated by First, and Second is to populate it, too. Keep one of them.`);
  });

  test.each<[string, TableRecord, number]>([
    ['has ended', afterRuns(first), 1],
    ['was released', after(first, at(1, 'Delete', {}, 'First')), 1],
    ['was never answered in time', after(first), RESOURCE_LIMIT_SECONDS],
  ])('follows it where that one %s', (_what, record, now) => {
    expect(desiredOf(recorded(record, second, moment(now)))?.logicalId).toBe('Second');
  });

  test('may be deleted', () => {
    expect(requestsIn(after(first, at(60, 'Delete', {}, 'Second')))).toEqual(['Second RELEASE 60', 'First POPULATE 0']);
  });
});

describe('CloudFormation\'s sequences:', () => {
  const of = (name: string, type: Type, seconds: number, sent: Sent = {}) => at(seconds, type, sent, name);
  const create = of('Old', 'Create', 0);
  const renamed = [create, of('New', 'Create', 60), of('Old', 'Delete', 120)];

  test.each<[string, Asked[], string[], string | undefined]>([
    ['a construct is renamed: the new name\'s request stands', renamed, ['Old RELEASE 120', 'New POPULATE 60'], 'New SUCCEEDED'],
    ['a rename is rolled back: the old name is sent nothing, and its request stands', [create, renamed[1], of('New', 'Delete', 120)],
      ['New RELEASE 120', 'Old POPULATE 0'], 'Old SUCCEEDED'],
    ['a renamed construct is renamed back in the next deploy', [...renamed, of('Old', 'Create', 180), of('New', 'Delete', 240)],
      ['New RELEASE 240', 'Old POPULATE 180'], 'Old SUCCEEDED'],
    ['a population is removed', [create, of('Old', 'Delete', 60)], ['Old RELEASE 60'], undefined],
    ['and added again', [create, of('Old', 'Delete', 60), of('Old', 'Create', 120)], ['Old POPULATE 120'], 'Old SUCCEEDED'],
    ['a delete of what is not known', [of('Old', 'Delete', 0)], ['Old RELEASE 0'], undefined],
    ['two arrive the other way round', [renamed[2], renamed[1]], ['Old RELEASE 120', 'New POPULATE 60'], 'New SUCCEEDED'],
  ])('%s', (_what, events, requests, desired) => {
    const record = afterRuns(...events);
    const wanted = desiredOf(record);
    expect([requestsIn(record), wanted && `${wanted.logicalId} ${wanted.ended}`]).toEqual([requests, desired]);
  });

  test('a rename with a change is rolled back while its run goes on: what is wanted is the old data again', () => {
    const [changed, rollback] = [of('New', 'Create', 60, { properties: SOUTH }), of('New', 'Delete', 120, { properties: SOUTH })];
    const during = recorded(afterRuns(create), changed);
    expect(desiredOf(during)?.definition.parameters).toEqual({ region: 'south' });
    const record = recorded(during, rollback);
    expect(desiredOf(record)?.definition.parameters).toEqual({ region: 'north' });
    // Nobody is in its way until it has ended: after that, the old request's run may be anybody's.
    expect(openRequestOf(record, moment(121))).toMatchObject({ logicalId: 'New', action: 'RELEASE' });
    // The end of the run that was overtaken closes nothing.
    expect(closeRun(record, changed.request.execution, false)).toBe(record);
  });

  test('the last ten requests stay, those that populate first: a rename that fails twelve times goes back to what there was', () => {
    const tried = Array.from({ length: 24 }, (_, nth) => of(`New${Math.floor(nth / 2)}`, nth % 2 ? 'Delete' : 'Create', 60 + nth));
    const record = afterRuns(create, ...tried);
    expect(record.requests).toHaveLength(10);
    expect(requestsIn(record).slice(0, 2)).toEqual(['New11 RELEASE 83', 'New10 RELEASE 81']);
    expect(desiredOf(record)).toMatchObject({ logicalId: 'Old' });
  });

  test('events in any order, each twice, come to the same', () => {
    const events = [...renamed, of('New', 'Update', 180, { properties: SOUTH })];
    const orders = (list: readonly Asked[]): Asked[][] =>
      (list.length ? list.flatMap((one) => orders(list.filter((other) => other !== one)).map((rest) => [one, ...rest])) : [[]]);
    const results = orders(events).map((order) => requestsIn(afterRuns(...order, ...order)));
    expect(new Set(results.map((each) => each.join()))).toEqual(new Set(['New POPULATE 180,Old RELEASE 120']));
  });
});

describe('a wait condition', () => {
  const created = at(0, 'Create', { properties: long('https://1') });
  const updated = at(60, 'Update', { properties: long('https://2'), old: long('https://1') });
  const back = at(120, 'Update', { properties: long('https://1'), old: long('https://2') });
  const [LISTENS, WAITS_ITSELF] = [[true, WAIT_CONDITION_LIMIT_SECONDS - 30], [undefined, 3_570]];

  test.each([
    ['listens to a new resource, for hours', [created], LISTENS],
    ['listens to a new handle', [created, updated], LISTENS],
    ['listens to a second delivery', [created, created], LISTENS],
    ['does not listen a second time, as in a rollback: the resource itself waits, for an hour', [created, updated, back], WAITS_ITSELF],
    ['does not listen to an event that brings none', [created, at(120, 'Update', { properties: long('https://1') })], WAITS_ITSELF],
    ['does not listen to an event that was superseded', [created, back, updated], WAITS_ITSELF],
  ])('%s', (_what, events, expected) => {
    const { requests: [newest] } = after(...events);
    expect([newest.listens, answersIn(newest)]).toEqual(expected);
    expect(newest.signedAt).toBe(Math.max(...events.map(({ request }) => request.signedAt)));
  });

  test('is on record without its URL, which is a credential, and not at all where there is none', () => {
    expect(JSON.stringify(after(created))).not.toContain('https://');
    expect(after(at(0)).waitHandles).toBeUndefined();
  });

  test('does not listen a second time after a hundred updates that failed, each with a handle of its own', () => {
    const updates = Array.from({ length: 100 }, (_, nth) => [
      at(60 + 2 * nth, 'Update', { properties: long(`https://try-${nth}`), old: long('https://1') }),
      at(61 + 2 * nth, 'Update', { properties: long('https://1'), old: long(`https://try-${nth}`) }),
    ]).flat();
    const record = after(created, ...updates);
    expect(record.requests[0].listens).toBeUndefined();
    expect(record.waitHandles).toHaveLength(50);
    const last = at(300, 'Update', { properties: long('https://try-99'), old: long('https://1') });
    expect(recorded(record, last).requests[0].listens).toBeUndefined();
  });
});
