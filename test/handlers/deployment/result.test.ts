import { eventOf, FAILURE, OUTPUT, TABLE, World } from './support';
import type { Ended } from '../../../src/contract/workflow';
import { answerResult, report, responseFor } from '../../../src/handlers/deployment/report';
import { runKey, type RunItem } from '../../../src/handlers/record/items';
import { UNREACHABLE } from '../record/fake';

const RUN = 'arn:aws:states:eu-west-1:111122223333:execution:Audience:run-1';
const attributes = { versionId: 'version-1', Execution: RUN };
const signalOf = (execution: string) => JSON.stringify({ population: JSON.stringify({ ...attributes, Execution: execution }) });

const resultEvent = (type: 'Create' | 'Update' | 'Delete', properties: { readonly Result?: string; readonly Signal?: string } = {}) => eventOf(type, {
  properties: { ServiceToken: 'arn:function', Execution: RUN, Result: '', Signal: '{}', ...properties }, more: { ResourceType: 'Custom::IntermediateTableVersion' },
});

/** A world in which the run is at work, with or without somebody else who waits for it. */
function worldWith(more: Partial<RunItem> = {}): World {
  const world = new World();
  world.store.set(runKey(RUN), { table: TABLE, action: 'POPULATE', ...more });
  return world;
}

const answering = async (world: World, event = resultEvent('Update')) => {
  await answerResult(event, world.ports());
  return world.put.map(({ body }) => body);
};
const waiting = (world: World) => world.store.get<RunItem>(runKey(RUN))?.responses;

describe('the version that a stack refers to', () => {
  test('is what the other resource has waited for itself, without asking anybody', async () => {
    const world = new World();
    const { Data: { Result } } = responseFor(RUN, { output: OUTPUT }) as unknown as { Data: { Result: string } };
    expect(await answering(world, resultEvent('Update', { Result, Signal: signalOf('arn:before') })))
      .toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'physical-id', Data: { versionId: 'version-1', Execution: RUN } }]);
    expect(world.store.asked).toEqual([]);
  });

  test('is what the wait condition has heard of the run, without asking anybody', async () => {
    const world = new World();
    expect(await answering(world, resultEvent('Create', { Signal: signalOf(RUN) }))).toMatchObject([{ Status: 'SUCCESS', Data: attributes }]);
    expect(world.store.asked).toEqual([]);
  });

  test.each([
    ['another run\'s signal', { Signal: signalOf('arn:before') }],
    ['no signal', { Signal: undefined }],
    ['no result', { Result: undefined }],
    ['a signal that is not ours', { Signal: '{"population":"x"}' }],
    ['a result that is not ours', { Result: 'null' }],
  ])('is not what %s says', async (_what, properties) => {
    const world = worldWith({ outcome: { output: { ...OUTPUT, versionId: 'version-2' } } });
    expect(await answering(world, resultEvent('Update', properties))).toMatchObject([{ Status: 'SUCCESS', Data: { versionId: 'version-2' } }]);
  });

  test.each<[string, Ended, object]>([
    ['well', { output: OUTPUT }, { Status: 'SUCCESS', Data: { versionId: 'version-1' } }],
    ['badly', { failure: FAILURE }, { Status: 'FAILED', Reason: expect.stringContaining('ProtectedQueryFailed') }],
  ])('is on record where the run has ended %s, and nothing is written', async (_what, outcome, body) => {
    const world = worldWith({ outcome });
    expect(await answering(world)).toMatchObject([body]);
    expect(world.store.writes()).toBe(0);
  });

  test('is waited for while the run goes on: the run\'s report brings it', async () => {
    const world = worldWith();
    expect(await answering(world)).toEqual([]);
    await report(RUN, { output: OUTPUT }, world.ports());
    expect(world.put).toMatchObject([{ url: eventOf('Update').ResponseURL, body: { Status: 'SUCCESS', PhysicalResourceId: 'physical-id' } }]);
  });

  test('is waited for once where its event is delivered twice', async () => {
    const world = worldWith();
    await answering(world);
    await answering(world);
    expect(waiting(world)).toHaveLength(1);
  });

  test('is told at once where the run ends just before it is on record', async () => {
    const world = worldWith();
    world.store.trouble = (request) => {
      if (request.startsWith('write run')) {
        world.store.trouble = () => undefined;
        world.store.set(runKey(RUN), { table: TABLE, action: 'POPULATE', outcome: { output: OUTPUT } });
      }
      return undefined;
    };
    expect(await answering(world)).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  test('cannot be told of a run that is not on record any more', async () => {
    expect(await answering(new World())).toMatchObject([
      { Status: 'FAILED', Reason: `What came of the execution ${RUN} is not on record any more. Populate again.` },
    ]);
  });

  test('is nobody\'s when its resource is deleted', async () => {
    const world = new World();
    expect(await answering(world, resultEvent('Delete'))).toMatchObject([{ Status: 'SUCCESS', Data: {}, PhysicalResourceId: 'physical-id' }]);
    expect(world.store.asked).toEqual([]);
  });
});

describe('where DynamoDB cannot be reached', () => {
  test('for nine minutes, it is asked again', async () => {
    const world = worldWith({ outcome: { output: OUTPUT } });
    world.befalls(/./, UNREACHABLE, 540);
    expect(await answering(world)).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  test('for longer, it is a failure in words', async () => {
    const world = worldWith();
    world.befalls(/./, UNREACHABLE);
    expect(await answering(world)).toMatchObject([{
      Status: 'FAILED',
      Reason: `How the execution ${RUN} ends cannot be told. TimeoutError: Connection timed out after 2000 ms. It goes on.`,
    }]);
    expect(world.elapsed).toBeLessThan(610_000);
  });
});
