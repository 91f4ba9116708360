import { Duration, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { PopulateOnDeploy } from '../../src';
import { makePopulation, synthesized } from '../support/stacks';

const schedule = Schedule.rate(Duration.days(1));

/** Populations that differ in all that decides what resources they take. */
const all: Record<string, (stack: Stack) => unknown> = {
  Plain: (stack) => makePopulation(stack, 'Plain'),
  Scheduled: (stack) => makePopulation(stack, 'Scheduled', { schedule }).addSchedule('EU', schedule, { parameters: { region: 'EU' } }),
  Long: (stack) => makePopulation(stack, 'Long', { timeout: Duration.hours(6), triggers: ['1'] }),
  Watched: (stack) => makePopulation(stack, 'Watched').createExpiryAlarm('Expires'),
  Never: (stack) => makePopulation(stack, 'Never', { populateOnDeploy: PopulateOnDeploy.NEVER, parameters: { region: 'US' } }),
};
const names = Object.keys(all);
const resourcesOf = (...populations: string[]) => synthesized((stack) => populations.forEach((name) => all[name](stack))).Resources;

const everything = resourcesOf(...names);

test.each(names)('a population that goes, or comes, changes nothing of its neighbours, nor of the functions and their assets: %s', (gone) => {
  const others = Object.fromEntries(Object.entries(everything).filter(([id]) => !id.startsWith(gone)));
  expect(resourcesOf(...names.filter((name) => name !== gone))).toEqual(others);
});

test('the order in which populations are made does not matter', () => {
  expect(resourcesOf(...[...names].reverse())).toEqual(everything);
  expect(resourcesOf(...names.slice(2), ...names.slice(0, 2))).toEqual(everything);
});

test('a population on a neighbour\'s table changes nothing of the neighbour, which it waits for', () => {
  const [beside, alone] = [true, false].map((isThere) => synthesized((stack) => {
    const upstream = makePopulation(stack, 'Upstream', { schedule });
    if (isThere) {
      makePopulation(stack, 'Downstream', { refreshAfter: [upstream] });
    }
  }).Resources);
  expect(beside).toMatchObject(alone);
});
