import { Harness, Reply } from './harness';
import { BEHAVIOUR_POSITIONS, Behaviours } from '../../../simulator/clean-rooms';

let rooms: Harness;
/** The ARNs that IAM was asked for, request by request. */
let asked: string[][];
afterEach(() => rooms.stop());

const outcome = ({ status, error, body }: Reply): unknown[] => [status, error, body.reason];
const ended = (plan: 'SUCCESS' | 'FAILED' | 'TIMED_OUT') =>
  rooms.populated({ durationSeconds: 60, outcome: plan }, { parameters: { given: 'g' } });
const withDefaults = () => rooms.addTable('with_defaults', 'SELECT 1', { given: 'default', region: 'south' });
const listed = async (...names: Record<string, string>[]): Promise<string[]> => {
  const { intermediateTableVersionSummaries: shown } = await rooms.versions();
  return shown.map(({ versionId }: { versionId: string }) => names.flatMap(Object.entries).find(([, id]) => id === versionId)?.[0]);
};

async function refresh(plan?: 'FAILED'): Promise<unknown[]> {
  const { versionId } = await ended('SUCCESS');
  await (plan ? ended(plan) : rooms.populate());
  const { status, intermediateTableVersion } = await rooms.getTable();
  return [status, intermediateTableVersion.versionId === versionId];
}

type Switch<K extends keyof Behaviours> = readonly [does: () => Promise<unknown>, sees: Record<`${Behaviours[K]}`, unknown>];

/** What a client does, and what it then sees in each position of a switch. The compiler asks for every switch. */
const SWITCHES: { [K in keyof Behaviours]: Switch<K> } = {
  populateWhilePopulating: [async () => {
    await rooms.populate();
    return [...outcome(await rooms.populate()), rooms.service.maxConcurrentPopulations(rooms.table.id)];
  }, { conflict: [409, 'ConflictException', 'INVALID_STATE', 1], accepted: [200, null, undefined, 2] }],

  overQuota: [async () => {
    for (const name of ['a', 'b']) await rooms.populate({}, rooms.addTable(name));
    const { status, error, body: { analysisId } } = await rooms.populate({}, rooms.addTable('c'));
    const statusAfter = async (seconds: number): Promise<string> => {
      rooms.clock.advance(seconds);
      return (await rooms.query(analysisId)).status;
    };
    return [status, error, ...(status === 200 ? [await statusAfter(30), await statusAfter(40)] : [])];
  }, { rejected: [402, 'ServiceQuotaExceededException'], queued: [200, null, 'SUBMITTED', 'STARTED'] }],

  statusDuringRefresh: [() => refresh(), { started: ['POPULATE_STARTED', true], success: ['POPULATE_SUCCESS', true] }],

  statusAfterFailedRefresh: [() => refresh('FAILED'), { failed: ['POPULATE_FAILED', true], success: ['POPULATE_SUCCESS', true] }],

  versionListLag: [async () => {
    const { versionId } = await rooms.begin();
    const seen = [await listed({ versionId })];
    for (const seconds of [19, 1]) {
      rooms.clock.advance(seconds);
      seen.push(await listed({ versionId }));
    }
    return seen;
  }, { 0: [['versionId'], ['versionId'], ['versionId']], 20: [[], [], ['versionId']] }],

  versionListOrder: [async () => {
    const [{ versionId: older }, { versionId: newer }] = [await ended('SUCCESS'), await ended('SUCCESS')];
    return listed({ older, newer });
  }, { newestFirst: ['newer', 'older'], oldestFirst: ['older', 'newer'] }],

  versionAfterCancel: [async () => {
    const { analysisId, versionId: cancelled } = await rooms.begin();
    await rooms.cancel(analysisId);
    expect(await listed({ cancelled })).toEqual(['cancelled']);
    rooms.clock.advance(10);
    const [{ versionId: timedOut }, { versionId: failed }] = [await ended('TIMED_OUT'), await ended('FAILED')];
    return listed({ cancelled, timedOut, failed });
  }, { failed: ['failed', 'timedOut', 'cancelled'], absent: ['failed'] }],

  checksAssociationArns: [async () => {
    await rooms.populate();
    await rooms.getTable();
    const { arn } = rooms.membership;
    const table = `${arn}/intermediatetable/${rooms.table.id}`;
    const names = { [arn]: 'membership', [table]: 'table', [`${arn}/configuredtableassociation/${rooms.associationId}`]: 'association' };
    return asked.map((arns) => arns.map((each) => names[each]).join());
  }, { true: ['membership,table,association', 'membership,table'], false: ['membership,table', 'membership,table'] }],

  deleteWhilePopulating: [async () => {
    const { analysisId } = await rooms.begin();
    const deleted = await rooms.send({ method: 'DELETE', path: rooms.path() });
    const { status } = await rooms.send({ method: 'GET', path: rooms.path() });
    return [...outcome(deleted), status, (await rooms.query(analysisId)).status];
  }, { refused: [409, 'ConflictException', 'INVALID_STATE', 200, 'SUBMITTED'], accepted: [204, null, undefined, 404, 'SUBMITTED'] }],

  throttlingStatus: [async () => {
    rooms.service.faults.inject({ operation: 'GetIntermediateTable', fault: { kind: 'error', code: 'ThrottlingException' } });
    return outcome(await rooms.send({ method: 'GET', path: rooms.path() }));
  }, { 429: [429, 'ThrottlingException', undefined], 400: [400, 'ThrottlingException', undefined] }],

  queryParametersVisible: [async () => {
    const { analysisId } = await rooms.begin(undefined, { parameters: { given: 'g' } }, withDefaults());
    return (await rooms.query(analysisId)).sqlParameters.parameters;
  }, { given: { given: 'g' }, merged: { given: 'g', region: 'south' }, none: undefined }],

  activeVersionParameters: [async () => {
    const table = withDefaults();
    await rooms.populated(undefined, { parameters: { given: 'g' } }, table);
    return (await rooms.getTable(table)).intermediateTableVersion.parameters;
  }, { given: { given: 'g' }, merged: { given: 'g', region: 'south' }, none: undefined }],

  activeVersionAfterExpiry: [async () => {
    const { versionId } = await ended('SUCCESS');
    rooms.clock.advance(31 * 24 * 3600);
    const { status, intermediateTableVersion } = await rooms.getTable();
    return [status, intermediateTableVersion && intermediateTableVersion.versionId === versionId];
  }, { shown: ['RETENTION_PERIOD_EXPIRED', true], absent: ['RETENTION_PERIOD_EXPIRED', undefined] }],
};

test.each(Object.entries(BEHAVIOUR_POSITIONS).flatMap(([name, positions]) =>
  positions.map((position) => [name as keyof Behaviours, position] as const)))('%s can be %s', async (name, position) => {
  asked = [];
  rooms = await Harness.start({
    behaviours: { [name]: position }, authorize: ({ resources }) => { asked.push(resources); return undefined; },
  });
  const [does, sees] = SWITCHES[name];
  expect(Object.keys(sees)).toContain(String(position));
  expect(await does()).toEqual(sees[String(position) as keyof typeof sees]);
});
