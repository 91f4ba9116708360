import { Cloud } from '../../../simulator/cloud';
import { Template } from '../../../simulator/cloudformation/assembly';
import { ending, fails, parameter, stackOf } from '../templates';

const reading = (Value: unknown, Name?: string): Template['Outputs'] => ({ Out: { Value, ...(Name ? { Export: { Name } } : {}) } });
const VALUE_OF_A = { 'Fn::GetAtt': ['A', 'Value'] };

let cloud: Cloud;
beforeEach(() => { cloud = new Cloud({ start: 0 }); });
afterEach(() => cloud.close());

const exporting = (value: string, stack = 'Producer', name = 'shared', more = {}) =>
  cloud.deploy(stackOf({ A: parameter(value), ...more }, { Outputs: reading(VALUE_OF_A, name) }, stack));
const consumer = (value: unknown = { 'Fn::ImportValue': 'shared' }, stack = 'Consumer', more = {}) =>
  cloud.deploy(stackOf({ B: parameter(value), ...more }, { Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } } }, stack));
const valueOf = (stack: string, logicalId: string): unknown => cloud.stack(stack).resources.get(logicalId)!.properties.Value;

describe('an export in use', () => {
  beforeEach(async () => {
    await exporting('one');
    await consumer();
    expect(valueOf('Consumer', 'B')).toBe('one');
  });

  test('cannot be updated, which shows when all resources have been', async () => {
    const { status, events } = await exporting('two');
    expect(status).toBe('UPDATE_ROLLBACK_COMPLETE');
    const reason = 'Export shared cannot be updated as it is in use by Consumer';
    expect(events.map(({ logicalId, status: of, reason: why }) => [logicalId, of, why])).toEqual([
      ['Producer', 'UPDATE_IN_PROGRESS', 'User Initiated'], ['A', 'UPDATE_IN_PROGRESS', undefined], ['A', 'UPDATE_COMPLETE', undefined],
      ['Producer', 'UPDATE_ROLLBACK_IN_PROGRESS', reason], ['A', 'UPDATE_IN_PROGRESS', undefined], ['A', 'UPDATE_COMPLETE', undefined],
      ['Producer', 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', undefined], ['Producer', 'UPDATE_ROLLBACK_COMPLETE', reason],
    ]);
    expect([valueOf('Producer', 'A'), cloud.stack('Producer').outputs]).toEqual(['one', { Out: 'one' }]);
  });

  test('cannot be taken out of the template', async () => {
    expect(await cloud.deploy(stackOf({ A: parameter('one') }, {}, 'Producer'))).toMatchObject({
      status: 'UPDATE_ROLLBACK_COMPLETE', reason: 'Export shared cannot be deleted as it is in use by Consumer',
    });
  });

  test('keeps its stack from being deleted, which stays as it was', async () => {
    await consumer(undefined, 'Other');
    const reason = 'Delete canceled. Cannot delete export shared as it is in use by Consumer and Other.';
    const result = await cloud.destroy('Producer');
    expect(result).toMatchObject({ status: 'CREATE_COMPLETE', reason });
    expect(result.events).toEqual([expect.objectContaining({ logicalId: 'Producer', status: 'CREATE_COMPLETE', reason })]);
    expect([...cloud.stack('Producer').resources.keys()]).toEqual(['A']);
  });

  test('may stay as it is while the rest changes', async () => {
    expect((await exporting('one', 'Producer', 'shared', { More: parameter('m') })).status).toBe('UPDATE_COMPLETE');
  });

  test.each<[string, () => Promise<unknown>]>([
    ['imports it no more', () => consumer('own')],
    ['is deleted', () => cloud.destroy('Consumer')],
  ])('is free again when its last importer %s', async (_how, release) => {
    await release();
    expect((await exporting('two')).status).toBe('UPDATE_COMPLETE');
    expect((await cloud.destroy('Producer')).status).toBe('DELETE_COMPLETE');
  });

  test('is still in use where the importer\'s update was rolled back', async () => {
    await consumer('own', 'Consumer', { C: fails() });
    expect((await exporting('two')).status).toBe('UPDATE_ROLLBACK_COMPLETE');
  });
});

test('an import in a branch that is not taken uses nothing', async () => {
  await exporting('one');
  await consumer({ 'Fn::If': ['Never', { 'Fn::ImportValue': 'shared' }, 'own'] });
  expect((await exporting('two')).status).toBe('UPDATE_COMPLETE');
});

test('an export has one owner', async () => {
  await exporting('one');
  expect(await exporting('one', 'Second')).toMatchObject({
    status: 'ROLLBACK_COMPLETE', reason: 'Export with name shared is already exported by stack Producer',
  });
  expect(ending(await exporting('one', 'Third', 'own'))).toEqual(['CREATE_COMPLETE']);
});

test('an output that cannot be found out rolls the stack back', async () => {
  const result = await cloud.deploy(stackOf({ A: parameter('a') }, { Outputs: reading({ 'Fn::GetAtt': ['A', 'Nothing'] }) }));
  expect(result).toMatchObject({ status: 'ROLLBACK_COMPLETE', reason: expect.stringContaining('Nothing') });
});
