import { FAILURE, OUTPUT, SENT, World } from './support';
import { report } from '../../../src/handlers/deployment/report';
import { awaitedId, type Awaited } from '../../../src/handlers/record/awaited';
import { UNREACHABLE } from '../record/fake';

const RUN = 'arn:aws:states:eu-west-1:111122223333:execution:Audience:run-1';
const WAIT = 'https://wait.example?signature=w';
const target = (nth: number) => ({ url: `https://response-${nth}.example?signature=s`, StackId: 's', RequestId: `r${nth}`, LogicalResourceId: 'l', PhysicalResourceId: 'p' });

const awaited = (more: Partial<Awaited> = {}): Awaited => ({ requestedAt: SENT, action: 'POPULATE', responses: [target(1)], ...more });

function worldWith(document?: Awaited): World {
  const world = new World();
  if (document) {
    world.documents.set(awaitedId(RUN), document);
  }
  return world;
}

const kept = (world: World) => world.documents.get<Awaited>(awaitedId(RUN));

describe('the report of a run', () => {
  test('of a success goes to the resource that waits, without its URL in the text', async () => {
    const world = worldWith(awaited());
    await report(RUN, { output: OUTPUT }, world.outside);
    expect(world.put).toEqual([{ url: target(1).url, body: expect.objectContaining({ Status: 'SUCCESS', RequestId: 'r1', PhysicalResourceId: 'p' }) }]);
    expect(world.put[0].body.Data).toMatchObject({ versionId: 'version-1', Execution: RUN });
    expect(JSON.stringify(world.put[0].body)).not.toContain('signature');
  });

  test('of a failure has the same physical id', async () => {
    const world = worldWith(awaited());
    await report(RUN, { failure: FAILURE }, world.outside);
    expect(world.put[0].body).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'p', Reason: expect.stringContaining('ProtectedQueryFailed: OOM') });
  });

  test('of a release is a success, whatever happened: a delete is never held up', async () => {
    const world = worldWith(awaited({ action: 'RELEASE' }));
    await report(RUN, { failure: FAILURE }, world.outside);
    expect(world.put[0].body).toMatchObject({ Status: 'SUCCESS', Data: {} });
  });

  test.each([
    ['success', { output: OUTPUT }, { Status: 'SUCCESS', UniqueId: 'population', Data: expect.stringContaining('version-1') }],
    ['failure', { failure: FAILURE }, { Status: 'FAILURE', UniqueId: 'population', Reason: expect.stringContaining('ProtectedQueryFailed') }],
  ])('of a %s goes to the wait condition and to everybody else who waits', async (_what, ended, body) => {
    const world = worldWith(awaited({ waitHandle: WAIT, responses: [target(1), target(2)] }));
    await report(RUN, ended, world.outside);
    expect(world.put.map(({ url }) => url)).toEqual([WAIT, target(1).url, target(2).url]);
    expect(world.put[0].body).toMatchObject(body);
  });

  test('goes nowhere where nobody is on record, whatever the execution says of itself', async () => {
    const world = worldWith();
    await report(RUN, { failure: FAILURE }, world.outside);
    expect([world.put, world.documents.writes]).toEqual([[], 0]);
  });
});

describe('a run that reports twice, as after a crash', () => {
  test('is heard once, and no URL is kept', async () => {
    const world = worldWith(awaited({ waitHandle: WAIT }));
    await report(RUN, { output: OUTPUT }, world.outside);
    const { writes } = world.documents;
    await report(RUN, { failure: FAILURE }, world.outside);
    expect(world.put).toHaveLength(2);
    expect(world.documents.writes).toBe(writes);
    expect(kept(world)).toEqual({ requestedAt: SENT, action: 'POPULATE', responses: [], ended: { output: OUTPUT } });
    expect(world.documents.lives.get(awaitedId(RUN))!.expires).toBe((SENT / 1000) + 86_400);
  });

  test('says what it said first: a run that could not be heard, and was then called broken, has ended well', async () => {
    const world = worldWith(awaited());
    world.refusing.add(target(1).url);
    await expect(report(RUN, { output: OUTPUT }, world.outside)).rejects.toThrow('answered status 503');
    world.refusing.clear();
    await report(RUN, { failure: FAILURE }, world.outside);
    expect(world.put).toMatchObject([{ body: { Status: 'SUCCESS' } }]);
  });

  test('tells those again who could not be told, and only those', async () => {
    const world = worldWith(awaited({ responses: [target(1), target(2)] }));
    world.refusing.add(target(1).url);
    await expect(report(RUN, { output: OUTPUT }, world.outside)).rejects.toThrow('answered status 503');
    world.refusing.clear();
    await report(RUN, { output: OUTPUT }, world.outside);
    expect(world.put.map(({ url }) => url)).toEqual([target(2).url, target(1).url]);
  });

  test('tells again what is not known to have been told', async () => {
    const world = worldWith(awaited());
    world.documents.befalls(awaitedId(RUN), 'ASKED_AGAIN', { before: UNREACHABLE });
    await report(RUN, { output: OUTPUT }, world.outside).catch(() => report(RUN, { output: OUTPUT }, world.outside));
    expect(world.put.map(({ url }) => url)).toEqual([target(1).url, target(1).url]);
    expect(kept(world)?.responses).toEqual([]);
  });
});

test('a record that cannot be reached is an error that says why, so that the machine asks again', async () => {
  const world = worldWith(awaited());
  world.documents.befalls(awaitedId(RUN), { before: UNREACHABLE });
  await expect(report(RUN, { output: OUTPUT }, world.outside)).rejects.toThrow(`who waits for ${RUN} cannot be reached. TimeoutError: Connection timed out`);
  expect(world.put).toEqual([]);
});

test('who comes while the others are told is not forgotten', async () => {
  const world = worldWith(awaited());
  const late = target(2);
  // Between the reading and the writing of how the run ended.
  world.documents.befalls(awaitedId(RUN), { meanwhile: () => world.documents.set(awaitedId(RUN), awaited({ responses: [target(1), late] })) });
  await report(RUN, { output: OUTPUT }, world.outside);
  expect(world.put.map(({ url }) => url)).toEqual([target(1).url, late.url]);
});

test('the log tells no URL', async () => {
  const world = worldWith(awaited({ waitHandle: WAIT }));
  await report(RUN, { output: OUTPUT }, world.outside);
  expect(world.logged.join()).toContain(RUN);
  expect(world.logged.join()).not.toContain('signature');
});
