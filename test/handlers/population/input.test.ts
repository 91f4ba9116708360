import { readInput } from '../../../src/handlers/population/input';

const problemOf = (input: unknown): string | undefined => readInput(input).problem;

describe('an input that is taken', () => {
  test.each<[string, unknown]>([
    ['none', undefined],
    ['null', null],
    ['empty', {}],
    ['no parameters', { parameters: {} }],
    ['parameters', { parameters: { region: 'north', day_2: '' } }],
    ['the longest name and value', { parameters: { ['n'.repeat(100)]: 'v'.repeat(1_000) } }],
    ['encoded parameters', { encodedParameters: { 'base64:cmVnaW9u': 'base64:bm9ydGg=' } }],
    ['a deployment', { deployment: { request: 'request-1', answerBy: '2026-11-22T09:00:00.000Z' } }],
    ['an event', { event: '0c7a7b40-0000-4000-8000-000000000000', afterUpstream: true }],
    ['a look', { observe: true }],
  ])('%s', (_what, input) => {
    expect(readInput(input)).toEqual({ input: input ?? {} });
  });

  test.each([
    'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID', 'Comment', 'date', 'time', 'id', 'detail', 'region', 'state', 'input', 'payload', 'segment', 'p',
  ])('an unrelated key is none of our business: %s', (key) => {
    expect(problemOf({ [key]: { anything: 1 } })).toBeUndefined();
  });
});

describe('an input that is refused, in the first step', () => {
  test.each<[string, unknown, string]>([
    ['a number', { parameters: { limit: 5 } }, 'parameter "limit" is a number. Give a text'],
    ['null', { parameters: { limit: null } }, 'parameter "limit" is null. Give a text'],
    ['a list', { parameters: { limit: ['5'] } }, 'parameter "limit" is a list. Give a text'],
    ['an object', { parameters: { limit: {} } }, 'parameter "limit" is an object. Give a text'],
    ['a boolean', { parameters: { limit: true } }, 'parameter "limit" is a boolean. Give a text'],
    ['no name', { parameters: { '': 'x' } }, 'parameter "" has no possible name. Use 1 to 100'],
    ['a name with a blank', { parameters: { 'a b': 'x' } }, 'parameter "a b" has no possible name'],
    ['a long name', { parameters: { ['n'.repeat(101)]: 'x' } }, 'has no possible name'],
    ['a long value', { parameters: { limit: 'v'.repeat(1_001) } }, 'parameter "limit" has 1001 characters. Give at most 1000'],
    ['parameters that are null', { parameters: null }, '"parameters" is null. Give an object'],
    ['parameters that are a text', { parameters: 'limit=5' }, '"parameters" is a string. Give an object'],
    ['parameters that are a list', { parameters: [] }, '"parameters" is a list. Give an object'],
    ['a wrong value behind the encoding', { encodedParameters: { limit: 5 } }, 'parameter "limit" is a number'],
    ['a wrong name behind the encoding', { encodedParameters: { 'base64:YSBi': 'x' } }, 'parameter "a b" has no possible name'],
    ['a text', 'region=north', 'The input is a string. Give an object'],
    ['a list', [], 'The input is a list. Give an object'],
    ['a number', 5, 'The input is a number. Give an object'],
    ['an event that is no text', { event: 5 }, '"event" is not the id of an event'],
    ['an event that is endless', { event: 'e'.repeat(201) }, '"event" is not the id of an event'],
    ['a deployment of somebody\'s', { deployment: { population: {} } }, '"deployment" is for CloudFormation only'],
    ['a deployment that is null', { deployment: null }, '"deployment" is for CloudFormation only'],
    ['a deployment without an end', { deployment: { request: 'r', answerBy: 'soon' } }, '"deployment" is for CloudFormation only'],
  ])('%s: %j', (_what, input, words) => {
    expect(problemOf(input)).toContain(words);
  });

  test.each([
    'Parameters', 'PARAMETERS', 'parameter', 'params', 'param', 'paramaters', 'parmeters', 'parameters ', 'sqlParameters', 'queryParameters', 'args',
    'arguments', 'variables', 'parametersOverride',
  ])('a key that comes near ours would be paid for without effect: %s', (key) => {
    expect(problemOf({ [key]: { region: 'north' } })).toContain(`has a key ${JSON.stringify(key)}, which is not known. Write "parameters"`);
  });
});
