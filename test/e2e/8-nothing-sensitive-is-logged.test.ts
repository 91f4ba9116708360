import { Duration } from 'aws-cdk-lib';
import { A, B, closeClouds, cloudWith, deploy, failureOf, logicalId, MACHINE, MARKER, openCloud, POPULATION_FUNCTION, segment, stackOf } from './support';

afterEach(closeClouds);

describe('promise 8: nothing sensitive is logged', () => {
  test('an execution, and what is known of a population, hold no URL that an answer is put to', async () => {
    const cloud = await cloudWith(A);
    await deploy(cloud, { ...B, timeout: Duration.hours(2) });
    const texts = cloud.executions().flatMap(({ input, output }) => [input, output ?? '']);
    // What has been answered is forgotten.
    texts.push(...(await cloud.record.items()).map((item) => JSON.stringify(item)));
    expect(texts.join()).toContain('deployment');
    expect(texts.filter((text) => text.includes('https://'))).toEqual([]);
  });

  // What is looked for is looked for after each test: see `closeClouds`.
  test.each<[string, object, 'start' | 'return' | undefined]>([
    ['is populated with', { parameters: segment('h') }, undefined],
    ['is not taken, beside one that is no text', { parameters: { ...segment('h'), limit: 5 } }, undefined],
    ['is not taken, where a map should be', { parameters: segment('h').segment }, undefined],
    ['is not taken, in a place of its own', segment('h'), undefined],
    ['meets a function that cannot start', { parameters: segment('h') }, 'start'],
    ['meets a function that crashes', { parameters: segment('h') }, 'return'],
  ])('the parameter of a person\'s own input is told by no log, answer or error, when it %s', async (_, input, at) => {
    const cloud = await cloudWith(A);
    const before = cloud.logs().length;
    if (at) cloud.faults.push({ function: POPULATION_FUNCTION, at });
    await cloud.execute(logicalId(stackOf(A), MACHINE), input);
    expect(at === 'start' || cloud.logs().length > before).toBe(true);
  });

  test('a parameter\'s value that the service quotes is named, not told', async () => {
    const cloud = openCloud();
    const message = `Cannot cast '${MARKER} a' to INT.`;
    cloud.cleanRooms.planQuery({ durationSeconds: 60, outcome: 'FAILED', error: { code: 'SPARK_ERROR', message } });
    expect(failureOf(await cloud.deploy(stackOf()))).toContain('SPARK_ERROR: Cannot cast \'<segment>\' to INT.');
    cloud.cleanRooms.faults.inject({ operation: 'PopulateIntermediateTable', fault: { kind: 'error', code: 'ValidationException', message, members: { reason: 'INVALID_QUERY' } } });
    await cloud.destroy('App');
    expect(failureOf(await cloud.deploy(stackOf()))).toMatch(/INVALID_QUERY.*Cannot cast '<segment>' to INT\./);
  });
});
