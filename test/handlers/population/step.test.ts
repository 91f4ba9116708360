import {
  after, attemptWith, DEPLOYED, deploying, details, ERRORS, finishedWith, MINE, OF_DEPLOYMENT, ok, OTHER, OWN, refusal, releasing,
  RUN, TABLE, tableWith,
} from './support';
import type { MachineState, RunInput } from '../../../src/contract/workflow';
import type { CleanRooms } from '../../../src/handlers/clean-rooms/clean-rooms';
import { step } from '../../../src/handlers/population/step';
import { runKey, tableKey, toTableRecord, type RunItem } from '../../../src/handlers/record/items';
import { EMPTY, type TableRecord } from '../../../src/handlers/record/table-record';
import { FakeStore, UNREACHABLE } from '../record/fake';

/** A run's record and its table in memory, on a clock by hand. Its query succeeds after a minute, and is live then. */
class Stage {
  readonly store = new FakeStore();
  readonly asked: string[] = [];
  now = after(0);
  acceptedAt = 0;
  pollSeconds = 45;
  machine: MachineState;

  readonly cleanRooms = {
    getTable: async () => tableWith(this.isOver ? '1' : undefined),
    listVersions: async () => ok([]),
    listAnalyses: async () => ok([]),
    getAnalysis: async () => details(this.isOver ? 'SUCCESS' : 'STARTED', { createdAt: this.acceptedAt, durationMillis: 60_000 }),
    populate: async () => {
      this.asked.push('populate');
      this.acceptedAt = this.now;
      return ok({ analysisId: 'analysis-1', versionId: 'version-1', analysisType: 'QUERY' });
    },
    cancel: async () => ok(undefined),
  } as { -readonly [Name in keyof CleanRooms]: CleanRooms[Name] };

  constructor(record: Partial<TableRecord> = { requests: [DEPLOYED] }, Input: unknown = {}, keepsVersion = false) {
    const execution = { Id: OWN, StartTime: new Date(after(0)).toISOString(), Input };
    this.machine = { execution, population: { ...TABLE, logicalId: RUN.logicalId, keepsVersion } };
    this.store.set(tableKey(TABLE), { ...EMPTY, ...record });
  }

  get record(): TableRecord {
    return toTableRecord(this.store.get<TableRecord>(tableKey(TABLE)));
  }

  get isOver(): boolean {
    return this.acceptedAt > 0 && this.now >= this.acceptedAt + 60_000;
  }

  /** Takes a step, and waits as the machine does. */
  async step(more: Partial<MachineState> = {}): Promise<{ state: MachineState; metrics?: object }> {
    const entered = this.now;
    const pause = async (seconds: number) => { this.now += seconds * 1_000; };
    const clock = { now: () => this.now, pause, pollSecondsLeft: () => this.pollSeconds - (this.now - entered) / 1_000 };
    const stepped = await step({ ...this.machine, ...more }, { store: this.store, cleanRooms: this.cleanRooms, clock, chance: () => 0 });
    this.machine = JSON.parse(JSON.stringify(stepped.state)) as MachineState;
    this.now += (this.machine.wait ?? 0) * 1_000;
    return stepped;
  }
}

test('a run takes the lease, populates, looks on as long as the function may, and ends with its figures and its measures', async () => {
  const stage = new Stage();
  expect((await stage.step()).state).toMatchObject({ next: 'WAIT', wait: 1, crashes: { wait: -3 } });
  expect(stage.now).toBe(after(2 + 14 * 3 + 1));
  expect(stage.record).toMatchObject({ lease: { holder: OWN }, attempt: { state: 'STARTED', analysisId: 'analysis-1', execution: OWN } });
  expect(stage.record.lease?.untilAt).toBe(after(180));
  const { state, metrics } = await stage.step();
  expect(state).toMatchObject({ next: 'END', ended: { output: { status: 'POPULATED', versionId: 'version-1', durationMillis: 60_000 } } });
  expect(metrics).toMatchObject({ Populated: 1, SecondsSincePopulated: expect.any(Number) });
  const [{ populatedAt: lastAt }] = stage.record.history;
  const history = [{ versionId: 'version-1', succeeded: true }];
  expect(stage.record).toMatchObject({ history, billing: [{ lastAt, crpuHours: 0.533333 }] });
  expect([stage.record.lease, stage.record.attempt, stage.asked]).toEqual([undefined, undefined, ['populate']]);
});

