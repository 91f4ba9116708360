import * as fc from 'fast-check';
import { fingerprintOf } from '../../../src/contract/hashing';
import type { Definition } from '../../../src/contract/population';
import { step } from '../../../src/handlers/population/step';
import type { Trouble } from '../rooms';
import { DEFINITION, DEPLOYMENT, executionArn } from '../support';
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
      // Where the service shows no parameters, a stranger's of the same moments cannot be told from its own.
      const isOwn = made?.by === arn || !world.rooms.shows;
      expect(made).toMatchObject({ outcome: 'SUCCESS', ...(isOwn ? {} : { parameters: machine.run!.definition.population.parameters }) });
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

describe('two thousand runs in 90 days', () => {
  test('each populate once, and leave as much on record as a handful', async () => {
    const world = new World();
    world.rooms.queryTakes = 20;
    const sizes: number[] = [];
    for (let count = 0; count < 2_000; count++) {
      world.start(`run-${count}`);
      await world.play();
      world.executions.length = 0;
      world.now += 90 * 86_400_000 / 2_000;
      sizes.push(JSON.stringify(world.record).length);
    }
    expect(world.rooms.populates).toHaveLength(2_000);
    expect(new Set(world.rooms.populates.map(({ by }) => by)).size).toBe(2_000);
    expect([world.record.turns, world.record.sent, world.record.made[0].versionId]).toEqual([[], undefined, 'version-2000']);
    expect(Math.max(...sizes.slice(100)) - sizes[100]).toBeLessThan(100);
    expect(world.documents.get('line')).toMatchObject({ entries: [] });
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
    what: fc.constantFrom('RUN', 'OTHER', 'DEPLOY', 'DEPLOY', 'STOP', 'STRANGER', 'FAILS', 'RELEASE'),
    after: fc.integer({ min: 0, max: 120 }),
    which: fc.nat(3),
  }), { minLength: 2, maxLength: 6 });
  const troubles = fc.array(fc.tuple(fc.nat(150), fc.constantFrom(...TROUBLES)), { maxLength: 4 });
  const A = { ...DEFINITION, keepsVersion: true };
  const B = { ...A, population: { ...A.population, parameters: { region: 'west' } } };

  function act(world: World, what: string, which: number, index: number): void {
    const name = `run-${index}`;
    switch (what) {
      case 'RUN': world.start(name, undefined, A); break;
      case 'OTHER': world.start(name, { parameters: { region: 'south' } }, A); break;
      case 'STRANGER': world.rooms.accept({ region: 'east' }); break;
      case 'FAILS': world.rooms.failing = 1; break;
      case 'STOP': world.stop(world.executions[which] ?? {} as Execution); break;
      default: deploy(world, what === 'RELEASE' ? 'RELEASE' : 'POPULATE', name, which % 2 ? A : B);
    }
  }

  function deploy(world: World, action: 'POPULATE' | 'RELEASE', name: string, definition: Definition): void {
    const request = { request: name, execution: executionArn(name), requestedAt: world.now, answerBy: world.now + 3_570_000 };
    const deployment = { ...DEPLOYMENT, ...request, changed: true, action, definition, fingerprint: fingerprintOf(definition) };
    world.put({ deployment, released: action === 'RELEASE' ? ['membership/table'] : [] });
    world.start(name, { deployment: { request: name, answerBy: new Date(deployment.answerBy).toISOString() } }, definition);
  }

  /** The last that has ended well, where nothing has happened since that might have made other data. */
  function lastSaid({ executions, rooms }: World): Execution | undefined {
    const isDisturbed = executions.some(({ died }) => died) || rooms.populates.some(({ by }) => by === executionArn('stranger'));
    const [last] = executions.filter(({ ended }) => ended).sort((a, b) => b.endedAt! - a.endedAt!);
    return isDisturbed || !last?.ended?.output ? undefined : last;
  }

  test('whatever befalls them, each populates once at most and ends, and what goes live is what was said', async () => {
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
      expect(world.executions.filter(({ ended, died }) => !ended && !died)).toEqual([]);
      const live = world.rooms.live();
      const owner = world.executions.find(({ arn }) => arn === live?.by);
      // Of a run that failed and said that nothing is left, nothing goes live afterwards.
      if (owner?.ended?.failure && !mayGoLive(owner) && !owner.died) {
        expect(live!.endsAt).toBeLessThanOrEqual(owner.endedAt!);
      }
      const last = lastSaid(world);
      if (last?.machine.run?.cause === 'DEPLOYMENT') {
        expect(live?.parameters).toEqual(last.machine.run.definition.population.parameters);
        expect(world.parameter).toBe(live?.versionId);
      }
    }), { numRuns: 600 });
  }, 120_000);
});
