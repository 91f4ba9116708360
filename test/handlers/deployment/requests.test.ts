import {
  DEFINITION, eventOf, executionOf, FIRST_SIGNED_AT, MACHINE_ARN, OF_OTHER_TABLE, OTHER_TABLE, PREFIX, propertiesWith, TABLE, type Sent,
} from './support';
import { tableId } from '../../../src/contract/definition';
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

describe('what an event asks for', () => {
  test('is the template\'s definition, under an execution whose name is the request\'s alone', () => {
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
  });

  test('has a name that Step Functions allows', () => {
    expect(at(0).request.execution.split(':').at(-1)).toMatch(/^[0-9A-Za-z_-]{1,80}$/);
  });

  test('is a release of the table when the resource is deleted, without a definition', () => {
    const { request, waitHandleUrl } = at(0, 'Delete', { properties: propertiesWith({ WaitHandle: 'https://wait', Unknown: 1 } as object) });
    expect(Object.keys(request).sort()).toEqual(['action', 'answerBy', 'execution', 'logicalId', 'request', 'signedAt']);
    expect(request.action).toBe('RELEASE');
    expect(waitHandleUrl).toBeUndefined();
  });

  describe('is answered', () => {
    const answersIn = (TimeoutSeconds: number, type: Type = 'Create') =>
      (at(0, type, { properties: propertiesWith({ TimeoutSeconds: String(TimeoutSeconds) }) }).request.answerBy - FIRST_SIGNED_AT) / 1_000;

    test.each([60, 600, 1_800, 3_300])('before CloudFormation\'s own timeout for a timeout of %d seconds', (timeout) => {
      expect(resourceTimeoutSeconds(timeout) - answersIn(timeout)).toBe(30);
      expect(answersIn(timeout, 'Delete')).toBe(answersIn(timeout));
    });

    test.each([3_301, 7_200, 43_200])('within the hour of a custom resource for a timeout of %d seconds, too', (timeout) => {
      expect(RESOURCE_LIMIT_SECONDS - answersIn(timeout)).toBe(30);
    });

    test('soon for a delete whose timeout cannot be read', () => {
      const { request } = at(0, 'Delete', { properties: propertiesWith({ TimeoutSeconds: 'x' }) });
      expect(request.answerBy).toBe(at(0, 'Delete', { properties: propertiesWith({ TimeoutSeconds: '60' }) }).request.answerBy);
    });
  });

  test('where its URL does not tell when it was sent, its arrival counts', () => {
    expect(askedBy(eventOf('Create', { more: { ResponseURL: 'https://x?Signature=s' } }), PREFIX, 42).request.signedAt).toBe(42);
  });

  describe('brings a wait handle', () => {
    const long = (WaitHandle?: string) => propertiesWith({ TimeoutSeconds: '7200', WaitHandle });

    test.each<[string, Type, Sent, string | undefined]>([
      ['a create', 'Create', { properties: long('https://new') }, 'https://new'],
      ['an update that had another one', 'Update', { properties: long('https://new'), old: long('https://old') }, 'https://new'],
      ['an update that had none', 'Update', { properties: long('https://new'), old: long() }, 'https://new'],
      ['no update that keeps it', 'Update', { properties: long('https://old') }, undefined],
      ['no update that gives it up', 'Update', { properties: long(), old: long('https://old') }, undefined],
    ])('with %s', (_what, type, sent, expected) => {
      expect(at(0, type, sent).waitHandleUrl).toBe(expected);
    });
  });
});

describe('the newest request of a logical id', () => {
  test('is the first event\'s', () => {
    const create = at(0, 'Create');
    expect(after(create)).toEqual({ ...EMPTY, requests: [create.request] });
    expect(refusalOf(after(create), create, moment(0))).toBeUndefined();
  });

  test.each<[string, Type]>([['an update', 'Update'], ['a delete', 'Delete']])('is %s\'s that comes later, and says which it has replaced', (_what, type) => {
    const [create, later] = [at(0, 'Create'), at(60, type)];
    expect(after(create, later).requests).toEqual([{ ...later.request, replaces: create.request.request }]);
  });

  test.each<[string, Type, Type]>([
    ['an update', 'Update', 'Update'],
    ['a create that was rolled back', 'Create', 'Delete'],
    ['a delete', 'Delete', 'Update'],
  ])('stays where %s arrives after an event that CloudFormation sent later', (_what, late, newer) => {
    const [before, superseded] = [after(at(60, newer)), at(0, late)];
    expect(recorded(before, superseded)).toBe(before);
    expect(refusalOf(before, superseded, moment(61))).toMatch(/^Superseded/);
  });

  test('stays as it is, with how its run ended, when its event is delivered again', () => {
    const create = at(0, 'Create');
    const record = afterRuns(create);
    expect(recorded(record, create)).toBe(record);
    expect(record.requests[0].ended).toBe('SUCCEEDED');
    expect(refusalOf(record, create, moment(60))).toBeUndefined();
  });

  describe('where CloudFormation sent both in one second', () => {
    const [first, second] = [at(0, 'Create'), at(0, 'Delete', { more: { RequestId: 'another' } })];

    test('is the one that arrives last', () => {
      expect(requestsIn(after(first, second))).toEqual(['Audience RELEASE 0']);
      expect(requestsIn(after(second, first))).toEqual(['Audience POPULATE 0']);
    });

    test('stays where the one that was replaced is delivered again', () => {
      const record = after(first, second);
      expect(recorded(record, first)).toBe(record);
      expect(refusalOf(record, first, moment(0))).toMatch(/^Superseded/);
    });
  });

  test('leaves all the rest on record', () => {
    const known: TableRecord = { ...EMPTY, syntheses: ['s'], lease: { holder: 'arn:run', untilAt: 1 }, queryDefaults: { region: 'west' } };
    expect(recorded(known, at(0))).toEqual({ ...known, requests: [at(0).request] });
  });
});

