import type { SFNClient } from '@aws-sdk/client-sfn';
import * as fc from 'fast-check';
import { releaseMark } from '../../../src/handlers/execution-name';
import { ALONE, siblingsFrom, siblingsOf, type Execution } from '../../../src/handlers/population/siblings';
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
    expect(seenBy('b', running)).toEqual({ ahead: false, others: true, released: false });
    expect(seenBy('a', running)).toEqual({ ahead: true, others: true, released: false });
  });

  test('dates are compared as numbers, whatever their length', () => {
    const running = [run('a', 9_999), run('b', 10_000)];
    expect(seenBy('a', running).ahead).toBe(false);
    expect(seenBy('b', running).ahead).toBe(true);
  });

  test('a run that the list does not show yet is behind all others', () => {
    expect(seenBy('new', [run('a')])).toEqual({ ahead: true, others: true, released: false });
    expect(seenBy('new', [])).toEqual(ALONE);
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
    expect(seenBy('a', running)).toEqual({ ahead: false, others: false, released: true });
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

describe('siblingsFrom', () => {
  const asked: unknown[] = [];
  const answering = (answer: () => Promise<object>): SFNClient =>
    ({ send: (command: { input: unknown }) => { asked.push(command.input); return answer(); } }) as unknown as SFNClient;

  beforeEach(() => { asked.length = 0; });

  test('asks for the running executions of the run\'s own machine', async () => {
    const list = async () => ({ executions: [{ executionArn: EXECUTION_ARN, name: 'run-1', startDate: new Date(2) }, { executionArn: 'arn:other', name: 'run-0', startDate: new Date(1) }] });
    expect(await siblingsFrom(() => answering(list))(stateIn('QUERY'))).toEqual({ ahead: true, others: true, released: false });
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
