import { count, duration, fixed } from './format';
import type { Table } from './table';
import { ours, provider } from '../peers';
import type { Results } from '../results';
import { fewestChecks, lagsOfChecks } from '../waiting/series';

export interface Goal {
  readonly what: string;
  readonly goal: string;
  readonly measured: string;
  readonly isMet: boolean;
  /** What stops it where it is not met. */
  readonly limit?: string;
}

export const goalsOf = (results: Results): Goal[] =>
  [invocations(results), lag(results), ...resources(results), contention(results)];

const HALF_HOUR = 1800;

function invocations({ waiting }: Results): Goal {
  const of = (name: string) => waiting.find(({ candidate, seconds, again }) => candidate === name && seconds === HALF_HOUR && !again)!.invocations;
  const [own, theirs] = [of(ours.name), of(provider.name)];
  const checks = fewestChecks(HALF_HOUR);
  return {
    what: 'Lambda invocations for a 30-minute query, Provider ÷ ours',
    goal: '≥ 14',
    measured: `${theirs} ÷ ${own} = ${fixed(theirs / own, 1)}`,
    isMet: theirs / own >= 14,
    limit: 'The bound on the lag stops it: each check may come at most a tenth of the query\'s age, or 5 to 60 s, after the one before. '
      + `That makes ${checks} checks in 30 minutes (10 up to 50 s, then a tenth more each time up to 10 minutes, then one a minute), `
      + `and ${theirs} ÷ ${checks} = ${fixed(theirs / checks, 1)} even without the other ${own - checks}, which start, populate and report. `
      + 'A known duration saves none of them: a query can fail at any moment, so after each check the next one is due as soon as without it. '
      + 'A function that slept between early checks would be invoked less often, but its waiting could be neither seen nor stopped.',
  };
}

function lag({ waiting }: Results): Goal {
  const allowed = (seconds: number) => Math.min(Math.max(seconds / 10, 5), 60);
  const deploys = waiting.flatMap(({ candidate, seconds, lagSeconds }) =>
    (candidate === ours.name && lagSeconds !== undefined ? [{ seconds, lagSeconds, share: lagSeconds / allowed(seconds) }] : []));
  const worst = deploys.sort((a, b) => b.share - a.share)[0];
  const checks = Math.max(...lagsOfChecks(12 * 3600).map((each, seconds) => each / allowed(seconds)));
  return {
    what: 'lag behind the query\'s end',
    goal: '≤ 10 % of its length, at least 5 s, at most 60 s',
    measured: `deploys: at worst ${fixed(worst.lagSeconds, 1)} of ${fixed(allowed(worst.seconds), 0)} s (${duration(worst.seconds)}); `
      + `checks, of every length up to 12 h: at worst ${fixed(checks, 2)} of it`,
    isMet: worst.share <= 1 && checks <= 1,
    limit: 'The calls after the check that sees the end, and CloudFormation\'s own turn, come on top of the check\'s.',
  };
}

/** Where names are shortest: each population's policies name at least its table. */
const TABLE_ARN = `arn:aws:cleanrooms:us-east-1:111122223333:membership/${'m'.repeat(36)}/intermediatetable/${'t'.repeat(36)}`;
const MOST_INLINE = 10_240;

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
      limit: `IAM's limits on a role stop it. ${populations} table ARNs of ${TABLE_ARN.length} characters are ${count(populations * TABLE_ARN.length)}, and a role takes `
        + `${count(MOST_INLINE)} of inline policies; a wildcard in their place would allow populating everybody's tables. So the roles have managed policies `
        + `instead of an inline one: ${count(all - one - 3 * (populations - 1))} more resources in all.`,
    };
  });
  return [{ what: 'resources for one scheduled population, with log groups', goal: '≤ 14', measured: String(one), isMet: one <= 14 }, ...furtherOnes];
}

function contention(results: Results): Goal {
  const worst = [...results.contention].sort((a, b) => b.ratio - a.ratio)[0];
  return {
    what: `${worst.populations} populations at quota ${worst.quota}, time against ideal`,
    goal: '≤ 1.10',
    measured: `at worst ${fixed(worst.ratio, 3)} (queries of ${duration(worst.querySeconds)}, ${worst.overQuota} past the quota)`,
    isMet: worst.ratio <= 1.1,
    limit: 'A slot that comes free is taken by the next attempt, of which the stack makes one a second so as to stay within the API\'s rate.',
  };
}

export const goalsTable = (goals: readonly Goal[]): Table => ({
  title: 'Goals',
  about: 'What the library set out for, from the tables below.',
  columns: ['What', 'Goal', 'Measured', ''],
  rows: goals.map(({ what, goal, measured, isMet }) => [what, goal, measured, isMet ? 'met' : 'not met']),
  notes: goals.filter(({ isMet, limit }) => !isMet && limit).map(({ what, limit }) => `Not met: ${what}. ${limit}`),
});
