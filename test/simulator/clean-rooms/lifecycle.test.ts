import { Harness } from './harness';
import { QueryPlan } from '../../../simulator/clean-rooms';

const DAY = 24 * 3600;

let rooms: Harness;
beforeEach(async () => { rooms = await Harness.start(); });
afterEach(() => rooms.stop());

async function populate(plan?: QueryPlan): Promise<{ analysisId: string; versionId: string }> {
  if (plan) rooms.service.planQuery(plan);
  const reply = await rooms.populate();
  expect(reply.status).toBe(200);
  return reply.body;
}

async function versionStatus(versionId: string): Promise<string> {
  const { intermediateTableVersionSummaries: summaries } = await rooms.versions();
  return summaries.find((summary: { versionId: string }) => summary.versionId === versionId)?.status;
}

describe('a query that succeeds', () => {
  test('is submitted, started and over in turn, and then its version is live', async () => {
    expect(await rooms.getTable()).toMatchObject({ status: 'CREATED' });
    const { analysisId, versionId } = await populate({ durationSeconds: 600, outcome: 'SUCCESS' });
    expect(await rooms.query(analysisId)).toMatchObject({ status: 'SUBMITTED' });
    rooms.clock.advance(2);
    expect(await rooms.query(analysisId)).toMatchObject({ status: 'STARTED' });
    rooms.clock.advance(599);
    const early = await rooms.getTable();
    expect(early).toMatchObject({ status: 'POPULATE_STARTED' });
    expect(early.intermediateTableVersion).toBeUndefined();
    expect(await versionStatus(versionId)).toBe('POPULATE_STARTED');
    rooms.clock.advance(1);
    expect(await rooms.query(analysisId)).toMatchObject({ status: 'SUCCESS', statistics: { totalDurationInMillis: 600_000 } });
    expect(await rooms.getTable()).toMatchObject({ status: 'POPULATE_SUCCESS', intermediateTableVersion: { versionId, analysisId } });
    expect(await versionStatus(versionId)).toBe('POPULATE_SUCCESS');
  });

  test.each<[string, number, object | undefined, number]>([
    ['a query of one second by its first minute', 1, undefined, 32 / 60],
    ['an hour of the default 32 CRPUs', 3600, undefined, 32],
    ['an hour of 10 big workers', 3600, { type: 'CR.8X', number: 10 }, 160],
    ['two hours of 4 middle workers', 7200, { type: 'CR.4X', number: 4 }, 64],
  ])('is billed: %s', async (_name, durationSeconds, queryComputeConfiguration, units) => {
    rooms.service.planQuery({ durationSeconds, outcome: 'SUCCESS' });
    const { body } = await rooms.populate(queryComputeConfiguration && { computeConfiguration: { queryComputeConfiguration } });
    rooms.clock.advance(durationSeconds + 2);
    const { statistics, computeConfiguration } = await rooms.query(body.analysisId);
    expect(statistics.billedResourceUtilization.units).toBeCloseTo(units);
    expect(computeConfiguration?.worker).toEqual(queryComputeConfiguration);
  });

  test('may have its version live later', async () => {
    const { versionId, analysisId } = await populate({ durationSeconds: 60, outcome: 'SUCCESS', liveAfterSeconds: 30 });
    rooms.clock.advance(70);
    expect(await rooms.query(analysisId)).toMatchObject({ status: 'SUCCESS' });
    expect((await rooms.getTable()).intermediateTableVersion).toBeUndefined();
    rooms.clock.advance(30);
    expect(await rooms.getTable()).toMatchObject({ status: 'POPULATE_SUCCESS', intermediateTableVersion: { versionId } });
  });

  test('may have its version never live, and the old one stays', async () => {
    const old = await populate();
    rooms.clock.advance(100);
    await populate({ durationSeconds: 60, outcome: 'SUCCESS', liveAfterSeconds: 'never' });
    rooms.clock.advance(DAY);
    expect(await rooms.getTable()).toMatchObject({ intermediateTableVersion: { versionId: old.versionId } });
  });
});

