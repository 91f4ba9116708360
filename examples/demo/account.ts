import { Screen } from './screen';
import { columns, counted, dollars, duration } from './text';
import { billedUnits, Population } from '../../simulator/clean-rooms';
import { Cloud } from '../../simulator/cloud';

/** Every version of the table: which one is live, how old, and what it cost. */
export function showVersions(screen: Screen, cloud: Cloud): void {
  const now = cloud.clock.now();
  const populations = cloud.cleanRooms.populations();
  const live = cloud.cleanRooms.liveVersionId(populations[0].table.id);
  const rows = populations.map((population) => [
    population.versionId.slice(0, 8),
    stateOf(population, live),
    `${duration(now - population.endsAt)} ago`,
    Object.entries(population.parameters).map((parameter) => parameter.join('=')).join(' '),
    duration(population.endsAt - population.acceptedAt),
    billedUnits(population).toFixed(1),
    dollars(billedUnits(population)),
  ]);
  const [head, ...lines] = columns([['VERSION', 'STATE', 'MADE', 'PARAMETERS', 'QUERY', 'CRPU-HOURS', 'COST'], ...rows]);
  screen.print();
  screen.print(`  ${screen.style('dim', head)}`);
  lines.forEach((line, index) => screen.print(`  ${screen.style(COLOURS[rows[index][1] as State], line)}`));
}

const COLOURS = { live: 'green', replaced: 'dim', failed: 'red' } as const;
type State = keyof typeof COLOURS;

function stateOf({ versionId, outcome }: Population, live?: string): State {
  if (versionId === live) {
    return 'live';
  }
  return outcome === 'SUCCESS' ? 'replaced' : 'failed';
}

export interface Totals {
  readonly populations: number;
  readonly crpuHours: number;
  readonly invocations: number;
  readonly transitions: number;
  readonly requests: number;
}

export function totalsOf(cloud: Cloud): Totals {
  return {
    populations: cloud.cleanRooms.populations().length,
    crpuHours: sum(cloud.cleanRooms.populations().map(billedUnits)),
    invocations: cloud.lambda.invocations.length,
    transitions: sum(cloud.executions().map(({ transitions }) => transitions)),
    requests: cloud.cleanRooms.journal.requests.length,
  };
}

export function showTotals(screen: Screen, title: string, { populations, crpuHours, invocations, transitions, requests }: Totals): void {
  screen.print();
  screen.print(`  ${title} ${counted(populations, 'population')}, ${crpuHours.toFixed(1)} CRPU-hours, ${screen.style('bold', dollars(crpuHours))}`);
  const machinery = [counted(invocations, 'Lambda invocation'), counted(transitions, 'state transition'), counted(requests, 'Clean Rooms request')];
  screen.print(`  ${' '.repeat(title.length)} ${screen.style('dim', machinery.join(', '))}`);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
