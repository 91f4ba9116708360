import { count, dollars, duration, fixed, kilobytes, millis } from './format';
import { goalsOf, goalsTable } from './goals';
import type { Table } from './table';
import { marginal } from '../footprint/measure';
import { CANDIDATES } from '../peers';
import type { Results } from '../results';

export const tablesOf = (results: Results): Table[] =>
  [goals, waiting, footprint, capacity, coldStart, importing, contention].map((make) => make(results)).filter(({ rows }) => rows.length > 0);

const goals = (results: Results): Table => goalsTable(goalsOf(results));

function waiting({ waiting: waits }: Results): Table {
  return {
    title: 'Waiting for a query',
    about: 'One deploy of one population. The lag is from the query\'s end to CloudFormation\'s answer. Dollars are Lambda\'s and Step Functions\' at list price, '
      + 'without Clean Rooms\' own (a dollar or more), logs and traces.',
    columns: ['Query', '', 'Lambda invocations', 'State transitions', 'Clean Rooms requests', 'Lag', 'Dollars', ''],
    rows: waits.map(({ candidate, seconds, again, invocations, transitions, cleanRoomsRequests, lagSeconds, dollars: price, cannot }) => [
      duration(seconds) + (again ? ', again' : ''), candidate, count(invocations), count(transitions), count(cleanRoomsRequests),
      lagSeconds === undefined ? '' : `${fixed(lagSeconds, 1)} s`, dollars(price), cannot ? `cannot: ${cannot}` : '',
    ]),
    notes: [
      'What cannot wait for a query is not tried with longer ones. "Again" is the table\'s second population, when the first one\'s duration is known: it is looked '
      + 'for when its end is due, and more often right after; never less often before, since a query that fails ends early.',
      'On the simulator, a request takes 20 ms and a cold start 300 ms; processor time on Lambda comes on top, the same for each invocation. '
      + 'The peers\' runs in Lambda are their synthesized templates, with the Provider framework\'s and AwsCustomResource\'s own runtimes; the SDK that these '
      + 'take from Lambda\'s runtime is the npm packages\', with the commands for intermediate tables added that the newest one lacks.',
    ],
  };
}

function footprint({ footprints }: Results): Table {
  const counts = [...new Set(footprints.map(({ populations }) => populations))];
  return {
    title: 'Footprint',
    about: 'Scheduled populations in one stack; the tables themselves are not counted as resources. Synthesis is the median time to build and synthesize the app, '
      + 'without CDK\'s validation of the template.',
    columns: ['', ...counts.flatMap((populations) => [`${populations}: resources`, 'template', 'synthesis']), 'one more: resources', 'template'],
    rows: CANDIDATES.map(({ name }) => [
      name,
      ...counts.flatMap((populations) => {
        const found = footprints.find((each) => each.candidate === name && each.populations === populations);
        return found ? [count(found.resources), kilobytes(found.templateBytes), millis(found.synthMillis)] : ['too many', '', ''];
      }),
      fixed(marginal(footprints, name).resources, 2), kilobytes(marginal(footprints, name).templateBytes),
    ]),
  };
}

function capacity({ capacities, deployed }: Results): Table {
  const { populations, status, populatedOnce, largestInline, largestManaged, mostManagedOnRole } = deployed;
  return {
    title: 'How many fit into one stack',
    about: 'Scheduled populations, each with its table, under 500 resources, 1 MB of template and IAM\'s limits for a role.',
    columns: ['', 'Most', 'One more'],
    rows: capacities.map(({ candidate, most, limit }) => [candidate, count(most), limit]),
    notes: [
      `${populations} of ours, deployed to the simulator: ${status}, ${populatedOnce ? 'each populated once' : 'not each populated once'}. `
      + `The largest role has ${count(largestInline)} characters of inline policies from populations (of 10,240), `
      + `${mostManagedOnRole} managed policies (of 10) and ${count(largestManaged)} characters in the largest of them (of 6,144). `
      + 'For more populations than fit, use several stacks: they need nothing of each other.',
    ],
  };
}

function coldStart({ coldStarts }: Results): Table {
  return {
    title: 'Cold start',
    about: 'Loading a function and its first call, to a server on the same machine, in fresh processes: medians. A default bundle is the same code by esbuild\'s defaults.',
    columns: ['', 'Code', 'Load', 'First call', 'Together', 'Processor time'],
    rows: coldStarts.map(({ name, bytes, needsRuntimeSdk, load, call, total, cpu }) =>
      [name, `${kilobytes(bytes)}${needsRuntimeSdk ? ' + SDK' : ''}`, millis(load), millis(call), millis(total), millis(cpu)]),
    notes: ['"+ SDK": loads packages that Lambda\'s runtime brings along.'],
  };
}

function importing({ importCost: { own, ownModules, all, otherModules } }: Results): Table {
  return {
    title: 'Import',
    about: 'What requiring the library adds to an app that has required `aws-cdk-lib` and `aws-cdk-lib/aws-cleanrooms`: medians of fresh processes.',
    columns: ['The app has loaded before what the library uses of aws-cdk-lib', 'Modules', 'Time'],
    rows: [
      ['yes', count(ownModules), millis(own)],
      ['no', count(ownModules + otherModules), millis(all)],
    ],
  };
}

function contention({ contention: all }: Results): Table {
  return {
    title: 'Contention',
    about: 'One deploy of a stack of populations that have to take turns. Ideal are queries back to back.',
    columns: ['Populations', 'Quota', 'Past the quota', 'Query', 'Ideal', 'Took', 'Ratio', 'Requests', 'Populates refused', 'Throttled', 'Busiest second', 'Populated twice'],
    rows: all.map((each) => [
      count(each.populations), count(each.quota), each.overQuota, duration(each.querySeconds), duration(each.idealSeconds), duration(each.seconds),
      fixed(each.ratio, 3), count(each.requests), count(each.refusedByQuota), count(each.throttled), `${each.busiestSecond} of ${each.requestsPerSecond}`, count(each.surplus),
    ]),
    notes: ['AWS does not document whether a populate past the quota is refused or queued: both are measured. '
      + 'A membership\'s five ongoing queries are a quota of their own, which refuses either way.'],
  };
}