describe('a query that does not succeed', () => {
  test.each<[QueryPlan['outcome'], string]>([
    ['FAILED', 'FAILED'], ['CANCELLED', 'CANCELLED'], ['TIMED_OUT', 'TIMED_OUT'],
  ])('ends %s with its own error, and leaves the old version live', async (outcome, status) => {
    const old = await populate();
    rooms.clock.advance(100);
    const error = { code: 'RESOURCE_EXHAUSTED', message: 'No memory was left.' };
    const { analysisId, versionId } = await populate({ durationSeconds: 60, outcome, error });
    rooms.clock.advance(30);
    expect((await rooms.query(analysisId)).error).toBeUndefined();
    rooms.clock.advance(32);
    expect(await rooms.query(analysisId)).toMatchObject({ status, error });
    expect(await versionStatus(versionId)).toBe('POPULATE_FAILED');
    expect(await rooms.getTable()).toMatchObject({ intermediateTableVersion: { versionId: old.versionId } });
  });

  test.each<[string, QueryPlan]>([
    ['never ends by itself', { durationSeconds: 60, outcome: 'NEVER' }],
    ['would take longer', { durationSeconds: 2 * DAY, outcome: 'SUCCESS' }],
  ])('is ended by AWS after a day where it %s', async (_what, plan) => {
    const { analysisId } = await populate(plan);
    rooms.clock.advance(DAY);
    expect(await rooms.query(analysisId)).toMatchObject({ status: 'STARTED' });
    rooms.clock.advance(2);
    expect(await rooms.query(analysisId)).toMatchObject({ status: 'TIMED_OUT' });
  });

  test('leaves a table without a version in POPULATE_FAILED, and it can be populated again', async () => {
    await populate({ durationSeconds: 60, outcome: 'FAILED' });
    rooms.clock.advance(100);
    expect(await rooms.getTable()).toMatchObject({ status: 'POPULATE_FAILED' });
    const { versionId } = await populate();
    rooms.clock.advance(100);
    expect(await rooms.getTable()).toMatchObject({ status: 'POPULATE_SUCCESS', intermediateTableVersion: { versionId } });
  });
});

describe('a cancelled query', () => {
  test('is CANCELLING for a while, then CANCELLED, and its success never comes', async () => {
    const { analysisId, versionId } = await populate({ durationSeconds: 60, outcome: 'SUCCESS' });
    rooms.clock.advance(59);
    expect(await rooms.cancel(analysisId)).toMatchObject({ status: 200, body: { protectedQuery: { status: 'CANCELLING' } } });
    rooms.clock.advance(4);
    expect(await rooms.query(analysisId)).toMatchObject({ status: 'CANCELLING' });
    rooms.clock.advance(1);
    expect(await rooms.query(analysisId)).toMatchObject({ status: 'CANCELLED', statistics: { totalDurationInMillis: 62_000 } });
    expect(await versionStatus(versionId)).toBe('POPULATE_FAILED');
    rooms.clock.advance(DAY);
    expect((await rooms.getTable()).intermediateTableVersion).toBeUndefined();
  });

  test('may be cancelled twice, which prolongs nothing', async () => {
    const { analysisId } = await populate();
    await rooms.cancel(analysisId);
    rooms.clock.advance(4);
    expect(await rooms.cancel(analysisId)).toMatchObject({ status: 200 });
    rooms.clock.advance(1);
    expect(await rooms.query(analysisId)).toMatchObject({ status: 'CANCELLED' });
  });

  test('cannot be cancelled once it is over', async () => {
    const { analysisId } = await populate();
    rooms.clock.advance(100);
    expect(await rooms.cancel(analysisId)).toMatchObject({ status: 409, error: 'ConflictException', body: { reason: 'INVALID_STATE' } });
  });

  test('takes no other target status', async () => {
    const { analysisId } = await populate();
    const reply = await rooms.send({ method: 'PATCH', path: rooms.queryPath(analysisId), body: { targetStatus: 'SUCCESS' } });
    expect(reply).toMatchObject({ status: 400, error: 'ValidationException' });
  });
});

