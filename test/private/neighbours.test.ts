import { Duration, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { PopulateOnDeploy } from '../../src';
import { makePopulation, makeStack, makeTable, templateOf } from '../support/stacks';
import { CfnTemplate } from '../support/template';

const schedule = Schedule.rate(Duration.days(1));

/** Populations that differ in all that decides what resources they take. */
const all: Record<string, (stack: Stack) => void> = {
  Plain: (stack) => { makePopulation(stack, 'Plain'); },
  Scheduled: (stack) => { makePopulation(stack, 'Scheduled', { schedule }).addSchedule('EU', schedule, { parameters: { region: 'EU' } }); },
  Long: (stack) => { makePopulation(stack, 'Long', { timeout: Duration.hours(6), triggers: ['1'] }); },
  Watched: (stack) => { makePopulation(stack, 'Watched').createExpiryAlarm('Expires'); },
  Never: (stack) => { makePopulation(stack, 'Never', { populateOnDeploy: PopulateOnDeploy.NEVER, parameters: { region: 'US' } }); },
};
const names = Object.keys(all);

/** The two policies that name the populations whose permissions they are, by a name that says which: nothing else may know of neighbours. */
const NAMES_ITS_POPULATIONS = /^IntermediateTablePopulations(Population|Starter)Policy/;

function templateWith(...populations: string[]): CfnTemplate {
  const stack = makeStack();
  populations.forEach((name) => all[name](stack));
  return templateOf(stack);
}

/** All resources but those policies, whose names are one word where others wait for them. */
function withoutPolicies({ Resources }: CfnTemplate): Record<string, unknown> {
  const json = JSON.stringify(Object.fromEntries(Object.entries(Resources).filter(([id]) => !NAMES_ITS_POPULATIONS.test(id))));
  return JSON.parse(json.replace(/"IntermediateTablePopulations(Population|Starter)Policy\w+"/g, '"$1Policy"')) as Record<string, unknown>;
}

const everything = withoutPolicies(templateWith(...names));

/** What of the whole belongs to a population, or to its table. */
const without = (gone: string) => Object.fromEntries(Object.entries(everything).filter(([id]) => !id.startsWith(gone)));

test.each(names)('a population that goes, or comes, changes nothing of its neighbours, nor of the functions and their assets: %s', (gone) => {
  expect(withoutPolicies(templateWith(...names.filter((name) => name !== gone)))).toEqual(without(gone));
});

test('the order in which populations are made does not matter', () => {
  expect(withoutPolicies(templateWith(...[...names].reverse()))).toEqual(everything);
  expect(withoutPolicies(templateWith(...names.slice(2), ...names.slice(0, 2)))).toEqual(everything);
});

test('a population on a neighbour\'s table changes nothing of the neighbour, which it waits for', () => {
  const chain = (isThere: boolean) => {
    const stack = makeStack();
    const upstream = makePopulation(stack, 'Upstream', { schedule });
    if (isThere) {
      makePopulation(stack, 'Downstream', { intermediateTable: makeTable(stack, 'DownstreamTable'), refreshAfter: [upstream] });
    }
    return withoutPolicies(templateOf(stack));
  };
  expect(chain(true)).toMatchObject(chain(false));
});
