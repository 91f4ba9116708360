import type { Parameters } from '../../contract/population';
import { decoded } from '../../contract/verbatim';
import type { RunInput } from '../../contract/workflow';

/** What an execution's input says, or what is wrong with it: anybody who may start one may have written it, or meant something else. */
export function readInput(input: unknown): { readonly input: RunInput; readonly problem?: undefined } | { readonly problem: string } {
  if (input === undefined || input === null) {
    return { input: {} };
  }
  if (typeof input !== 'object' || Array.isArray(input)) {
    return { problem: `The input is ${kindOf(input)}. Give an object: {} or {"parameters": {"name": "value"}}.` };
  }
  const given = input as RunInput;
  const problem = misspelled(input) ?? wrongParameters(given.parameters) ?? wrongParameters(decodedParameters(given)) ?? wrongWords(given);
  return problem ? { problem } : { input: given };
}

const KEYS = ['parameters', 'encodedParameters', 'event', 'afterUpstream', 'observe', 'deployment'];

/** A key that comes near one of ours was meant to be it: the populate would be paid without it. Others are none of our business. */
function misspelled(input: object): string | undefined {
  const key = Object.keys(input).find((each) => !KEYS.includes(each) && isNear(each));
  return key === undefined ? undefined
    : `The input has a key ${JSON.stringify(key)}, which is not known. Write "parameters", an object of texts, or leave it out.`;
}

function isNear(key: string): boolean {
  const letters = key.toLowerCase().replace(/[^a-z]/g, '');
  return /^(param|sqlparam|queryparam|args?$|arguments?$|variables?$)/.test(letters) || distance(letters, 'parameters') <= 3;
}

/** How many letters have to be changed, added or left out. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[other.length];
}

/** The API's limits: https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_PopulateIntermediateTable.html */
const NAME = /^[0-9a-zA-Z_]{1,100}$/;
const LONGEST_VALUE = 1_000;

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
    if (value.length > LONGEST_VALUE) {
      return `The input's parameter "${name}" has ${value.length} characters. Give at most ${LONGEST_VALUE}.`;
    }
  }
  return undefined;
}

const decodedParameters = ({ encodedParameters }: RunInput) => (encodedParameters === undefined ? undefined : decoded(encodedParameters));

function wrongWords({ event, deployment }: RunInput): string | undefined {
  if (event !== undefined && (typeof event !== 'string' || event.length > 200)) {
    return 'The input\'s "event" is not the id of an event. Leave it out.';
  }
  const isReference = deployment === undefined
    || (typeof deployment === 'object' && deployment !== null && typeof deployment.request === 'string' && !Number.isNaN(Date.parse(deployment.answerBy)));
  return isReference ? undefined : 'The input\'s "deployment" is for CloudFormation only. Leave it out.';
}

const kindOf = (value: unknown): string =>
  (value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`);
