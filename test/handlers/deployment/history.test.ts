import { FakeStepFunctions, PREFIX } from './support';
import { describeRun, pastRuns, runUnder, type PastRun } from '../../../src/handlers/deployment/history';
import { hash, KEEP, populateMark } from '../../../src/handlers/execution-name';

const [A, B] = ['a', 'b'].map((definition) => hash(definition, 16));
let nth = 0;
const run = (name: string, status = 'SUCCEEDED'): PastRun => ({ executionArn: `arn:${++nth}`, name, status });
const populated = (fingerprint: string, status?: string) => run(`${PREFIX}${populateMark(fingerprint)}${++nth}`, status);
const kept = (status?: string) => run(`${PREFIX}${KEEP}${++nth}`, status);
const refreshed = (status?: string) => run(`nightly-${++nth}`, status);

describe('the run that made the live version under a definition', () => {
  test('is the deployment\'s', () => {
    const runs = [populated(A)];
    expect(runUnder(A, runs)).toBe(runs[0]);
    expect(runUnder(B, runs)).toBeUndefined();
  });

  test('is the old deployment\'s after a new one failed: a rollback is free', () => {
    const runs = [populated(B, 'FAILED'), populated(A)];
    expect(runUnder(A, runs)).toBe(runs[1]);
  });

  test.each(['FAILED', 'TIMED_OUT', 'ABORTED', 'RUNNING'])('is the old deployment\'s while the new one is %s', (status) => {
    const runs = [populated(B, status), populated(A)];
    expect(runUnder(A, runs)).toBe(runs[1]);
    expect(runUnder(B, runs)).toBeUndefined();
  });

  test('is none after a new one succeeded: a rollback repopulates', () => {
    expect(runUnder(A, [populated(B), populated(A)])).toBeUndefined();
  });

  test('is a refresh since then', () => {
    const runs = [refreshed('FAILED'), refreshed(), refreshed(), populated(A)];
    expect(runUnder(A, runs)).toBe(runs[1]);
  });

  test('is a refresh between the old deployment and the failed new one', () => {
    const runs = [populated(B, 'FAILED'), refreshed(), populated(A)];
    expect(runUnder(A, runs)).toBe(runs[1]);
  });

  test('is not a refresh that ran under the failed new definition', () => {
    const runs = [refreshed(), populated(B, 'FAILED'), populated(A)];
    expect(runUnder(A, runs)).toBeUndefined();
    expect(runUnder(B, runs)).toBe(runs[0]);
  });

  test('is a deployment\'s that left the table as it was, which tells its version, too', () => {
    const runs = [kept(), populated(A)];
    expect(runUnder(A, runs)).toBe(runs[0]);
  });

  test.each([
    ['there are no runs', []],
    ['no run succeeded', [populated(A, 'FAILED'), refreshed('FAILED')]],
    ['what a refresh ran under is not known any more', [refreshed(), kept()]],
  ])('is unknown where %s', (_what, runs) => {
    expect(runUnder(A, runs)).toBeUndefined();
  });
});

describe('reading the history', () => {
  const paged = (...pages: PastRun[][]) => new FakeStepFunctions({
    ListExecutions: (_input, page) => ({ executions: pages[page - 1], nextToken: page < pages.length ? `page-${page + 1}` : undefined }),
  });
  const tokens = ({ asked }: FakeStepFunctions) => asked.map(({ input }) => input.nextToken);

  test('goes on until the run and what it ran under are known', async () => {
    const pages = [[refreshed('FAILED')], [refreshed()], [populated(A)], [populated(B)]];
    const stepFunctions = paged(...pages);
    expect(await pastRuns(stepFunctions.client, 'arn:machine')).toEqual(pages.slice(0, 3).flat());
    expect(tokens(stepFunctions)).toEqual([undefined, 'page-2', 'page-3']);
    expect(stepFunctions.asked[0].input).toMatchObject({ stateMachineArn: 'arn:machine' });
  });

  test('does not stop at a definition that is newer than the last success', async () => {
    const pages = [[populated(B, 'FAILED')], [populated(A)]];
    expect(await pastRuns(paged(...pages).client, 'arn:machine')).toEqual(pages.flat());
  });

  test('ends with the last page', async () => {
    const stepFunctions = paged([refreshed()], [refreshed()]);
    expect(await pastRuns(stepFunctions.client, 'arn:machine')).toHaveLength(2);
    expect(stepFunctions.asked).toHaveLength(2);
  });

  test('ends after ten pages: a guess that costs a population is better than a deploy that hangs', async () => {
    const stepFunctions = paged(...Array.from({ length: 50 }, () => [refreshed('FAILED')]));
    expect(await pastRuns(stepFunctions.client, 'arn:machine')).toHaveLength(10);
  });

  test('parses what a run was given and made', async () => {
    const stepFunctions = new FakeStepFunctions({
      DescribeExecution: () => ({ status: 'SUCCEEDED', input: '{"deployment":{"waitHandle":"https://w"}}', output: '{"versionId":"v"}' }),
    });
    expect(await describeRun(stepFunctions.client, 'arn:run'))
      .toEqual({ status: 'SUCCEEDED', input: { deployment: { waitHandle: 'https://w' } }, output: { versionId: 'v' } });
    expect(stepFunctions.asked).toEqual([{ command: 'DescribeExecution', input: { executionArn: 'arn:run' } }]);
  });

  test('has no output of a run that failed, but its error', async () => {
    const stepFunctions = new FakeStepFunctions({ DescribeExecution: () => ({ status: 'FAILED', error: 'X', cause: 'Y' }) });
    expect(await describeRun(stepFunctions.client, 'arn:run')).toEqual({ status: 'FAILED', error: 'X', cause: 'Y' });
  });
});