describe('a version', () => {
  test('expires after 30 days, and a new one takes its place', async () => {
    const old = await populate({ durationSeconds: 60, outcome: 'SUCCESS' });
    rooms.clock.advance(62);
    const { intermediateTableVersion } = await rooms.getTable();
    expect(intermediateTableVersion.expirationTime * 1000).toBe(rooms.clock.now() + 30 * DAY * 1000);
    rooms.clock.advance(30 * DAY - 1);
    expect(await rooms.getTable()).toMatchObject({ status: 'POPULATE_SUCCESS' });
    rooms.clock.advance(1);
    expect(await rooms.getTable()).toMatchObject({ status: 'RETENTION_PERIOD_EXPIRED' });
    expect(await versionStatus(old.versionId)).toBe('RETENTION_PERIOD_EXPIRED');
    const { versionId } = await populate();
    expect(await rooms.getTable()).toMatchObject({ status: 'POPULATE_STARTED' });
    rooms.clock.advance(100);
    expect(await rooms.getTable()).toMatchObject({ status: 'POPULATE_SUCCESS', intermediateTableVersion: { versionId } });
  });

  test('keeps the key that the table had when it was populated', async () => {
    const key = (name: string) => `arn:aws:kms:eu-west-1:111122223333:key/${name}`;
    rooms.service.resources.updateIntermediateTable(rooms.table.id, { kmsKeyArn: key('old') });
    await populate();
    rooms.clock.advance(100);
    rooms.service.resources.updateIntermediateTable(rooms.table.id, { kmsKeyArn: key('new') });
    expect(await rooms.getTable()).toMatchObject({ kmsKeyArn: key('new'), intermediateTableVersion: { kmsKeyArn: key('old') } });
    await populate();
    rooms.clock.advance(100);
    expect(await rooms.getTable()).toMatchObject({ intermediateTableVersion: { kmsKeyArn: key('new') } });
  });
});

describe('of two populations at once, whose version stays live is', () => {
  test.each<[string, number, number]>([
    ['the one that ends last', 100, 50],
    ['the one accepted last where they end together', 60, 60],
  ])('%s', async (_which, first, second) => {
    rooms.service.behaviours = { ...rooms.service.behaviours, populateWhilePopulating: 'accepted' };
    const populations = [first, second].map((durationSeconds) => {
      rooms.service.planQuery({ durationSeconds, outcome: 'SUCCESS' });
      return rooms.service.populate(rooms.table);
    });
    rooms.clock.advance(200);
    expect(rooms.service.liveVersionId(rooms.table.id)).toBe(populations[first > second ? 0 : 1].versionId);
  });
});

describe('what others do to a table', () => {
  test.each(['DISALLOWED_BY_DATA_PROVIDER', 'BASE_TABLE_REMOVED'] as const)('%s shows with its reason, and refuses every populate', async (status) => {
    rooms.service.imposeStatus(rooms.table.id, status, 'The other company said so.');
    expect(await rooms.getTable()).toMatchObject({ status, statusReason: 'The other company said so.' });
    expect(await rooms.populate()).toMatchObject({ status: 409, error: 'ConflictException', body: { reason: 'INVALID_STATE' } });
    rooms.service.imposeStatus(rooms.table.id, undefined);
    expect(await rooms.populate()).toMatchObject({ status: 200 });
  });

  test('early expiry takes the data and lets a populate bring it back', async () => {
    const { versionId } = await populate();
    rooms.clock.advance(100);
    rooms.service.imposeStatus(rooms.table.id, 'RETENTION_PERIOD_EXPIRED');
    expect(await rooms.getTable()).toMatchObject({ status: 'RETENTION_PERIOD_EXPIRED' });
    expect(await versionStatus(versionId)).toBe('RETENTION_PERIOD_EXPIRED');
    await populate();
    rooms.clock.advance(100);
    expect(await rooms.getTable()).toMatchObject({ status: 'POPULATE_SUCCESS' });
  });

  test('a populate by hand makes a version, and is not taken for the API\'s', async () => {
    const { versionId } = rooms.service.populateByHand(rooms.table.id, { region: 'north' });
    rooms.clock.advance(100);
    expect(await rooms.getTable()).toMatchObject({ intermediateTableVersion: { versionId, parameters: { region: 'north' } } });
    expect(rooms.service.journal.acceptedPopulates()).toEqual([]);
    expect(rooms.service.populations(rooms.table.id)).toHaveLength(1);
  });
});
