import type { Parameters } from '../contract/definition';
import type { RunInput } from '../contract/workflow';

/** Returns what an execution's input says, or what is wrong with it: anybody who may start one may have written it. */
export function readInput(input: unknown): { readonly input: RunInput; readonly problem?: undefined } | { readonly problem: string } {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return { problem: `The input is ${kindOf(input)}. Give an object: {} or {"parameters": {"name": "value"}}.` };
  }
  const given = input as RunInput;
  const problem = unknownKey(input) ?? wrongParameters(given.parameters) ?? wrongWords(given);
  return problem ? { problem } : { input: given };
}

const KEYS = ['parameters', 'schedule', 'event', 'afterUpstream', 'observe', 'deployment'];

/** A key that is not known may be a misspelled one: the populate would be paid without it. */
function unknownKey(input: object): string | undefined {
  // What the Step Functions console adds to an input by itself.
  const key = Object.keys(input).find((each) => !KEYS.includes(each) && !each.startsWith('AWS_STEP_FUNCTIONS_'));
  return key === undefined ? undefined
    : `The input has a key ${JSON.stringify(key)}, which is not known. Write "parameters", an object of texts, or leave it out.`;
}

/** The API's limits: https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_PopulateIntermediateTable.html */
const NAME = /^[0-9a-zA-Z_]{1,100}$/;
const MAX_VALUE_LENGTH = 1_000;

function wrongParameters(parameters?: Parameters): string | undefined {
  if (parameters === undefined) {
    return undefined;
  }
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters)) {
    return `The input's "parameters" is ${kindOf(parameters)}. Give an object of texts: {"name": "value"}.`;
  }
  for (const [name, value] of Object.entries(parameters) as [string, unknown][]) {
    if (!NAME.test(name)) {
      return `The input's parameter ${JSON.stringify(name)} has no possible name. Use 1 to 100 letters, digits and underscores.`;
    }
    if (typeof value !== 'string') {
      return `The input's parameter "${name}" is ${kindOf(value)}. Give a text, in quotes.`;
    }
    if (value.length > MAX_VALUE_LENGTH) {
      return `The input's parameter "${name}" has ${value.length} characters. Give at most ${MAX_VALUE_LENGTH}.`;
    }
  }
  return undefined;
}

function wrongWords({ schedule, event, deployment }: RunInput): string | undefined {
  if (schedule !== undefined && typeof schedule !== 'string') {
    return 'The input\'s "schedule" is not the name of a schedule. Leave it out.';
  }
  if (event !== undefined && (typeof event !== 'string' || event.length > 200)) {
    return 'The input\'s "event" is not the id of an event. Leave it out.';
  }
  const isReference = typeof deployment?.request === 'string' && !Number.isNaN(Date.parse(deployment.answerBy));
  return deployment === undefined || isReference ? undefined : 'The input\'s "deployment" is for CloudFormation only. Leave it out.';
}

const kindOf = (value: unknown): string =>
  (value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`);
