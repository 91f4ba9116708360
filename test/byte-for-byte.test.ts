import { CfnParameter, Duration, Fn, Lazy, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { WorkerType } from '../src';
import { definitionsIn } from './support/definitions';
import { makePopulation, makeStack, templateOf } from './support/stacks';
import { CfnTemplate, idsOf, Values } from './support/template';
import { fingerprintOf } from '../src/contract/hashing';
import { decoded, ENCODED } from '../src/contract/verbatim';
import type { RunInput } from '../src/contract/workflow';

/** What people give, and what CloudFormation and EventBridge paste into JSON as it is. */
const texts = [
  'EU', 'C:\\temp\\new', 'say "hi"', 'two\nlines\r\n', '\t', '\u0007', 'Grüße 👋 日本', 'a","x":"b', '"}},"injected":{"', '<aws.events.event>', '<id>',
  '${AWS::Region}', '', ' ', ENCODED, `${ENCODED}RVU=`, 'RVU=', '$.path', '\\u0041', 'x'.repeat(1000),
];

type Give = (stack: Stack, text: string, id: string) => string;

/** The ways in which a text comes into a template. */
const ways: [string, Give, (text: string) => string][] = [
  ['written in the app', (_, text) => text, (text) => text],
  ['given when deploying', (stack, _, id) => new CfnParameter(stack, id).valueAsString, (text) => text],
  ['imported', (_stack, _text, id) => Fn.importValue(id), (text) => text],
  ['known late', (_, text) => Lazy.string({ produce: () => text }), (text) => text],
  ['given, within a text', (stack, _, id) => `"${new CfnParameter(stack, id).valueAsString}"\\`, (text) => `"${text}"\\`],
];

/** A population whose parameters, triggers and schedule have all texts, and their values when it is deployed. */
function synthesized(give: Give, given: readonly string[]): [CfnTemplate, Values] {
  const stack = makeStack();
  const parameters = Object.fromEntries(given.map((text, index) => [`T${index}`, give(stack, text, `Text${index}`)]));
  makePopulation(stack, 'Population', { parameters, triggers: Object.values(parameters) })
    .addSchedule('Nightly', Schedule.rate(Duration.days(1)), { parameters });
  const template = templateOf(stack);
  return [template, new Values(template, Object.fromEntries(given.map((text, index) => [`Text${index}`, text])))];
}

interface Transformer {
  readonly InputTemplate: unknown;
  readonly InputPathsMap: object;
}

/** The input of an execution that the schedule starts, as EventBridge makes it: what is in angle brackets is replaced, with quotation marks. */
function inputOf(template: CfnTemplate, values: Values): RunInput {
  const rule = idsOf(template, 'AWS::Events::Rule').find((id) => id.startsWith('PopulationNightly'))!;
  const [{ InputTransformer }] = template.Resources[rule].Properties.Targets as { InputTransformer: Transformer }[];
  const filled = values.of<string>(InputTransformer.InputTemplate).replace(/<([^<>]+)>/g, (_, name: string) => {
    expect(InputTransformer.InputPathsMap).toHaveProperty([name]);
    return '"the event"';
  });
  return JSON.parse(filled) as RunInput;
}

describe.each(ways)('a text that is %s arrives byte for byte', (_way, give, expected) => {
  const [template, values] = synthesized(give, texts);
  const { resource, machine } = definitionsIn(template, values);
  const input = inputOf(template, values);

  test.each(texts.map((text, index) => [JSON.stringify(text.slice(0, 20)), index]))('%s', (_, index) => {
    const text = expected(texts[index]);
    for (const { population, change } of [resource, machine]) {
      expect(population.parameters?.[`T${index}`]).toBe(text);
      expect(change.triggers?.[index]).toBe(text);
    }
    expect(decoded(input.encodedParameters)?.[`T${index}`]).toBe(text);
  });

  test('and nothing else does', () => {
    for (const { population, change } of [resource, machine]) {
      expect(Object.keys(population.parameters!)).toHaveLength(texts.length);
      expect(change.triggers).toHaveLength(texts.length);
    }
    expect(Object.keys(input)).toEqual(['event', 'encodedParameters']);
    expect(Object.keys(input.encodedParameters!)).toHaveLength(texts.length);
  });
});

describe('a value arrives as it is', () => {
  test('in Spark properties, their keys, the worker type and the payer, too', () => {
    const stack = makeStack();
    const text = new CfnParameter(stack, 'Text').valueAsString;
    makePopulation(stack, 'Population', {
      compute: { workerType: WorkerType.of(text), sparkProperties: { 'a"b': text, '<key>': 'x' } }, analysisPayerAccountId: text,
    });
    const template = templateOf(stack);
    const { resource, machine } = definitionsIn(template, new Values(template, { Text: 'a","b":"c' }));
    for (const { population } of [resource, machine]) {
      expect(population).toMatchObject({
        compute: { type: 'a","b":"c', properties: { spark: { 'a"b': 'a","b":"c', '<key>': 'x' } } }, analysisPayerAccountId: 'a","b":"c',
      });
    }
  });

  test('a list that is known only when deploying makes another trigger of every other list', () => {
    const stack = makeStack();
    makePopulation(stack, 'Population', { triggers: new CfnParameter(stack, 'List', { type: 'CommaDelimitedList' }).valueAsList });
    const template = templateOf(stack);
    const triggers = (List: string[]) => definitionsIn(template, new Values(template, { List })).resource.change.triggers;
    expect(triggers(['a"', 'b'])).toEqual(['a"\nb']);
  });

  test('a number that is known only when deploying stays one', () => {
    const stack = makeStack();
    const workers = new CfnParameter(stack, 'Workers', { type: 'Number' }).valueAsNumber;
    makePopulation(stack, 'Population', { compute: { workers }, parameters: { text: `${new CfnParameter(stack, 'Text').valueAsString}` } });
    const template = templateOf(stack);
    expect(definitionsIn(template, new Values(template, { Workers: '32', Text: 'number:${Token[1]}' })).machine.population).toMatchObject({
      compute: { number: 32 }, parameters: { text: 'number:${Token[1]}' },
    });
  });
});

test('the fingerprint is of the text, not of the way in which it came', () => {
  const prints = ways.slice(0, 4).map(([, give]) => {
    const [template, values] = synthesized(give, ['say "hi"']);
    return fingerprintOf(definitionsIn(template, values).resource);
  });
  expect(new Set(prints).size).toBe(1);
});

test('what is harmless stays readable', () => {
  const [template] = synthesized((_, text) => text, ['2026-11-26', 'EU (all of it)']);
  expect(JSON.stringify(template)).toContain('\\"parameters\\":{\\"T0\\":\\"2026-11-26\\",\\"T1\\":\\"EU (all of it)\\"}');
});
