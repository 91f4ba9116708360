import * as fc from 'fast-check';
import { resultOf } from '../../../src/handlers/deployment/report';
import { responseBody } from '../../../src/handlers/deployment/response';
import { describeVersion, fail, failure, NO_VERSION, populated, refused, succeed } from '../../../src/handlers/population/outcome';
import { DEPLOYMENT, ERRORS, EXECUTION_ARN, POPULATION, refusal, stateIn } from '../support';

const OUTPUT = { ...NO_VERSION, versionId: 'version-1' };
const FAILURE = { error: 'X', cause: 'Y', analysisId: '' };

describe('the end of a run', () => {
  test('is a report where a deployment waits, otherwise the machine\'s own end', () => {
    expect(succeed(stateIn('PUBLISH'), OUTPUT)).toMatchObject({ phase: 'END', next: 'SUCCEED', wait: 0, output: OUTPUT });
    expect(succeed(stateIn('PUBLISH', { deployment: DEPLOYMENT }), OUTPUT)).toMatchObject({ phase: 'END', next: 'REPORT' });
    expect(fail(stateIn('QUERY'), FAILURE)).toMatchObject({ phase: 'END', next: 'FAIL', failure: FAILURE });
    expect(fail(stateIn('QUERY', { deployment: DEPLOYMENT }), FAILURE)).toMatchObject({ phase: 'END', next: 'REPORT' });
  });

  test('is either an output or a failure: the machine goes by which there is', () => {
    expect(succeed(stateIn('CANCEL', { failure: FAILURE }), OUTPUT).failure).toBeUndefined();
    expect(fail(stateIn('CANCEL', { output: OUTPUT }), FAILURE).output).toBeUndefined();
  });
});

describe('a failure in words', () => {
  test('has what happened, what to do, the table, the query, the execution, in this order', () => {
    expect(failure(stateIn('QUERY'), 'Code', 'It went wrong.', 'Do this.')).toEqual({
      error: 'Code',
      cause: 'It went wrong. Do this. Intermediate table aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee, membership 11111111-2222-4333-8444-555555555555. '
        + `Protected query analysis-1: see Clean Rooms console > Collaborations > Analyses. Execution ${EXECUTION_ARN}.`,
      analysisId: 'analysis-1',
    });
  });

  test('leaves out what there is not', () => {
    expect(failure(stateIn('LOOK', { executionArn: undefined }), 'Code', 'It went wrong.').cause)
      .toBe('It went wrong. Intermediate table aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee, membership 11111111-2222-4333-8444-555555555555.');
  });

  test('never has the parameters', () => {
    const state = stateIn('QUERY', { population: { ...POPULATION, parameters: { region: 'top-secret' } } });
    expect(JSON.stringify([failure(state, 'Code', 'It.'), refused(state, 'X', ERRORS.denied.error)])).not.toContain('top-secret');
  });

  const hint = /see Clean Rooms console.*Execution arn:\S+\.$/;
  const named = `arn:aws:states:ap-southeast-1:111122223333:execution:${'m'.repeat(80)}:${'n'.repeat(80)}`;
  const ofLength = (what: string) => failure(stateIn('QUERY', { deployment: DEPLOYMENT, executionArn: named }), 'ProtectedQueryFailed', what, 'The table keeps the version that it had.');

  test('of a long text is cut, and keeps the rest', () => {
    const { cause } = ofLength('x'.repeat(10_000));
    expect(cause).toMatch(/^x{2000,}… The table keeps/);
    expect(cause).toMatch(hint);
  });

  test('of a short text is not cut', () => {
    expect(ofLength('x'.repeat(1_500)).cause).not.toContain('…');
  });

  // What a stack with long names has around the text.
  const TARGET = {
    url: 'https://cloudformation.example',
    StackId: `arn:aws:cloudformation:ap-southeast-1:111122223333:stack/${'s'.repeat(128)}/aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee`,
    RequestId: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee',
    LogicalResourceId: 'l'.repeat(255),
    PhysicalResourceId: `${POPULATION.membershipIdentifier}/${POPULATION.intermediateTableIdentifier}`,
  };

  test.each([['plain', 'x'], ['Japanese', '表'], ['with quotes', '"'], ['with control characters', '\u0001'], ['with emoji', '🙈']])(
    'reaches CloudFormation with its ids and where to look, however long the text is: %s', (_what, character) => {
      const body = responseBody(TARGET, resultOf({ failure: ofLength(character.repeat(9_000)) }));
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(4096);
      expect((JSON.parse(body) as { Reason: string }).Reason).toMatch(hint);
    });

  test('is never cut within a character', () => {
    const emoji = fc.tuple(fc.string({ maxLength: 3 }), fc.integer({ min: 500, max: 4_000 })).map(([before, times]) => before + '🙈'.repeat(times));
    fc.assert(fc.property(emoji, (what) => !/\ud83d(?![\ude48])/.test(ofLength(what).cause)), { numRuns: 200 });
  });
});

describe('a refused call', () => {
  test.each([
    [refusal('ResourceNotFoundException'), 'Does the table still exist'],
    [ERRORS.denied, 'Only the table\'s owner may populate it'],
    [ERRORS.invalidQuery, 'Correct the table\'s stored query'],
    [refusal('ValidationException', { reason: 'INVALID_CONFIGURATION' }), 'Check compute'],
    [refusal('ValidationException', { reason: 'FIELD_VALIDATION_FAILED', fields: ['parameters'] }), 'Correct the fields that are named.'],
  ])('names the service\'s error and what to do: %j', (answer, remedy) => {
    const { error, cause } = refused(stateIn('LOOK'), 'GetIntermediateTable', answer.error);
    expect(error).toBe(answer.error.code);
    expect(cause).toContain(`GetIntermediateTable failed. ${answer.error.code}`);
    expect(cause).toContain(answer.error.message);
    expect(cause).toContain(remedy);
  });

  test('names the service\'s error where nothing can be advised', () => {
    expect(refused(stateIn('LOOK', { executionArn: undefined }), 'X', refusal('TeapotException').error).cause).toMatch(/^X failed\. TeapotException: No\. Intermediate table /);
  });
});

describe('a version in the output', () => {
  const version = { versionId: 'v', analysisId: 'a' };

  test('has its query\'s figures', () => {
    expect(describeVersion(version, 'UNCHANGED', { status: 'SUCCESS', createTime: 0, durationMillis: 1_500, billedCrpuHours: 0.25 })).toEqual({
      versionId: 'v', analysisId: 'a', analysisType: 'QUERY', status: 'UNCHANGED', populatedAt: '1970-01-01T00:00:01.500Z', durationMillis: 1_500, billedCrpuHours: 0.25,
    });
  });

  test('has a place for those that are not known', () => {
    expect(describeVersion(version, 'UNCHANGED')).toMatchObject({ populatedAt: '', durationMillis: null, billedCrpuHours: null });
    expect(describeVersion(version, 'UNCHANGED', { status: 'SUCCESS', createTime: 5_000 })).toMatchObject({ populatedAt: '1970-01-01T00:00:05.000Z', durationMillis: null });
  });

  test('that was just made is POPULATED', () => {
    expect(populated(stateIn('PUBLISH'), { status: 'SUCCESS' })).toMatchObject({ versionId: 'version-1', analysisId: 'analysis-1', status: 'POPULATED' });
  });
});
