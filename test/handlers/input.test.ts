import { readInput } from '../../src/handlers/input';

test.each<[string, object]>([
  ['nothing', {}],
  ['no parameters', { parameters: {} }],
  ['parameters', { parameters: { region: 'north', day_2: '' } }],
  ['the longest name and value', { parameters: { ['n'.repeat(100)]: 'v'.repeat(1_000) } }],
  ['a schedule\'s name', { schedule: 'Nightly', parameters: { region: 'west' } }],
  ['a deployment', { deployment: { request: 'request-1', answerBy: '2026-11-22T09:00:00.000Z' } }],
  ['an event', { event: '0c7a7b40-0000-4000-8000-000000000000', afterUpstream: true }],
  ['a look', { observe: true }],
  ['what the console adds by itself', { AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: 'arn' }],
])('an input is taken: %s', (_what, input) => {
  expect(readInput(input)).toEqual({ input });
});

const KINDS: [string, unknown][] = [['null', null], ['a string', 'region=5'], ['a list', ['5']], ['a number', 5], ['a boolean', true]];
const notFor = (deployment: unknown): [unknown, string] => [{ deployment }, '"deployment" is for CloudFormation only'];
test.each<[unknown, string]>([
  ...KINDS.map(([kind, value]): [unknown, string] =>
    [value, `The input is ${kind}. Give an object: {} or {"parameters": {"name": "value"}}.`]),
  ...KINDS.map(([kind, value]): [unknown, string] => [{ parameters: value }, `"parameters" is ${kind}. Give an object of texts`]),
  ...[...KINDS.filter(([kind]) => kind !== 'a string'), ['an object', {}] as const].map(([kind, limit]): [unknown, string] =>
    [{ parameters: { limit } }, `parameter "limit" is ${kind}. Give a text, in quotes.`]),
  [{ parameters: { '': 'x' } }, 'parameter "" has no possible name. Use 1 to 100'],
  [{ parameters: { 'a b': 'x' } }, 'parameter "a b" has no possible name'],
  [{ parameters: { ['n'.repeat(101)]: 'x' } }, 'has no possible name'],
  [{ parameters: { limit: 'v'.repeat(1_001) } }, 'parameter "limit" has 1001 characters. Give at most 1000'],
  [{ schedule: {} }, '"schedule" is not the name of a schedule'],
  [{ event: 5 }, '"event" is not the id of an event'],
  [{ event: 'e'.repeat(201) }, '"event" is not the id of an event'],
  notFor({ population: {} }), notFor(null), notFor({ request: 'r', answerBy: 'soon' }),
  ...['Parameters', 'params', 'parameters ', 'Comment', 'detail', 'deployments', 'toString'].map((key): [unknown, string] =>
    [{ [key]: { region: 'north' } }, `has a key ${JSON.stringify(key)}, which is not known. Write "parameters"`]),
])('an input is refused before anything is paid: %j', (input, words) => {
  expect(readInput(input).problem).toContain(words);
});