describe('of a table', () => {
  test('the requests of its logical ids stand side by side, the newest first, in whatever order they arrive', () => {
    const [one, two] = [at(0, 'Delete', {}, 'One'), at(60, 'Create', {}, 'Two')];
    expect(requestsIn(after(one, two))).toEqual(['Two POPULATE 60', 'One RELEASE 0']);
    expect(requestsIn(after(two, one))).toEqual(['Two POPULATE 60', 'One RELEASE 0']);
  });

  test('the last ten stay, and those that populate before releases: a rename that fails twelve times goes back to what there was', () => {
    const tried = Array.from({ length: 12 }, (_, nth) => [
      at(60 + 2 * nth, 'Create', {}, `Renamed${nth}`), at(61 + 2 * nth, 'Delete', {}, `Renamed${nth}`),
    ]).flat();
    const record = afterRuns(at(0, 'Create'), ...tried);
    expect(record.requests).toHaveLength(10);
    expect(requestsIn(record).slice(0, 2)).toEqual(['Renamed11 RELEASE 83', 'Renamed10 RELEASE 81']);
    expect(desiredOf(record)).toMatchObject({ logicalId: 'Audience' });
  });

  describe('a second resource that populates it', () => {
    const [first, second] = [at(0, 'Create', {}, 'First'), at(1, 'Create', {}, 'Second')];

    test('is refused while the first one\'s request is open, by both names', () => {
      const record = after(first);
      expect(recorded(record, second)).toBe(record);
      expect(refusalOf(record, second, moment(1)))
        .toBe(`Table ${tableId(TABLE)} is being populated by First, and Second is to populate it, too. Keep one of them.`);
    });

    test.each<[string, TableRecord, number]>([
      ['has ended', afterRuns(first), 1],
      ['was released', after(first, at(1, 'Delete', {}, 'First')), 1],
      ['was never answered in time', after(first), RESOURCE_LIMIT_SECONDS],
    ])('follows it where that one %s', (_what, record, now) => {
      expect(desiredOf(recorded(record, second, moment(now)))?.logicalId).toBe('Second');
    });

    test('is superseded, and nothing else, where it comes too late for its own logical id', () => {
      const record = after(at(60, 'Delete', {}, 'Second'), at(61, 'Create', {}, 'First'));
      expect(refusalOf(record, second, moment(62))).toMatch(/^Superseded/);
    });

    test('may be deleted', () => {
      expect(requestsIn(after(first, at(60, 'Delete', {}, 'Second')))).toEqual(['Second RELEASE 60', 'First POPULATE 0']);
    });
  });
});

