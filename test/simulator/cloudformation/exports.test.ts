import { Cloud } from '../../../simulator/cloud';
import { StackSource, TemplateResource } from '../../../simulator/cloudformation/assembly';
import { stackOf } from '../templates';

const parameter = (value: unknown): TemplateResource => ({ Type: 'AWS::SSM::Parameter', Properties: { Value: value } });
const exporting = (value: string, name = 'shared', stack = 'Producer'): StackSource => stackOf(
  { A: parameter(value) }, { Outputs: { Out: { Value: { 'Fn::GetAtt': ['A', 'Value'] }, Export: { Name: name } } } }, stack);
const importing = (stack = 'Consumer'): StackSource => stackOf({ B: parameter({ 'Fn::ImportValue': 'shared' }) }, {}, stack);

let cloud: Cloud;
beforeEach(() => { cloud = new Cloud({ start: 0 }); });
afterEach(() => cloud.close());

const valueOf = (stack: string, logicalId: string): unknown => cloud.stack(stack).resources.get(logicalId)!.properties.Value;

describe('an export in use', () => {
  beforeEach(async () => {
    await cloud.deploy(exporting('one'));
    await cloud.deploy(importing());
  });

  test('cannot be updated, which shows when all resources have been', async () => {
    const { status, events } = await cloud.deploy(exporting('two'));
    expect(status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(events.map(({ logicalId, status: of, reason }) => [logicalId, of, reason])).toEqual([
      ['Producer', 'UPDATE_IN_PROGRESS', 'User Initiated'], ['A', 'UPDATE_IN_PROGRESS', undefined], ['A', 'UPDATE_COMPLETE', undefined],
      ['Producer', 'UPDATE_ROLLBACK_IN_PROGRESS', 'Export shared cannot be updated as it is in use by Consumer'],
      ['A', 'UPDATE_IN_PROGRESS', undefined], ['A', 'UPDATE_COMPLETE', undefined],
      ['Producer', 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', undefined],
      ['Producer', 'UPDATE_ROLLBACK_COMPLETE', 'Export shared cannot be updated as it is in use by Consumer'],
    ]);
    expect(valueOf('Producer', 'A')).toBe('one');
    expect(cloud.stack('Producer').outputs).toEqual({ Out: 'one' });
  });

  test('cannot be taken out of the template', async () => {
    const { status, reason } = await cloud.deploy(stackOf({ A: parameter('one') }, {}, 'Producer'));
    expect([status, reason]).toEqual(['UPDATE_ROLLBACK_COMPLETE', 'Export shared cannot be deleted as it is in use by Consumer']);
  });

  test('keeps its stack from being deleted, which stays as it was', async () => {
    await cloud.deploy(importing('Other'));
    const { status, reason, events } = await cloud.destroy('Producer');
    expect([status, reason]).toEqual([
      'CREATE_COMPLETE', 'Delete canceled. Cannot delete export shared as it is in use by Consumer and Other.',
    ]);
    expect(events).toEqual([expect.objectContaining({ logicalId: 'Producer', status: 'CREATE_COMPLETE', reason })]);
    expect([...cloud.stack('Producer').resources.keys()]).toEqual(['A']);
  });

  test('may stay as it is while the rest changes', async () => {
    const { template } = exporting('one');
    const source = stackOf({ ...template.Resources, More: parameter('m') }, { Outputs: template.Outputs }, 'Producer');
    expect((await cloud.deploy(source)).status).toBe('UPDATE_COMPLETE');
  });

  test.each<[string, () => Promise<unknown>]>([
    ['imports it no more', () => cloud.deploy(stackOf({ B: parameter('own') }, {}, 'Consumer'))],
    ['is deleted', () => cloud.destroy('Consumer')],
  ])('is free again when its last importer %s', async (_how, release) => {
    await release();
    expect((await cloud.deploy(exporting('two'))).status).toBe('UPDATE_COMPLETE');
    expect((await cloud.destroy('Producer')).status).toBe('DELETE_COMPLETE');
  });

  test('is still in use where the importer\'s update was rolled back', async () => {
    await cloud.deploy(
      stackOf({ B: parameter('own'), C: { Type: 'Test::Resource::Fails', Properties: { Fail: 'true' } } }, {}, 'Consumer'),
    );
    expect((await cloud.deploy(exporting('two'))).status).toBe('UPDATE_ROLLBACK_COMPLETE');
  });
});

test('an import in a branch that is not taken uses nothing', async () => {
  await cloud.deploy(exporting('one'));
  const chosen = { 'Fn::If': ['Never', { 'Fn::ImportValue': 'shared' }, 'own'] };
  await cloud.deploy(stackOf({ B: parameter(chosen) }, { Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } } }, 'Consumer'));
  expect((await cloud.deploy(exporting('two'))).status).toBe('UPDATE_COMPLETE');
});

test('an export has one owner', async () => {
  await cloud.deploy(exporting('one'));
  const { status, reason } = await cloud.deploy(exporting('one', 'shared', 'Second'));
  expect([status, reason]).toEqual(['ROLLBACK_COMPLETE', 'Export with name shared is already exported by stack Producer']);
  expect((await cloud.deploy(exporting('one', 'own', 'Third'))).status).toBe('CREATE_COMPLETE');
});

test('an output that cannot be found out rolls the stack back', async () => {
  const { status, reason } = await cloud.deploy(
    stackOf({ A: parameter('a') }, { Outputs: { Out: { Value: { 'Fn::GetAtt': ['A', 'Nothing'] } } } }),
  );
  expect([status, reason]).toEqual(['ROLLBACK_COMPLETE', expect.stringContaining('Nothing')]);
});
