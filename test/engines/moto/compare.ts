import { Moto } from './moto';
import { motoWorld } from './moto-world';
import { SCENARIOS } from './scenarios';
import { simulatedWorld } from './simulated';
import { Observed, World } from './world';
import { Finding } from '../report';

/** Plays every scenario in moto and in the simulator, side by side. */
export async function compareWorlds(python: string): Promise<Finding[]> {
  const moto = await Moto.start(python);
  try {
    await moto.bootstrap();
    return await Promise.all(Object.entries(SCENARIOS).map(async ([what, play], index): Promise<Finding> => {
      const stackName = `Scene${index}`;
      try {
        // Both at once: the simulator's is done in the pauses of the other.
        const worlds = [motoWorld(moto, stackName), simulatedWorld(stackName)];
        const [theirs, ours] = await Promise.all(worlds.map(async (world) => seen(await world, play)));
        return { what: `${what}: ${summary(theirs)}`, problems: differences(ours, theirs) };
      } catch (error) {
        return { what, problems: [String(error), ...moto.log().split('\n').slice(-20)] };
      }
    }));
  } finally {
    await moto.stop();
  }
}

async function seen(world: World, play: (world: World) => Promise<void>): Promise<Observed> {
  try {
    await play(world);
    return await world.observe();
  } finally {
    await world.close();
  }
}

const summary = ({ answers, executions, populates }: Observed): string =>
  `${executions.map(({ status }) => status.toLowerCase()).join(', ')}; ${answers.length} answers, ${populates} populates`;

/** Where two values differ, by path. */
function differences(ours: unknown, theirs: unknown, path = ''): string[] {
  const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
  if (isObject(ours) && isObject(theirs)) {
    return [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].flatMap((key) => differences(ours[key], theirs[key], `${path}/${key}`));
  }
  return ours === theirs ? [] : [`${path}: moto ${JSON.stringify(theirs)}, the simulator ${JSON.stringify(ours)}`];
}
