import { eventOf, FAILURE, OUTPUT, refusal, SENT, World } from './support';
import type { Ended } from '../../../src/contract/workflow';
import { report } from '../../../src/handlers/deployment/report';
import { answerResult } from '../../../src/handlers/deployment/result';
import { awaitedId, type Awaited } from '../../../src/handlers/record/awaited';
import { UNREACHABLE } from '../record/fake';

const RUN = 'arn:aws:states:eu-west-1:111122223333:execution:Audience:run-1';
const signalOf = (execution: string) => JSON.stringify({ population: JSON.stringify({ versionId: 'version-1', Execution: execution }) });

const resultEvent = (type: 'Create' | 'Update' | 'Delete', Signal?: string) =>
  eventOf(type, { more: { ResourceType: 'Custom::IntermediateTableVersion', ResourceProperties: { Execution: RUN, Signal } } });

/** A world in which the run is at work, with or without somebody else who waits for it. */
function worldWith(more: Partial<Awaited> = {}): World {
  const world = new World();
  world.documents.set(awaitedId(RUN), { requestedAt: SENT, action: 'POPULATE', responses: [], ...more });
  world.executions.set(RUN, { status: 'RUNNING' });
  return world;
}

const answering = async (world: World, event = resultEvent('Update')) => {
  await answerResult(event, world.outside);
  return world.put.map(({ body }) => body);
};

describe('the version that a stack refers to', () => {
  test('is what the wait condition has heard of the run, without asking anybody', async () => {
    const world = new World();
    expect(await answering(world, resultEvent('Create', signalOf(RUN)))).toMatchObject([{ Status: 'SUCCESS', Data: { versionId: 'version-1', Execution: RUN } }]);
    expect(world.documents.asked).toEqual([]);
  });

  test.each([
    ['another run\'s signal', signalOf('arn:before')],
    ['no signal', undefined],
    ['a signal that is not ours', '{"population":"x"}'],
  ])('is not what %s says', async (_what, signal) => {
    const world = worldWith({ ended: { output: { ...OUTPUT, versionId: 'version-2' } } });
    expect(await answering(world, resultEvent('Update', signal))).toMatchObject([{ Status: 'SUCCESS', Data: { versionId: 'version-2' } }]);
  });

  test.each<[string, Ended, object]>([
    ['well', { output: OUTPUT }, { Status: 'SUCCESS', Data: { versionId: 'version-1' } }],
    ['badly', { failure: FAILURE }, { Status: 'FAILED', Reason: expect.stringContaining('ProtectedQueryFailed') }],
  ])('is on record where the run has said that it ended %s, though its execution may go on', async (_what, ended, body) => {
    const world = worldWith({ ended });
    expect(await answering(world)).toMatchObject([body]);
    expect(world.documents.writes).toBe(0);
  });

  test('is waited for while the run goes on: the run\'s report brings it', async () => {
    const world = worldWith();
    expect(await answering(world)).toEqual([]);
    await report(RUN, { output: OUTPUT }, world.outside);
    expect(world.put).toMatchObject([{ url: eventOf('Update').ResponseURL, body: { Status: 'SUCCESS', PhysicalResourceId: 'physical-id' } }]);
  });

  test('is waited for once where its event is delivered twice', async () => {
    const world = worldWith();
    await answering(world);
    await answering(world);
    expect(world.documents.get<Awaited>(awaitedId(RUN))?.responses).toHaveLength(1);
  });

  test('is told at once where the run ends just before it is on record', async () => {
    const world = worldWith();
    world.documents.befalls(awaitedId(RUN), { meanwhile: () => { world.documents.set(awaitedId(RUN), { requestedAt: SENT, action: 'POPULATE', responses: [], ended: { output: OUTPUT } }); } });
    expect(await answering(world)).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  test.each<[string, object, object]>([
    ['ended well', { status: 'SUCCEEDED', output: JSON.stringify(OUTPUT) }, { Status: 'SUCCESS', Data: { versionId: 'version-1' } }],
    ['failed', { status: 'FAILED', error: 'ProtectedQueryFailed', cause: 'OOM' }, { Status: 'FAILED', Reason: `ProtectedQueryFailed: OOM. Execution ${RUN}.` }],
    ['was stopped', { status: 'ABORTED' }, { Status: 'FAILED', Reason: expect.stringContaining('ended as ABORTED') }],
  ])('is asked of Step Functions where an execution %s that nobody has on record any more', async (_what, execution, body) => {
    const world = new World();
    world.executions.set(RUN, execution);
    expect(await answering(world)).toMatchObject([body]);
  });

  test('is waited for where the record of a run was lost that goes on', async () => {
    const world = new World();
    world.executions.set(RUN, { status: 'RUNNING' });
    expect(await answering(world)).toEqual([]);
    await report(RUN, { output: OUTPUT }, world.outside);
    expect(world.put).toMatchObject([{ body: { Status: 'SUCCESS' } }]);
  });

  test('cannot be told of an execution that is not there any more', async () => {
    expect(await answering(new World())).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining(`The execution ${RUN} is not there any more`) }]);
  });

  test('is nobody\'s when its resource is deleted', async () => {
    const world = new World();
    expect(await answering(world, resultEvent('Delete'))).toMatchObject([{ Status: 'SUCCESS', Data: {}, PhysicalResourceId: 'physical-id' }]);
    expect(world.documents.asked).toEqual([]);
  });
});

describe('where a service does not answer', () => {
  const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);

  test('it is asked again', async () => {
    const world = new World();
    world.executions.set(RUN, { status: 'SUCCEEDED', output: JSON.stringify(OUTPUT) });
    world.documents.befalls(awaitedId(RUN), ...times(3, { before: UNREACHABLE }));
    world.describes.push(...times(3, refusal('ThrottlingException', { throttled: true })));
    expect(await answering(world)).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  test('the run answers where only Step Functions is silent', async () => {
    const world = worldWith();
    world.describes.push(...times(100, refusal('ThrottlingException', { throttled: true })));
    expect(await answering(world)).toEqual([]);
    expect(world.documents.get<Awaited>(awaitedId(RUN))?.responses).toHaveLength(1);
  });

  test('Step Functions does where only DynamoDB is silent', async () => {
    const world = new World();
    world.executions.set(RUN, { status: 'SUCCEEDED', output: JSON.stringify(OUTPUT) });
    world.documents.befalls(awaitedId(RUN), ...times(100, { before: UNREACHABLE }));
    expect(await answering(world)).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  test('for long, it is a failure in the words of both', async () => {
    const world = worldWith();
    world.documents.befalls(awaitedId(RUN), ...times(100, { before: UNREACHABLE }));
    world.describes.push(...times(100, refusal('ThrottlingException', { throttled: true })));
    const [{ Status, Reason }] = await answering(world);
    expect(Status).toBe('FAILED');
    expect(Reason).toContain(RUN);
    expect(Reason).toContain('TimeoutError: Connection timed out after 2000 ms; ThrottlingException: No.');
  });
});
