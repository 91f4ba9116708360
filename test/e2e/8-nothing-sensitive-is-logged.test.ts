import { Duration } from 'aws-cdk-lib';
import { A, B, closeClouds, cloudWith, deploy, failureOf, MARKER, openCloud, stackOf } from './support';

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
