import { eventOf, OTHER_TABLE, POPULATION, PREFIX, propertiesWith, SENT, TABLE, type Sent } from './support';
import { CONDITION_LIMIT } from '../../../src/contract/time';
import { askedBy, type Asked } from '../../../src/handlers/deployment/asked';
import { isListening, verdictOf, withAsked, withoutRun } from '../../../src/handlers/deployment/newest';
import { EMPTY, tableId, type PopulationRecord } from '../../../src/handlers/record/population-record';

type Type = 'Create' | 'Update' | 'Delete';

/** An event so many seconds after the first one. */
const at = (seconds: number, type: Type = 'Update', sent: Sent = {}): Asked => askedBy(eventOf(type, { seconds, ...sent }), PREFIX, SENT + seconds * 1000);

const OTHER = propertiesWith({ definition: { population: { ...POPULATION, ...OTHER_TABLE } } });
const long = (WaitHandle?: string) => propertiesWith({ definition: { timeoutSeconds: 7_200 }, WaitHandle });

/** The record after these events, in the order of their arrival. */
const after = (...events: Asked[]): PopulationRecord | undefined => events.reduce<PopulationRecord | undefined>(withAsked, undefined);
const newestOf = (record?: PopulationRecord) => record?.deployment?.request;

describe('the newest deployment', () => {
  test('is the first event\'s', () => {
    const create = at(0, 'Create');
    expect(after(create)).toEqual({ ...EMPTY, deployment: create.deployment, released: [], handles: undefined });
    expect(verdictOf(after(create), create)).toBe('RUN');
  });

  test.each<[string, Type]>([['an update', 'Update'], ['a delete', 'Delete']])('is %s\'s that comes later', (_what, type) => {
    const later = at(60, type);
    expect(after(at(0, 'Create'), later)?.deployment).toEqual(later.deployment);
  });

  test.each<[string, Type, Type]>([
    ['an update', 'Update', 'Update'],
    ['a create that was rolled back', 'Create', 'Delete'],
    ['a delete', 'Delete', 'Update'],
  ])('stays where %s arrives after an event that CloudFormation sent later', (_what, late, newer) => {
    const newest = at(60, newer);
    const before = after(newest);
    const overtaken = at(0, late);
    expect(withAsked(before, overtaken)).toBe(before);
    expect(verdictOf(before, overtaken)).toBe('OVERTAKEN');
  });

  test('is the one that arrives last where CloudFormation sent both in one second', () => {
    const [first, second] = [at(0, 'Create'), at(0, 'Delete', { more: { RequestId: 'another' } })];
    expect(newestOf(after(first, second))).toBe(second.deployment.request);
  });

  test('stays as it is when its event is delivered again', () => {
    const record = after(at(0, 'Create'))!;
    expect(withAsked(record, at(0, 'Create'))).toBe(record);
    expect(verdictOf(record, at(0, 'Create'))).toBe('RUN');
  });

  test('is not brought back by a second delivery of an event that has been overtaken since', () => {
    const record = after(at(0, 'Create'), at(60));
    expect(withAsked(record, at(0, 'Create'))).toBe(record);
  });

  test('leaves all the rest on record', () => {
    const known: PopulationRecord = { ...EMPTY, turns: ['arn:run'], carriedOut: { fingerprint: 'f' } };
    expect(withAsked(known, at(0))).toMatchObject(known);
  });
});

describe('a delete', () => {
  const [T1, T2] = [tableId(TABLE), tableId(OTHER_TABLE)];

  test('releases the newest deployment\'s table', () => {
    const gone = at(60, 'Delete');
    expect(after(at(0, 'Create'), gone)).toMatchObject({ deployment: { action: 'RELEASE' }, released: [T1] });
    expect(verdictOf(after(at(0, 'Create'), gone), gone)).toBe('RUN');
  });

  test('of a table that was replaced only says that it is gone: the newest deployment is another table\'s', () => {
    const [replaced, cleanup] = [at(60, 'Update', { properties: OTHER }), at(120, 'Delete')];
    const record = after(at(0, 'Create'), replaced, cleanup);
    expect(record).toMatchObject({ deployment: replaced.deployment, released: [T1] });
    expect(verdictOf(record, cleanup)).toBe('OVERTAKEN');
    expect(withAsked(record, cleanup)).toBe(record);
  });

  test('of the new table, after a replacement was rolled back, leaves the old one with its deployment', () => {
    const back = at(120, 'Update', { old: OTHER });
    const record = after(at(0, 'Create'), at(60, 'Update', { properties: OTHER }), back, at(180, 'Delete', { properties: OTHER }));
    expect(record).toMatchObject({ deployment: back.deployment, released: [T2] });
  });

  test('of a resource whose table goes on under another name in the template changes nothing', () => {
    const renamed = at(0, 'Create', { more: { LogicalResourceId: 'Renamed' } });
    const record = after(renamed, at(60, 'Delete'));
    expect(record).toEqual(after(renamed));
    expect(verdictOf(record, at(60, 'Delete'))).toBe('OVERTAKEN');
  });

  test('that is tried again after it failed is the newest', () => {
    const again = at(90, 'Delete', { more: { LogicalResourceId: 'Renamed' } });
    expect(newestOf(after(at(0, 'Create'), at(60, 'Delete'), again))).toBe(again.deployment.request);
  });

  test('is recorded where nothing is known', () => {
    expect(after(at(0, 'Delete'))).toMatchObject({ deployment: { action: 'RELEASE' }, released: [T1] });
  });
});

