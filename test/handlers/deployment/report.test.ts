import { endedRun, report, resultOf, type LastState } from '../../../src/handlers/deployment/report';
import type { Request } from '../../../src/handlers/deployment/start';
import { NO_VERSION } from '../../../src/handlers/population/outcome';
import { DEPLOYMENT, EXECUTION_ARN, POPULATION, stateIn } from '../support';

const OUTPUT = { ...NO_VERSION, versionId: 'version-1', status: 'POPULATED' as const };
const FAILURE = { error: 'ProtectedQueryFailed', cause: 'OOM: Out of memory.', analysisId: 'analysis-1' };
const RESPONSE = { url: 'https://response.example', StackId: 's', RequestId: 'r', LogicalResourceId: 'l', PhysicalResourceId: 'p' };
const request = (more: Partial<Request> = {}): Request => ({ ...DEPLOYMENT, definition: 'f1', ...more });

describe('the result of a run', () => {
  test('is its output, as attributes: what is not known is an empty text, as CloudFormation has no null', () => {
    expect(resultOf({ output: OUTPUT, execution: EXECUTION_ARN, deployment: request() })).toEqual({
      Status: 'SUCCESS',
      Data: {
        versionId: 'version-1',
        analysisId: '',
        analysisType: 'QUERY',
        status: 'POPULATED',
        populatedAt: '',
        durationMillis: '',
        billedCrpuHours: '',
        Execution: EXECUTION_ARN,
        Definition: 'f1',
      },
    });
  });

  test('keeps zeros', () => {
    expect(resultOf({ output: { ...OUTPUT, durationMillis: 0, billedCrpuHours: 0 } })).toMatchObject({ Data: { durationMillis: 0, billedCrpuHours: 0, Execution: '', Definition: '' } });
  });

  test('is its failure', () => {
    expect(resultOf({ failure: FAILURE })).toEqual({ Status: 'FAILED', Reason: 'ProtectedQueryFailed: OOM: Out of memory.' });
  });

  test('is a failure where it left nothing', () => {
    expect(resultOf({})).toEqual({ Status: 'FAILED', Reason: 'The run ended without a result.' });
  });
});

describe('the report', () => {
  const reporting = async (ended: Parameters<typeof report>[0]) => {
    const sent: { url: string; body: Record<string, unknown> }[] = [];
    await report(ended, async (url, body) => { sent.push({ url, body: JSON.parse(body) as Record<string, unknown> }); });
    return sent;
  };

  test('of a success goes to CloudFormation, without the URL in its text', async () => {
    const [{ url, body }, ...more] = await reporting({ output: OUTPUT, deployment: request({ response: RESPONSE }) });
    expect(more).toEqual([]);
    expect(url).toBe(RESPONSE.url);
    expect(body).toMatchObject({ Status: 'SUCCESS', StackId: 's', RequestId: 'r', LogicalResourceId: 'l', PhysicalResourceId: 'p', Data: { versionId: 'version-1' } });
    expect(JSON.stringify(body)).not.toContain(RESPONSE.url);
  });

  test('of a failure has the same physical id', async () => {
    expect(await reporting({ failure: FAILURE, deployment: request({ response: RESPONSE }) }))
      .toMatchObject([{ body: { Status: 'FAILED', PhysicalResourceId: 'p', Reason: 'ProtectedQueryFailed: OOM: Out of memory.' } }]);
  });

  test.each([
    ['success', { output: OUTPUT }, { Status: 'SUCCESS', UniqueId: 'population', Data: expect.stringContaining('version-1') }],
    ['failure', { failure: FAILURE }, { Status: 'FAILURE', UniqueId: 'population', Reason: 'ProtectedQueryFailed: OOM: Out of memory.' }],
  ])('of a %s goes to the wait condition where that waits', async (_what, ended, body) => {
    expect(await reporting({ ...ended, deployment: request({ waitHandle: 'https://wait.example' }) })).toMatchObject([{ url: 'https://wait.example', body }]);
  });

  test('goes to both where both wait', async () => {
    const sent = await reporting({ output: OUTPUT, deployment: request({ response: RESPONSE, waitHandle: 'https://wait.example' }) });
    expect(sent.map(({ url }) => url).sort()).toEqual(['https://response.example', 'https://wait.example']);
  });

  test('goes nowhere where nobody waits', async () => {
    expect(await reporting({ output: OUTPUT })).toEqual([]);
    expect(await reporting({ failure: FAILURE, deployment: request() })).toEqual([]);
  });

  test('of a release is a success, whatever happened: a delete is never held up', async () => {
    expect(await reporting({ failure: FAILURE, deployment: request({ action: 'RELEASE', response: RESPONSE }) })).toMatchObject([{ body: { Status: 'SUCCESS', Data: {} } }]);
  });
});

describe('what the machine hands over at its end', () => {
  const deployment = request({ response: RESPONSE });

  test('is the last state', () => {
    expect(endedRun(stateIn('END', { output: OUTPUT, deployment }))).toEqual({ execution: EXECUTION_ARN, deployment, output: OUTPUT, failure: undefined });
    expect(endedRun(stateIn('END', { failure: FAILURE, deployment }))).toMatchObject({ failure: FAILURE });
  });

  test('may be a state in which the function crashed for good: its error and the execution are told', () => {
    const failure = { error: 'PopulationFunctionFailed', cause: 'The function cannot run.', analysisId: '' };
    const ended = endedRun({ ...stateIn('QUERY', { deployment, failure }), crash: { Error: 'Lambda.Unknown', Cause: 'out of memory' } });
    expect(ended).toMatchObject({
      deployment, failure: { error: 'PopulationFunctionFailed', cause: `The function cannot run. Lambda.Unknown: out of memory. Execution ${EXECUTION_ARN}.` },
    });
  });

  test('may be what the run began with, where not even the first step could run', () => {
    const state: LastState = { population: POPULATION, execution: { Id: EXECUTION_ARN, Input: { deployment } }, failure: FAILURE, crash: { Error: 'X', Cause: 'Y' } };
    expect(endedRun(state)).toMatchObject({ execution: EXECUTION_ARN, deployment, failure: { error: 'ProtectedQueryFailed' } });
  });

  test('may be the beginning of a run that nobody waits for', () => {
    const ended = endedRun({ population: POPULATION, execution: { Id: EXECUTION_ARN, Input: null }, failure: FAILURE });
    expect(ended).toMatchObject({ execution: EXECUTION_ARN, deployment: undefined });
  });
});
