import type { SFNClient } from '@aws-sdk/client-sfn';
import * as fc from 'fast-check';
import { KEEP, populateMark, releaseMark } from '../../../src/handlers/execution-name';
import { ALONE, isTwin, siblingsFrom, siblingsOf, twinsFrom, type Execution } from '../../../src/handlers/population/siblings';
import { EXECUTION_ARN, MACHINE_ARN, POPULATION, stateIn } from '../support';

const RELEASE_MARK = releaseMark(POPULATION);
const run = (name: string, startDate = 1_000): Execution => ({ executionArn: `arn:${name}`, name, startDate });
const seenBy = (self: string, running: Execution[]) => siblingsOf(`arn:${self}`, RELEASE_MARK, running);

describe('siblingsOf', () => {
  test('a run that is the only one is alone', () => {
    expect(seenBy('a', [run('a')])).toEqual(ALONE);
  });

  test('the run that began first goes first', () => {
    const running = [run('b', 1_000), run('a', 2_000)];
    expect(seenBy('b', running)).toEqual({ ahead: false, others: true, released: false, superseded: false, listed: true });
    expect(seenBy('a', running)).toEqual({ ahead: true, others: true, released: false, superseded: false, listed: true });
  });

  test('dates are compared as numbers, whatever their length', () => {
    const running = [run('a', 9_999), run('b', 10_000)];
    expect(seenBy('a', running).ahead).toBe(false);
    expect(seenBy('b', running).ahead).toBe(true);
  });

  test('a run that the list does not show yet is behind all others', () => {
    expect(seenBy('new', [run('a')])).toEqual({ ahead: true, others: true, released: false, superseded: false, listed: false });
    expect(seenBy('new', [])).toEqual({ ...ALONE, listed: false });
  });

  test('all runs agree on one order: exactly one goes first, whatever the list\'s order', () => {
    const runs = fc.uniqueArray(fc.tuple(fc.uuid(), fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 8, selector: ([name]) => name });
    fc.assert(fc.property(runs, (named) => {
      const running = named.map(([name, startDate]) => run(name, startDate));
      const first = (list: Execution[]) => list.filter(({ name }) => !seenBy(name, list).ahead).map(({ name }) => name);
      expect(first(running)).toHaveLength(1);
      expect(first([...running].reverse())).toEqual(first(running));
    }));
  });

  test('after the first one ends, the next in the same order goes first', () => {
    const running = [run('c', 2), run('b', 1), run('a', 1)];
    const order = [];
    for (let left = running; left.length > 0;) {
      const first = left.find(({ name }) => !seenBy(name, left).ahead)!;
      order.push(first.name);
      left = left.filter((other) => other !== first);
    }
    expect(order).toEqual(['a', 'b', 'c']);
  });

  test('a release of the run\'s table releases it, and is nobody\'s predecessor', () => {
    const running = [run(`cfn-0a1b2c3d${RELEASE_MARK}77`, 500), run('a')];
    expect(seenBy('a', running)).toEqual({ ahead: false, others: false, released: true, superseded: false, listed: true });
  });

  test('a release of another table, which this population had before, means nothing', () => {
    const other = releaseMark({ ...POPULATION, intermediateTableIdentifier: 'another' });
    expect(seenBy('a', [run(`cfn-0a1b2c3d${other}77`, 500), run('a')])).toEqual(ALONE);
  });

  test('a release waits for the runs, not for itself or other releases', () => {
    const self = `cfn-0a1b2c3d${RELEASE_MARK}77`;
    expect(seenBy(self, [run(self)])).toEqual(ALONE);
    expect(seenBy(self, [run(self), run(`cfn-0a1b2c3d${RELEASE_MARK}88`)]).others).toBe(false);
    expect(seenBy(self, [run(self), run('a')]).others).toBe(true);
  });
});

describe('a deployment\'s run', () => {
  const made = (fingerprint: string, event: string) => `cfn-0a1b2c3d${populateMark(fingerprint)}${event}`;
  const kept = (event: string) => `cfn-0a1b2c3d${KEEP}${event}`;

  test.each([
    ['of other data, as a rollback is, supersedes it', made('aa', '1'), made('bb', '2'), true],
    ['that leaves the table as it is supersedes one that changes it', made('aa', '1'), kept('2'), true],
    ['of other data supersedes one that leaves the table as it is', kept('1'), made('aa', '2'), true],
    ['of the same data, as a retried deployment is, waits for it', made('aa', '1'), made('aa', '2'), false],
    ['that changes nothing waits for another such one', kept('1'), kept('2'), false],
    ['is a deployment: a schedule\'s run waits for it', made('aa', '1'), 'by-event', false],
    ['is superseded: a schedule\'s run is not', 'by-event', made('aa', '2'), false],
  ])('a later one %s', (_what, earlier, later, superseded) => {
    const running = [run(later, 2_000), run(earlier, 1_000)];
    expect(seenBy(earlier, running).superseded).toBe(superseded);
    expect(seenBy(later, running).superseded).toBe(false);
  });

  test('is not superseded by what the list does not place after it', () => {
    expect(seenBy(made('aa', '1'), [run(made('bb', '2'))]).superseded).toBe(false);
  });
});