describe('a table that was released', () => {
  test('is not any more once it is populated again', () => {
    const record = after(at(0, 'Create'), at(60, 'Update', { properties: OTHER }), at(120, 'Delete'), at(180, 'Update', { old: OTHER }));
    expect(record?.released).toEqual([]);
  });

  test('is remembered once, and not for good', () => {
    const numbered = (nth: number) => propertiesWith({ definition: { population: { ...POPULATION, intermediateTableIdentifier: `t${nth}` } } });
    const deletes = Array.from({ length: 60 }, (_, nth) => at(60 + nth, 'Delete', { properties: numbered(nth) }));
    const { released } = after(at(0, 'Create'), ...deletes)!;
    expect(released).toHaveLength(50);
    expect(released!.at(-1)).toContain('t59');
  });
});

describe('a wait condition', () => {
  const created = at(0, 'Create', { properties: long('https://1') });
  const updated = at(60, 'Update', { properties: long('https://2'), old: long('https://1') });
  const back = at(120, 'Update', { properties: long('https://1'), old: long('https://2') });
  const limitOf = (record?: PopulationRecord) => (record!.deployment!.answerBy - record!.deployment!.requestedAt) / 1000;

  test.each([
    ['a new resource', [created]],
    ['a new handle', [created, updated]],
    ['a second delivery', [created, created]],
  ])('listens to %s, and waits for hours', (_what, events) => {
    const record = after(...events);
    expect(isListening(record, events.at(-1)!)).toBe(true);
    expect(limitOf(record)).toBe(CONDITION_LIMIT - 30);
  });

  test('does not listen a second time, as in a rollback: the resource itself waits, for an hour', () => {
    const record = after(created, updated, back);
    expect(isListening(record, back)).toBe(false);
    expect(limitOf(record)).toBe(3_570);
  });

  test('does not listen to an event that brings none', () => {
    const same = at(60, 'Update', { properties: long('https://1') });
    expect(isListening(after(created, same), same)).toBe(false);
    expect(isListening(after(at(0)), at(0))).toBe(false);
  });

  test('does not listen to an event that was overtaken', () => {
    expect(isListening(after(created, back, updated), updated)).toBe(false);
  });

  test('is on record without its URL, which is a credential', () => {
    expect(JSON.stringify(after(created)!.handles)).not.toContain('https://');
  });

  test('does not listen a second time after a hundred updates that failed, each with a handle of its own', () => {
    const updates = Array.from({ length: 100 }, (_, nth) => [
      at(60 + 2 * nth, 'Update', { properties: long(`https://try-${nth}`), old: long('https://1') }),
      at(61 + 2 * nth, 'Update', { properties: long('https://1'), old: long(`https://try-${nth}`) }),
    ]).flat();
    const record = after(created, ...updates);
    expect(isListening(record, updates.at(-1)!)).toBe(false);
    expect(Object.keys(record!.handles!)).toHaveLength(50);
  });
});

describe('a deployment whose run could not be started', () => {
  test('is on record as abandoned, also when its event is delivered again', () => {
    const create = at(0, 'Create');
    const record = withoutRun(after(create), create.deployment.request);
    expect(verdictOf(record, create)).toBe('ABANDONED');
    expect(verdictOf(withAsked(record, create), create)).toBe('ABANDONED');
    expect(withoutRun(record, create.deployment.request)).toBe(record);
  });

  test('does not take a later one with it', () => {
    const record = after(at(0, 'Create'), at(60));
    expect(withoutRun(record, at(0, 'Create').deployment.request)).toBe(record);
    expect(withoutRun(undefined, 'any')).toBeUndefined();
  });

  test('is followed by a later one that is carried out', () => {
    const record = withoutRun(after(at(0, 'Create')), at(0, 'Create').deployment.request);
    expect(verdictOf(withAsked(record, at(60)), at(60))).toBe('RUN');
  });
});