test.each([30, 0, -5])('a step polls for %d seconds where its function has no more, then the machine comes again', async (pollSeconds) => {
  const stage = Object.assign(new Stage({ ...MINE, requests: [DEPLOYED], attempt: attemptWith() }), { pollSeconds, acceptedAt: after(0) });
  expect((await stage.step()).state).toMatchObject({ next: 'WAIT', wait: 1 });
  expect((stage.now - after(0)) / 1_000 - 1).toBe(Math.max(0, pollSeconds - 3));
});

test('a step whose writes are never its own hands back to the machine after 200 decisions', async () => {
  const stage = new Stage();
  stage.store.write = async () => ok(false);
  expect((await stage.step()).state).toMatchObject({ next: 'WAIT', wait: 1 });
  expect(stage.store.asked.filter((request) => request === `read ${tableKey(TABLE)}`)).toHaveLength(200);
});

test('an input that is none ends the run before anything is read', async () => {
  const stage = new Stage({}, 'region=north');
  expect((await stage.step()).state).toMatchObject({ next: 'END', ended: { failure: { error: 'InvalidInput' } } });
  expect(stage.store.asked).toEqual([]);
});

describe('the SSM parameter', () => {
  const ofDeploy = { ...MINE, requests: [deploying()], attempt: attemptWith({ isDeploy: true, request: 'request-2' }) };
  const ofOther = { ...MINE, requests: [DEPLOYED], attempt: attemptWith({ execution: OTHER, intendedAt: after(1) }) };
  const live = { history: [finishedWith({ intendedAt: after(1) })], requests: [DEPLOYED] };
  const stageWith = (record: Partial<TableRecord>, input: RunInput) =>
    Object.assign(new Stage(record, input, true), { now: after(90), acceptedAt: after(1) });

  test('is written before the end of a populate is recorded, and the run ends as soon as it is', async () => {
    const stage = stageWith(ofDeploy, OF_DEPLOYMENT);
    expect((await stage.step()).state).toMatchObject({ next: 'KEEP_VERSION', ended: { output: { versionId: 'version-1' } } });
    expect(stage.record).toMatchObject({ requests: [{ request: 'request-2' }], attempt: { state: 'STARTED' } });
    expect((await stage.step()).state).toMatchObject({ next: 'END', ended: { output: { status: 'POPULATED' } } });
    expect(stage.record.requests[0].ended).toBe('SUCCEEDED');
  });

  test('that cannot be written fails the run, and its deploy, of a version that is live', async () => {
    const stage = stageWith(ofDeploy, OF_DEPLOYMENT);
    await stage.step();
    const cause = 'Version version-1 is live, but the SSM parameter could not be written. Ssm.AccessDenied: No. Does the parameter exist';
    expect((await stage.step({ unkept: { Error: 'Ssm.AccessDenied', Cause: 'No' } })).state)
      .toMatchObject({ next: 'END', ended: { failure: { error: 'VersionParameterNotWritten', cause: expect.stringContaining(cause) } } });
    expect(stage.record).toMatchObject({ requests: [{ ended: 'FAILED' }], history: [{ succeeded: true }] });
  });

  const wroteAnother = { next: 'KEEP_VERSION', ended: { output: { versionId: 'version-0' } as never } } as const;
  test.each<[string, Partial<TableRecord>, RunInput, Partial<MachineState>, string]>([
    ['is written where nothing has changed, too', live, {}, {}, 'KEEP_VERSION'],
    ['is written again, if it was another version', live, {}, wroteAnother, 'KEEP_VERSION'],
    ['is not written by a look', live, { observe: true }, {}, 'END'],
    ['is not written of a failure', { requests: [] }, {}, {}, 'END'],
    ['is not written for another run, whose own step does that', ofOther, {}, {}, 'KEEP_VERSION after that'],
  ])('%s', async (_what, record, input, more, next) => {
    const stage = stageWith(record, input);
    const { state } = await stage.step(more);
    expect(next).toContain(state.next);
    expect(stage.store.get<RunItem>(runKey(OTHER))?.outcome !== undefined).toBe(next.includes('after'));
  });
});