const EVENT = '0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9';
const OTHER_EVENT = '1a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9';

describe('isTwin', () => {
  const twin = (self: string, ...newest: Execution[]) => isTwin(`arn:${self}`, newest);

  test.each([
    ['nothing else ran', false, []],
    ['a run of the same event began before', true, [run(`${EVENT}_a`, 1)]],
    ['a run of the same event began at the same moment, and is before it by name', true, [run(`${EVENT}_a`)]],
    ['a run of the same event began later', false, [run(`${EVENT}_a`, 2_000)]],
    ['a run of the same event began at the same moment, and is behind it by name', false, [run(`${EVENT}_c`)]],
    ['a run of another event began before', false, [run(`${OTHER_EVENT}_a`, 1)]],
    ['a deployment and a person have started runs before', false, [run('cfn-0a1b2c3d-populate-77-88', 1), run(EVENT, 1)]],
  ])('where %s: %s', (_what, expected, others) => {
    expect(twin(`${EVENT}_b`, ...others, run(`${EVENT}_b`))).toBe(expected);
  });

  test('a run that no event has started is nobody\'s twin', () => {
    expect(twin('by-hand', run('by-hand'), run('by-hand', 1))).toBe(false);
  });

  test('of the runs of one event exactly one is not a twin', () => {
    const runs = fc.uniqueArray(fc.tuple(fc.uuid(), fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 6, selector: ([name]) => name });
    fc.assert(fc.property(runs, (named) => {
      const listed = named.map(([name, startDate]) => run(`${EVENT}_${name}`, startDate));
      expect(listed.filter(({ executionArn }) => !isTwin(executionArn, listed))).toHaveLength(1);
    }));
  });
});

describe('siblingsFrom', () => {
  const asked: unknown[] = [];
  const answering = (answer: () => Promise<object>): SFNClient =>
    ({ send: (command: { input: unknown }) => { asked.push(command.input); return answer(); } }) as unknown as SFNClient;

  beforeEach(() => { asked.length = 0; });

  test('asks for the running executions of the run\'s own machine', async () => {
    const list = async () => ({ executions: [{ executionArn: EXECUTION_ARN, name: 'run-1', startDate: new Date(2) }, { executionArn: 'arn:other', name: 'run-0', startDate: new Date(1) }] });
    expect(await siblingsFrom(() => answering(list))(stateIn('QUERY'))).toEqual({ ahead: true, others: true, released: false, superseded: false, listed: true });
    expect(asked).toEqual([{ stateMachineArn: MACHINE_ARN, statusFilter: 'RUNNING', maxResults: 100 }]);
  });

  test('finds the machine in any partition', async () => {
    await siblingsFrom(() => answering(async () => ({})))(stateIn('QUERY', { executionArn: 'arn:aws-cn:states:cn-north-1:1:execution:M:r' }));
    expect(asked).toMatchObject([{ stateMachineArn: 'arn:aws-cn:states:cn-north-1:1:stateMachine:M' }]);
  });

  test('goes on alone, with a warning, where Step Functions cannot be asked', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    const refusing = async () => { throw Object.assign(new Error('no'), { name: 'AccessDeniedException' }); };
    expect(await siblingsFrom(() => answering(refusing))(stateIn('QUERY'))).toEqual(ALONE);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('AccessDeniedException'));
    warn.mockRestore();
  });

  test.each([['no execution', undefined], ['an execution with another kind of ARN', 'arn:aws:states:r:1:express:M:r:1']])('asks nobody in %s', async (_what, executionArn) => {
    expect(await siblingsFrom(() => { throw new Error('asked'); })(stateIn('QUERY', { executionArn }))).toEqual(ALONE);
  });
});

describe('twinsFrom', () => {
  const arnOf = (name: string) => EXECUTION_ARN.replace(/[^:]+$/, name);
  const listing = (...executions: object[]) => ({ send: async () => ({ executions }) }) as unknown as SFNClient;
  const listed = (name: string, at: number) => ({ executionArn: arnOf(name), name, startDate: new Date(at) });
  const state = stateIn('POPULATE', { executionArn: arnOf(`${EVENT}_b`) });

  test('finds the run that the event has started first among those that have ended, too', async () => {
    const client = listing(listed(`${EVENT}_b`, 2), { ...listed(`${EVENT}_a`, 1), stopDate: new Date(2) });
    expect(await twinsFrom(() => client)(state)).toBe(true);
  });

  test('finds none where the list does not show any', async () => {
    expect(await twinsFrom(() => listing(listed(`${EVENT}_b`, 2)))(state)).toBe(false);
  });

  test('does not ask for a run that no event has started', async () => {
    expect(await twinsFrom(() => { throw new Error('asked'); })(stateIn('POPULATE'))).toBe(false);
  });
});
