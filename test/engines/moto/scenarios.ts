import { plan, World } from './world';

const FAILS = { durationSeconds: 3, outcome: 'FAILED', error: { code: 'QUERY_FAILED', message: 'Column "regin" cannot be resolved.' } } as const;
const RUNS_LONG = { durationSeconds: 3600, outcome: 'NEVER' } as const;

/** What happens to a stack, by name: the same in every world. */
export const SCENARIOS: { readonly [name: string]: (world: World) => Promise<void> } = {
  'deploy': (world) => world.deploy({}),
  'deploy with parameters, refresh by hand': async (world) => {
    await world.deploy({ parameters: { region: 'north' } });
    await world.run({});
    await world.run({ parameters: { region: 'south' } });
  },
  'update of the parameters': async (world) => {
    await world.deploy({ parameters: { region: 'north' } });
    await world.deploy({ parameters: { region: 'south' } });
  },
  'update back to what was before': async (world) => {
    await world.deploy({ parameters: { region: 'north' } });
    await world.deploy({ parameters: { region: 'south' } });
    await world.deploy({ parameters: { region: 'north' } });
  },
  'failing query of a first deploy': async (world) => {
    plan(world, FAILS);
    await world.deploy({});
  },
  'failing query of an update': async (world) => {
    await world.deploy({});
    plan(world, FAILS);
    await world.deploy({ parameters: { region: 'south' } });
  },
  'failing refresh': async (world) => {
    await world.deploy({});
    plan(world, FAILS);
    await world.run({});
  },
  'crash of the first step': async (world) => {
    await world.crash({ at: 'start', invocations: [1] });
    await world.deploy({});
  },
  'crash of a step that has done its work': async (world) => {
    await world.crash({ at: 'return', invocations: [2] });
    await world.deploy({});
  },
  'crash of three steps': async (world) => {
    await world.crash({ at: 'return', invocations: [1, 2, 4] });
    await world.deploy({});
  },
  'crash of the function for good': async (world) => {
    await world.crash({ at: 'start', invocations: [] });
    await world.deploy({});
  },
  'stop of a refresh by a person': async (world) => {
    await world.deploy({});
    plan(world, RUNS_LONG);
    await world.begin({});
    await world.stop(await world.running());
  },
  'stop of a deploy by a person': async (world) => {
    plan(world, RUNS_LONG);
    const deployed = world.deploy({});
    await world.stop(await world.running());
    await deployed;
  },
  'delete': async (world) => {
    await world.deploy({});
    await world.destroy();
  },
  'delete while a refresh runs': async (world) => {
    await world.deploy({});
    plan(world, RUNS_LONG);
    await world.begin({});
    await world.running();
    await world.destroy();
  },
  'event that EventBridge delivers twice': async (world) => {
    await world.deploy({});
    await world.run({ event: 'a1b2c3d4-5678-90ab-cdef-555555555555' });
    await world.run({ event: 'a1b2c3d4-5678-90ab-cdef-555555555555' });
  },
  'input that is no parameter': async (world) => {
    await world.deploy({});
    await world.run({ parameters: { 'no good name': 'x' } });
    await world.run({ parameters: 'text' });
  },
};
