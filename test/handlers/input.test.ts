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

test.each<[string, unknown, string]>([
  ['null', null, 'The input is null. Give an object: {} or {"parameters": {"name": "value"}}.'],
  ['a text', 'region=north', 'The input is a string. Give an object'],
  ['a list', [], 'The input is a list. Give an object'],
  ['a number', 5, 'The input is a number. Give an object'],
  ['a parameter that is a number', { parameters: { limit: 5 } }, 'parameter "limit" is a number. Give a text, in quotes.'],
  ['a parameter that is null', { parameters: { limit: null } }, 'parameter "limit" is null. Give a text'],
  ['a parameter that is a list', { parameters: { limit: ['5'] } }, 'parameter "limit" is a list. Give a text'],
  ['a parameter that is an object', { parameters: { limit: {} } }, 'parameter "limit" is an object. Give a text'],
  ['a parameter that is a boolean', { parameters: { limit: true } }, 'parameter "limit" is a boolean. Give a text'],
  ['a parameter without a name', { parameters: { '': 'x' } }, 'parameter "" has no possible name. Use 1 to 100'],
  ['a name with a blank', { parameters: { 'a b': 'x' } }, 'parameter "a b" has no possible name'],
  ['a long name', { parameters: { ['n'.repeat(101)]: 'x' } }, 'has no possible name'],
  ['a long value', { parameters: { limit: 'v'.repeat(1_001) } }, 'parameter "limit" has 1001 characters. Give at most 1000'],
  ['parameters that are null', { parameters: null }, '"parameters" is null. Give an object of texts'],
  ['parameters that are a text', { parameters: 'limit=5' }, '"parameters" is a string. Give an object'],
  ['parameters that are a list', { parameters: [] }, '"parameters" is a list. Give an object'],
  ['a schedule that is no text', { schedule: {} }, '"schedule" is not the name of a schedule'],
  ['an event that is no text', { event: 5 }, '"event" is not the id of an event'],
  ['an event that is endless', { event: 'e'.repeat(201) }, '"event" is not the id of an event'],
  ['a deployment of somebody\'s', { deployment: { population: {} } }, '"deployment" is for CloudFormation only'],
  ['a deployment that is null', { deployment: null }, '"deployment" is for CloudFormation only'],
  ['a deployment without an end', { deployment: { request: 'r', answerBy: 'soon' } }, '"deployment" is for CloudFormation only'],
  ...['Parameters', 'params', 'parameters ', 'Comment', 'detail', 'deployments', 'toString'].map((key): [string, unknown, string] =>
    [`the unknown key ${key}`, { [key]: { region: 'north' } }, `has a key ${JSON.stringify(key)}, which is not known. Write "parameters"`]),
])('an input is refused before anything is paid: %s', (_what, input, words) => {
  expect(readInput(input).problem).toContain(words);
});
