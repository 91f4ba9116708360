import * as fc from 'fast-check';
import { step } from '../../../src/handlers/population/step';
import type { Trouble } from '../rooms';
import { DEFINITION, DEPLOYMENT, executionArn, STARTED_AT } from '../support';
import { World, type Execution } from '../world';

const TROUBLES: readonly Trouble[] = ['UNREAD', 'LOST', 'BREAKS_BEFORE', 'BREAKS_AFTER'];
const mayGoLive = ({ ended }: Execution) => /may go live|may be running/.test(ended?.failure?.cause ?? '');

/** What is promised of every run, whatever befell it. */
function check(world: World): void {
  for (const { arn, ended, machine } of world.executions) {
    const own = world.rooms.populates.filter(({ by }) => by === arn);
    expect(own.length).toBeLessThanOrEqual(1);
    if (ended?.output?.status === 'POPULATED') {
      const made = world.rooms.populates.find(({ versionId }) => versionId === ended?.output?.versionId);
      const { parameters } = machine.run!.definition.population;
      // Where the service shows no parameters, a stranger's of the same moments cannot be told from its own.
      expect(made).toMatchObject({ outcome: 'SUCCESS', parameters: world.rooms.shows ? parameters : expect.anything() });
    }
  }
}

describe('a run by itself', () => {
  test('populates once, is live and leaves nothing behind', async () => {
    const world = new World();
    const run = world.start('run-1');
    await world.play();
    expect(run.ended).toMatchObject({ output: { status: 'POPULATED', versionId: 'version-1' } });
    expect(world.record).toMatchObject({ turns: [], made: [{ versionId: 'version-1', execution: run.arn }] });
    expect(world.record.sent).toBeUndefined();
    expect(world.documents.get('line')).toMatchObject({ entries: [] });
  });

  test('whatever befalls one or two of its calls: one populate, an end, and no success with anything else', async () => {
    const trouble = fc.tuple(fc.nat(45), fc.constantFrom(...TROUBLES));
    const some = fc.array(trouble, { minLength: 1, maxLength: 2 });
    await fc.assert(fc.asyncProperty(some, fc.boolean(), fc.constantFrom(0, 3, 20), async (troubles, shows, lag) => {
      const world = new World();
      Object.assign(world.rooms, { shows, listsLag: lag });
      world.troubles = new Map(troubles);
      const run = world.start('run-1');
      await world.play();
      check(world);
      expect(run.ended?.output?.status).toBe('POPULATED');
      expect(world.record.turns).toEqual([]);
      expect(world.record.made).toHaveLength(1);
    }), { numRuns: 400 });
  }, 60_000);
});

describe('a step that goes on while the machine has started another one', () => {
  test.each([true, false])('sends no second populate, whether or not the service refuses one: %s', async (refuses) => {
    const world = new World();
    world.rooms.refusesWhilePopulating = refuses;
    const { machine } = world.start('run-1');
    world.rooms.whose = executionArn('run-1');
    await Promise.all([step(machine, world.outside()), step(machine, world.outside()), step(machine, world.outside())]);
    await world.play();
    check(world);
    expect(world.rooms.populates).toHaveLength(1);
    expect(world.executions[0].ended?.output?.status).toBe('POPULATED');
  });
});

describe('many runs of a population', () => {
  const acts = fc.array(fc.record({
    what: fc.constantFrom('RUN', 'OTHER', 'DEPLOY', 'STOP', 'STRANGER', 'FAILS', 'RELEASE'),
    after: fc.integer({ min: 0, max: 120 }),
    which: fc.nat(3),
  }), { minLength: 2, maxLength: 6 });
  const trouble = fc.tuple(fc.nat(150), fc.constantFrom(...TROUBLES));
  const troubles = fc.array(trouble, { maxLength: 4 });

  function act(world: World, what: string, which: number, index: number): void {
    const name = `run-${index}`;
    switch (what) {
      case 'RUN': world.start(name); break;
      case 'OTHER': world.start(name, { parameters: { region: 'south' } }); break;
      case 'STRANGER': world.rooms.accept({ region: 'east' }); break;
      case 'FAILS': world.rooms.failing = 1; break;
      case 'STOP': world.stop(world.executions[which] ?? {} as Execution); break;
      default: deploy(world, what, name);
    }
  }

  function deploy(world: World, what: string, name: string): void {
    const deployment = {
      ...DEPLOYMENT,
      request: name,
      execution: executionArn(name),
      requestedAt: world.now,
      changed: true,
      answerBy: world.now + 3_570_000,
      action: what === 'RELEASE' ? 'RELEASE' as const : 'POPULATE' as const,
    };
    world.put({ deployment, released: what === 'RELEASE' ? ['membership/table'] : [] });
    world.start(name, { deployment: { request: name, answerBy: new Date(deployment.answerBy).toISOString() } });
  }

  test('whatever befalls them, each populates once at most and ends, and what goes live was said to be or may be', async () => {
    await fc.assert(fc.asyncProperty(acts, troubles, fc.boolean(), fc.boolean(), async (all, befalling, refuses, shows) => {
      const world = new World();
      Object.assign(world.rooms, { refusesWhilePopulating: refuses, shows });
      world.troubles = new Map(befalling);
      for (const [index, { what, after, which }] of all.entries()) {
        await world.play(world.now + after * 1_000);
        act(world, what, which, index);
      }
      await world.play();
      world.now += 3_600_000;
      check(world);
      const { executions } = world;
      expect(executions.filter(({ ended, died }) => !ended && !died)).toEqual([]);
      const live = world.rooms.live();
      const owner = executions.find(({ arn }) => arn === live?.by);
      // Of a run that failed and said that nothing is left, nothing goes live afterwards.
      if (owner?.ended?.failure && !mayGoLive(owner) && !owner.died) {
        expect(live!.endsAt).toBeLessThanOrEqual(owner.endedAt!);
      }
      const deployed = executions.filter(({ ended, machine }) => ended?.output && machine.run?.cause === 'DEPLOYMENT');
      const [last] = deployed.slice(-1);
      if (last && !executions.some(({ endedAt }) => endedAt! > last.endedAt!) && !executions.some(({ died }) => died)
        && !world.rooms.populates.some(({ by, acceptedAt }) => by === executionArn('stranger') && acceptedAt > STARTED_AT)) {
        expect(live?.parameters).toEqual(DEFINITION.population.parameters);
      }
    }), { numRuns: 600 });
  }, 120_000);
});
