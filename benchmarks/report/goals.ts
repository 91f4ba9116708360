import { count, duration, fixed } from './format';
import type { Table } from './table';
import type { Contention } from '../contention';
import { ours, provider } from '../peers';
import type { Results } from '../results';

export interface Goal {
  readonly what: string;
  readonly goal: string;
  readonly measured: string;
  readonly isMet: boolean;
}

export const goalsOf = (results: Results): Goal[] =>
  [invocations(results), ...money(results), ...lag(results), events(results), ...resources(results), ...contention(results)];

const HALF_HOUR = 1800;

/** A candidate's wait for a query of so many seconds. */
const waitOf = ({ waiting }: Results, name: string, wanted: number) =>
  waiting.find(({ candidate, seconds }) => candidate === name && seconds === wanted)!;

function invocations(results: Results): Goal {
  const [own, theirs] = [ours.name, provider.name].map((name) => waitOf(results, name, HALF_HOUR).invocations);
  return {
    what: 'Lambda invocations for a 30-minute query, Provider ÷ ours',
    goal: '≥ 14',
    measured: `${theirs} ÷ ${own} = ${fixed(theirs / own, 1)}`,
    isMet: theirs / own >= 14,
  };
}

function money(results: Results): Goal[] {
  const shares = results.waiting.filter(({ candidate, cannot }) => candidate === provider.name && !cannot)
    .map(({ seconds, dollars }) => ({ seconds, share: waitOf(results, ours.name, seconds).dollars / dollars }));
  const goal = (what: string, most: number, which: (seconds: number) => boolean): Goal[] => {
    const worst = shares.filter(({ seconds }) => which(seconds)).sort((a, b) => b.share - a.share)[0];
    return worst ? [{ what, goal: `≤ ${most}`, measured: `at worst ${fixed(worst.share, 2)} (${duration(worst.seconds)})`, isMet: worst.share <= most }] : [];
  };
  return [
    ...goal('dollars for queries of a minute or two, ours ÷ Provider', 2, (seconds) => seconds < 600),
    ...goal('dollars for queries of ten minutes and more, ours ÷ Provider', 1.1, (seconds) => seconds >= 600),
  ];
}

function lag({ lags, waiting }: Results): Goal[] {
  const deploys = waiting.flatMap(({ candidate, lagSeconds }) => (candidate === ours.name && lagSeconds !== undefined ? [lagSeconds] : []));
  const all = [...deploys, ...lags.flatMap(({ deploy, schedule }) => [deploy, schedule])].sort((a, b) => a - b);
  const [median, worst] = [all[Math.floor(all.length / 2)], all[all.length - 1]];
  const lengths = lags.map(({ seconds }) => seconds);
  const range = `of ${all.length} deploys and schedules, ${duration(Math.min(...lengths))} to ${duration(Math.max(...lengths))}`;
  return [
    { what: 'lag behind the query\'s end, in the median', goal: '≤ 3 s', measured: `${fixed(median, 1)} s, ${range}`, isMet: median <= 3 },
    { what: 'lag behind the query\'s end, at worst', goal: '≤ 6 s', measured: `${fixed(worst, 1)} s`, isMet: worst <= 6 },
  ];
}

function events({ waiting }: Results): Goal {
  const most = Math.max(...waiting.filter(({ candidate }) => candidate === ours.name).map((wait) => wait.events));
  return { what: 'events in the history of the longest execution', goal: '< 15,000', measured: count(most), isMet: most < 15_000 };
}

function resources({ footprints }: Results): Goal[] {
  const own = footprints.filter(({ candidate }) => candidate === ours.name);
  const one = own.find(({ populations }) => populations === 1)!.resources;
  const furtherOnes = own.filter(({ populations }) => populations > 1).map(({ populations, resources: all }): Goal => {
    const each = (all - one) / (populations - 1);
    return {
      what: `resources for each further one, up to ${populations}`,
      goal: '≤ 3',
      measured: fixed(each, 2),
      isMet: each <= 3,
    };
  });
  return [{ what: 'resources for one scheduled population, with log groups', goal: '≤ 14', measured: String(one), isMet: one <= 14 }, ...furtherOnes];
}

function contention({ contention: all }: Results): Goal[] {
  const { populations, quota } = all[0];
  const [one, several] = [all.filter(({ stacks }) => stacks === 1), all.filter(({ stacks }) => stacks > 1)];
  const which = ({ querySeconds, overQuota }: Contention) => `(queries of ${duration(querySeconds)}, ${overQuota} past the quota)`;
  const goal = (what: string, most: number, figure: (each: Contention) => number, digits = 0, of = one): Goal => {
    const worst = [...of].sort((a, b) => figure(b) - figure(a))[0];
    return { what, goal: `≤ ${most}`, measured: `at worst ${fixed(figure(worst), digits)} ${which(worst)}`, isMet: figure(worst) <= most };
  };
  return [
    goal(`${populations} populations at quota ${quota}, time against ideal`, 1.1, ({ ratio }) => ratio, 3),
    goal('their requests of one API operation in its busiest second', 5, ({ busiestSecond }) => busiestSecond),
    goal('the longest wait of one of them, against the ideal time of all', 1.5, longestWait, 2),
    ...(several.length ? [goal('the same of the worse off of two stacks, half of them each', 1.5, longestWait, 2, several)] : []),
  ];
}

const longestWait = ({ longestWaits }: Contention): number => Math.max(...longestWaits);

export const goalsTable = (goals: readonly Goal[]): Table => ({
  title: 'Goals',
  about: 'What the library set out for, from the tables below.',
  columns: ['What', 'Goal', 'Measured', ''],
  rows: goals.map(({ what, goal, measured, isMet }) => [what, goal, measured, isMet ? 'met' : 'not met']),
});