describe('CloudFormation\'s sequences', () => {
  const [OLD, NEW] = ['Old', 'New'];
  const create = at(0, 'Create', {}, OLD);

  test('a construct is renamed: the new name\'s request stands, and the old one has released the table', () => {
    const record = afterRuns(create, at(60, 'Create', {}, NEW), at(120, 'Delete', {}, OLD));
    expect(requestsIn(record)).toEqual(['Old RELEASE 120', 'New POPULATE 60']);
    expect(desiredOf(record)).toMatchObject({ logicalId: NEW, ended: 'SUCCEEDED', fingerprint: fingerprintOf(DEFINITION) });
  });

  test('a rename is rolled back: the old name is sent nothing, and its request stands', () => {
    const record = afterRuns(create, at(60, 'Create', {}, NEW), at(120, 'Delete', {}, NEW));
    expect(requestsIn(record)).toEqual(['New RELEASE 120', 'Old POPULATE 0']);
    expect(desiredOf(record)).toMatchObject({ logicalId: OLD, ended: 'SUCCEEDED' });
  });

  test('a rename with a change is rolled back while its run goes on: what is wanted is the old data again', () => {
    const [renamed, rollback] = [at(60, 'Create', { properties: SOUTH }, NEW), at(120, 'Delete', { properties: SOUTH }, NEW)];
    const before = afterRuns(create);
    expect(desiredOf(recorded(before, renamed))?.definition.parameters).toEqual({ region: 'south' });
    const record = recorded(recorded(before, renamed), rollback);
    expect(desiredOf(record)?.definition.parameters).toEqual({ region: 'north' });
    // Nobody is in its way until it has ended: after that, the old request's run may be anybody's.
    expect(openRequestOf(record, moment(121))).toMatchObject({ logicalId: NEW, action: 'RELEASE' });
    // The end of the run that was overtaken closes nothing.
    expect(closeRun(record, renamed.request.execution, false)).toBe(record);
  });

  test('a renamed construct is renamed back in the next deploy', () => {
    const record = afterRuns(
      create, at(60, 'Create', {}, NEW), at(120, 'Delete', {}, OLD), at(180, 'Create', {}, OLD), at(240, 'Delete', {}, NEW));
    expect(requestsIn(record)).toEqual(['New RELEASE 240', 'Old POPULATE 180']);
  });

  test('a population is removed, and added again', () => {
    const removed = afterRuns(create, at(60, 'Delete', {}, OLD));
    expect(desiredOf(removed)).toBeUndefined();
    expect(desiredOf(recorded(removed, at(120, 'Create', {}, OLD)))).toMatchObject({ logicalId: OLD, signedAt: moment(120) });
  });

  test('a replaced table has an item of its own, and the delete of the old one goes to the old one\'s', () => {
    const [update, cleanup] = [at(60, 'Update', { properties: OF_OTHER_TABLE }), at(120, 'Delete')];
    expect([update.table, cleanup.table]).toEqual([OTHER_TABLE, TABLE]);
    expect(requestsIn(afterRuns(update))).toEqual(['Audience POPULATE 60']);
    expect(requestsIn(afterRuns(at(0, 'Create'), cleanup))).toEqual(['Audience RELEASE 120']);
  });

  test('a replacement that is rolled back asks for the old table anew, and releases the new one', () => {
    const [back, cleanup] = [at(120, 'Update', { old: OF_OTHER_TABLE }), at(180, 'Delete', { properties: OF_OTHER_TABLE })];
    expect(requestsIn(afterRuns(at(0, 'Create'), back))).toEqual(['Audience POPULATE 120']);
    expect(requestsIn(afterRuns(at(60, 'Update', { properties: OF_OTHER_TABLE }), cleanup))).toEqual(['Audience RELEASE 180']);
  });

  test('a create that fails is rolled back, and its own delete overtakes its run', () => {
    const record = after(create, at(60, 'Delete', {}, OLD));
    expect(requestsIn(record)).toEqual(['Old RELEASE 60']);
    expect(openRequestOf(record, moment(61))?.action).toBe('RELEASE');
  });

  test('a delete is recorded where nothing is known', () => {
    expect(requestsIn(after(at(0, 'Delete')))).toEqual(['Audience RELEASE 0']);
  });

  test('events in any order, each twice, come to the same', () => {
    const events = [create, at(60, 'Create', {}, NEW), at(120, 'Delete', {}, OLD), at(180, 'Update', { properties: SOUTH }, NEW)];
    const orders = (list: readonly Asked[]): Asked[][] =>
      (list.length ? list.flatMap((one) => orders(list.filter((other) => other !== one)).map((rest) => [one, ...rest])) : [[]]);
    const results = orders(events).map((order) => requestsIn(afterRuns(...order, ...order)));
    expect(new Set(results.map((each) => each.join()))).toEqual(new Set(['New POPULATE 180,Old RELEASE 120']));
  });
});

describe('a wait condition', () => {
  const long = (WaitHandle?: string) => propertiesWith({ TimeoutSeconds: '7200', WaitHandle });
  const created = at(0, 'Create', { properties: long('https://1') });
  const updated = at(60, 'Update', { properties: long('https://2'), old: long('https://1') });
  const back = at(120, 'Update', { properties: long('https://1'), old: long('https://2') });
  const answersIn = ({ requests: [newest] }: TableRecord) => (newest.answerBy - newest.signedAt) / 1_000;

  test.each([
    ['a new resource', [created]],
    ['a new handle', [created, updated]],
    ['a second delivery', [created, created]],
  ])('listens to %s, and waits for hours', (_what, events) => {
    const record = after(...events);
    expect(record.requests[0].listens).toBe(true);
    expect(answersIn(record)).toBe(WAIT_CONDITION_LIMIT_SECONDS - 30);
  });

  test('does not listen a second time, as in a rollback: the resource itself waits, for an hour', () => {
    const record = after(created, updated, back);
    expect(record.requests[0].listens).toBeUndefined();
    expect(answersIn(record)).toBe(3_570);
  });

  test('does not listen to an event that brings none', () => {
    expect(after(created, at(60, 'Update', { properties: long('https://1') })).requests[0].listens).toBeUndefined();
    expect(after(at(0)).waitHandles).toBeUndefined();
  });

  test('does not listen to an event that was superseded', () => {
    expect(after(created, back, updated).requests[0]).toMatchObject({ signedAt: moment(120) });
    expect(after(created, back, updated).requests[0].listens).toBeUndefined();
  });

  test('is on record without its URL, which is a credential', () => {
    expect(JSON.stringify(after(created))).not.toContain('https://');
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
