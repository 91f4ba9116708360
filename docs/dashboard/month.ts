import { App, CfnElement, Stack } from 'aws-cdk-lib';
import { CfnIntermediateTable } from 'aws-cdk-lib/aws-cleanrooms';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { IConstruct } from 'constructs';
import type { Range } from './widget';
import { Cloud } from '../../simulator/cloud';
import { readStack } from '../../simulator/cloudformation/assembly';
import { Random, seededRandom } from '../../simulator/random';
import { IntermediateTablePopulation, PopulationCompute, PopulationDashboard, WorkerType } from '../../src';
import { sources } from '../../test/support/sources';

// CDK's own validation of a template takes seconds, and adds nothing here.
process.env.CDK_VALIDATION = 'false';

const MEMBERSHIP = 'a1b2c3d4-5678-90ab-cdef-111111111111';
const STACK = 'Month';
const DAYS = 28;
const HOUR = 3_600_000;
const START = Date.UTC(2026, 9, 26);
/** How often the rule that measures freshness comes due. */
const LOOKS_EVERY = 6 * HOUR;

interface Population {
  readonly id: string;
  /** Of its daily refresh. */
  readonly hour: number;
  /** What its query takes in the first week. */
  readonly minutes: number;
  readonly compute?: PopulationCompute;
  readonly failsOnDay: number;
  /** Days on which somebody has disabled its schedule. */
  readonly stoppedOnDays: readonly number[];
}

const POPULATIONS: readonly Population[] = [
  { id: 'Audience', hour: 3, minutes: 7, failsOnDay: 8, stoppedOnDays: [] },
  { id: 'Reach', hour: 5, minutes: 11, compute: { workerType: WorkerType.CR_4X, workers: 5 }, failsOnDay: 21, stoppedOnDays: [13, 14] },
];

export interface Month {
  readonly cloud: Cloud;
  readonly range: Range;
  readonly dashboardBody: string;
}

/** Deploys two populations and their dashboard, and lets four weeks of schedules come due. */
export async function simulateMonth(): Promise<Month> {
  const { directory, logicalIdOf } = synthesize();
  const cloud = new Cloud({ start: START, sources: sources(), cleanRooms: { defaultPlan: { durationSeconds: 7 * 60, outcome: 'SUCCESS' } } });
  cloud.joinCollaboration(MEMBERSHIP);
  const { status, failures } = await cloud.deploy(readStack(directory, STACK));
  if (status !== 'CREATE_COMPLETE') throw new Error(`The deploy ended as ${status}: ${JSON.stringify(failures)}`);

  const random = seededRandom(28);
  const physicalId = (path: string) => cloud.stack(STACK).resources.get(logicalIdOf(path))!.physicalId;
  const due = POPULATIONS.flatMap((population) => [
    ...refreshes(population).map((day) => ({
      at: START + (24 * day + population.hour) * HOUR,
      fire: () => {
        cloud.cleanRooms.planQuery(planOf(population, day, random), physicalId(`${population.id}Table`));
        cloud.fireRule(logicalIdOf(`${population.id}/Schedule/Resource`));
      },
    })),
    ...looks().map((at) => ({ at, fire: () => cloud.fireRule(logicalIdOf(`${population.id}/Population/Freshness/Resource`)) })),
  ]);
  for (const { at, fire } of due.sort((a, b) => a.at - b.at)) {
    await cloud.advance((at - cloud.clock.now()) / 1000);
    fire();
  }
  await cloud.settle();
  cloud.close();

  const dashboard = cloud.stack(STACK).resources.get(logicalIdOf('Dashboard/Dashboard/Resource'))!;
  return { cloud, range: { from: START, to: START + DAYS * 24 * HOUR }, dashboardBody: dashboard.properties.DashboardBody as string };
}

function synthesize(): { directory: string; logicalIdOf: (path: string) => string } {
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, STACK);
  const populations = POPULATIONS.map(({ id, hour, compute }) => new IntermediateTablePopulation(stack, id, {
    intermediateTable: new CfnIntermediateTable(stack, `${id}Table`, {
      membershipIdentifier: MEMBERSHIP,
      name: id.toLowerCase(),
      analysisRules: [{ type: 'CUSTOM', policy: { v1: { custom: { allowedAnalyses: ['ANY_QUERY'] } } } }],
      populationAnalysisConfiguration: { sqlParameters: { queryString: 'SELECT segment, COUNT(*) AS people FROM visitors GROUP BY segment' } },
    }),
    compute,
    schedule: Schedule.cron({ hour: String(hour), minute: '0' }),
  }));
  new PopulationDashboard(stack, 'Dashboard', { populations, dashboardName: 'intermediate-tables' });
  const { directory } = app.synth();
  const elementAt = (path: string) => path.split('/').reduce<IConstruct>((scope, id) => scope.node.findChild(id), stack) as CfnElement;
  return { directory, logicalIdOf: (path) => stack.getLogicalId(elementAt(path)) };
}

/** The days on which a refresh starts; the deploy has populated on the first one. */
const refreshes = ({ stoppedOnDays }: Population): number[] =>
  Array.from({ length: DAYS }, (_, day) => day).filter((day) => day > 0 && !stoppedOnDays.includes(day));

const looks = (): number[] => Array.from({ length: DAYS * 24 * HOUR / LOOKS_EVERY - 1 }, (_, index) => START + (index + 1) * LOOKS_EVERY);

/** Queries take a little longer every day, as tables grow, and differ by a fifth either way; one that fails does so early. */
function planOf({ minutes, failsOnDay }: Population, day: number, random: Random): { durationSeconds: number; outcome: 'SUCCESS' | 'FAILED' } {
  const durationSeconds = Math.round(minutes * 60 * (1 + 0.006 * day) * (0.8 + 0.4 * random.next()));
  return day === failsOnDay ? { durationSeconds: 90, outcome: 'FAILED' } : { durationSeconds, outcome: 'SUCCESS' };
}