test('a Delete of a name whose table has another one is reported at once, and followed up as a deploy\'s', async () => {
  const desired = deploying(OTHER, { logicalId: 'New', ended: 'SUCCEEDED', request: 'request-3' });
  const stage = new Stage({ requests: [releasing({ logicalId: 'Old' }), desired] }, OF_DEPLOYMENT);
  expect((await stage.step()).state).toMatchObject({ next: 'REPORT', ended: { output: { versionId: '' } } });
  expect(stage.record.requests[0].ended).toBe('SUCCEEDED');
  expect((await stage.step()).state).toMatchObject({ next: 'WAIT', hints: { reported: true } });
  expect(stage.record.attempt).toMatchObject({ execution: OWN, request: 'request-3', isDeploy: false });
});

test('a run acts on the table that its own item names: the Delete of one that was replaced has a machine with the new one', async () => {
  const stage = new Stage(undefined, OF_DEPLOYMENT);
  const table = { ...TABLE, intermediateTableIdentifier: 'replaced' };
  stage.store.set(runKey(OWN), { table });
  stage.store.set(tableKey(table), { ...EMPTY, requests: [releasing()] });
  expect((await stage.step()).state).toMatchObject({ next: 'END', ended: { output: { versionId: '' } } });
  expect(stage.store.get<TableRecord>(tableKey(table))).toMatchObject({ requests: [{ ended: 'SUCCEEDED' }] });
  expect(stage.store.writes(tableKey(TABLE))).toBe(0);
});

describe('a record that cannot be read', () => {
  const waiting = { next: 'WAIT', hints: { failures: 1, waitingFor: expect.stringContaining('DynamoDB answered') } };
  const unavailable = { next: 'END', ended: { failure: { error: 'RecordUnavailable' } } };
  const newer = refusal('RecordIsNewer').error;

  test.each<[string, RunInput, number, typeof UNREACHABLE, object]>([
    ['is asked again', {}, 10, UNREACHABLE, waiting],
    ['is asked again for longer than any timeout, which is not known', {}, 43_199, UNREACHABLE, waiting],
    ['and no longer', {}, 43_200, UNREACHABLE, unavailable],
    ['is asked again until a deploy has to be answered', OF_DEPLOYMENT, 500, UNREACHABLE, waiting],
    ['and no longer than that', OF_DEPLOYMENT, 3_570, UNREACHABLE, unavailable],
    ['for good fails a run', {}, 0, newer, unavailable],
    ['for good does not fail a deploy\'s', OF_DEPLOYMENT, 0, newer, { next: 'WAIT' }],
  ])('%s', async (_what, input, seconds, error, expected) => {
    const stage = Object.assign(new Stage(undefined, input), { now: after(seconds) });
    stage.store.trouble = () => ({ error });
    expect((await stage.step()).state).toMatchObject(expected);
  });
});

describe('a populate', () => {
  test.each<[string, ReturnType<typeof refusal>, object, object]>([
    ['by a quota waits, and says which', ERRORS.quota,
      { next: 'WAIT', hints: { refusedSeconds: 30, waitingFor: expect.stringContaining('quota concurrent queries of 2') } }, {}],
    ['by a conflict waits', ERRORS.conflict,
      { next: 'WAIT', wait: 8, hints: { waitingFor: expect.stringContaining('ConflictException') } }, {}],
    ['for good ends', ERRORS.invalid, { next: 'END', ended: { failure: { error: 'ValidationException' } } }, {}],
    ['without an answer is looked for', ERRORS.unknown, { next: 'WAIT', wait: 5 }, { attempt: { state: 'INTENDED' } }],
  ])('that is refused %s', async (_what, refused, state, record) => {
    const stage = Object.assign(new Stage(), { pollSeconds: 4 });
    stage.cleanRooms.populate = async () => { stage.asked.push('populate'); return refused; };
    expect((await stage.step()).state).toMatchObject(state);
    expect(stage.record).toMatchObject(record);
    expect('attempt' in record || stage.record.attempt === undefined).toBe(true);
    expect(stage.asked).toEqual(['populate']);
  });

  test('that a slow record has delayed is not sent', async () => {
    const stage = new Stage();
    stage.store.trouble = (request) => { stage.now += request.startsWith('write table') ? 11_000 : 0; return undefined; };
    await stage.step();
    expect([stage.asked, stage.record.attempt]).toEqual([[], undefined]);
  });
});
