import { eventOf, FAILED, SUCCESS, TABLE, World } from './support';
import { answerResult, report, responseFor } from '../../../src/handlers/deployment/report';
import { runKey, type RunItem } from '../../../src/handlers/record/items';
import { UNREACHABLE } from '../record/fake';

const RUN = 'arn:aws:states:eu-west-1:111122223333:execution:Audience:run-1';
const signalOf = (Execution: string) => JSON.stringify({ population: JSON.stringify({ versionId: 'version-1', Execution }) });
const { Data: { Result } } = responseFor(RUN, SUCCESS) as unknown as { Data: { Result: string } };

type Properties = { readonly Result?: string; readonly Signal?: string };
const resultEvent = (type: 'Create' | 'Update' | 'Delete', properties: Properties = {}) => eventOf(type, {
  properties: { ServiceToken: 'arn:function', Execution: RUN, Result: '', Signal: '{}', ...properties },
  more: { ResourceType: 'Custom::IntermediateTableVersion' },
});

/** A world in which the run is at work, or has ended. */
function worldWith(more: Partial<RunItem> = {}): World {
  const world = new World();
  world.store.set(runKey(RUN), { table: TABLE, action: 'POPULATE', ...more });
  return world;
}

const answering = async (world: World, event = resultEvent('Update')) => {
  await answerResult(event, world.ports());
  return world.put.map(({ body }) => body);
};

describe('the version that a stack refers to', () => {
  const told = { Status: 'SUCCESS', PhysicalResourceId: 'physical-id', Data: { versionId: 'version-1', Execution: RUN } };
  test.each<[string, 'Create' | 'Update' | 'Delete', Properties, object]>([
    ['is what the other resource has waited for itself', 'Update', { Result, Signal: signalOf('arn:before') }, told],
    ['is what the wait condition has heard of the run', 'Update', { Signal: signalOf(RUN) }, told],
    ['is nobody\'s when its resource is deleted', 'Delete', {}, { Status: 'SUCCESS', Data: {}, PhysicalResourceId: 'physical-id' }],
  ])('%s, without asking anybody', async (_what, type, properties, answer) => {
    const world = new World();
    expect(await answering(world, resultEvent(type, properties))).toMatchObject([answer]);
    expect(world.store.asked).toEqual([]);
  });

  test.each([
    ['another run\'s signal', { Signal: signalOf('arn:before') }],
    ['no signal', { Signal: undefined }],
    ['no result', { Result: undefined }],
    ['a signal that is not ours', { Signal: '{"population":"x"}' }],
    ['a result that is not ours', { Result: 'null' }],
  ])('is not what %s says, but what is on record, and nothing is written', async (_what, properties) => {
    const world = worldWith({ outcome: { output: { ...SUCCESS.output, versionId: 'version-2' } } });
    const answer = { Status: 'SUCCESS', Data: { versionId: 'version-2' } };
    expect(await answering(world, resultEvent('Update', properties))).toMatchObject([answer]);
    expect(world.store.writes()).toBe(0);
  });

  test('is a failure where the run has ended badly, by what is on record', async () => {
    const world = worldWith({ outcome: FAILED });
    expect(await answering(world)).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('ProtectedQueryFailed') }]);
    expect(world.store.writes()).toBe(0);
  });

  test('is waited for while the run goes on, once, however often its event comes: the run\'s report brings it', async () => {
    const world = worldWith();
    await answering(world);
    expect(await answering(world)).toEqual([]);
    await report(RUN, SUCCESS, world.ports());
    const body = { Status: 'SUCCESS', PhysicalResourceId: 'physical-id' };
    expect(world.put).toMatchObject([{ url: eventOf('Update').ResponseURL, body }]);
  });

  test('is told at once where the run ends just before it is on record', async () => {
    const world = worldWith();
    world.store.trouble = (request) => {
      if (request.startsWith('write run')) {
        world.store.trouble = () => undefined;
        world.store.set(runKey(RUN), { table: TABLE, action: 'POPULATE', outcome: SUCCESS });
      }
      return undefined;
    };
    expect(await answering(world)).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  const unreached = `How the execution ${RUN} ends cannot be told. TimeoutError: Connection timed out after 2000 ms. It goes on.`;
  test.each<[string, World, object]>([
    ['of a run that is not on record any more', new World(),
      { Status: 'FAILED', Reason: `What came of the execution ${RUN} is not on record any more. Populate again.` }],
    ['where DynamoDB cannot be reached for too long', worldWith().befalls(/./, UNREACHABLE), { Status: 'FAILED', Reason: unreached }],
    ['but where it cannot for nine minutes, after which it is asked again', worldWith({ outcome: SUCCESS }).befalls(/./, UNREACHABLE, 540),
      { Status: 'SUCCESS' }],
  ])('cannot be told %s', async (_what, world, answer) => {
    expect(await answering(world)).toMatchObject([answer]);
    expect(world.elapsed).toBeLessThan(610_000);
  });
});
