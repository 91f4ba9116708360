import { begin, firstStep } from '../../../src/handlers/population/advance';
import type { Population, RunInput } from '../../../src/handlers/population/run-state';
import { DEPLOYMENT, EXECUTION_ARN, ok, outsideOf, POPULATION, ScriptedRooms, STARTED_AT, step, tableWith } from '../support';

const DEFINED: Population = { ...POPULATION, parameters: { region: 'north', year: '2026' }, slot: 4 };
const beginningWith = (Input?: RunInput | null, population = DEFINED) => ({ population, execution: { Id: EXECUTION_ARN, Input } });
const begun = (input?: RunInput | null, population = DEFINED) => begin(beginningWith(input, population), outsideOf(new ScriptedRooms()));

describe('begin', () => {
  test.each([['no input', undefined], ['null', null], ['an empty input', {}]])('with %s runs the definition', (_what, input) => {
    expect(begun(input)).toMatchObject({ population: DEFINED, phase: 'LOOK', next: 'WAIT', waited: 0, wait: 0, startedAt: STARTED_AT, executionArn: EXECUTION_ARN });
    expect(begun(input).deployment).toBeUndefined();
  });

  test('lets the input\'s parameters override the definition\'s by name', () => {
    expect(begun({ parameters: { year: '2025', quarter: '3' } }).population.parameters).toEqual({ region: 'north', year: '2025', quarter: '3' });
  });

  test('takes parameters where the definition has none', () => {
    expect(begun({ parameters: { year: '2025' } }, { ...DEFINED, parameters: undefined }).population.parameters).toEqual({ year: '2025' });
    expect(begun({}, { ...DEFINED, parameters: undefined }).population.parameters).toBeUndefined();
  });

  test('changes nothing else for parameters, the slot included', () => {
    const { parameters: _, ...rest } = begun({ parameters: { year: '2025' } }).population;
    const { parameters: __, ...defined } = DEFINED;
    expect(rest).toEqual(defined);
  });

  test('runs a deployment\'s own population: the definition may lag behind the template', () => {
    const population = { ...POPULATION, parameters: { region: 'south' }, timeoutSeconds: 600 };
    const state = begun({ deployment: { ...DEPLOYMENT, population } });
    expect(state.population).toMatchObject({ parameters: { region: 'south' }, timeoutSeconds: 600 });
    expect(state.deployment).toEqual({ ...DEPLOYMENT, population });
  });

  test('begins a release with nothing but that', () => {
    expect(begun({ deployment: { action: 'RELEASE' } }).phase).toBe('RELEASE');
  });

  test('carries on whether it follows an upstream run, or only measures', () => {
    expect(begun({ afterUpstream: true })).toMatchObject({ afterUpstream: true });
    expect(begun({ observe: true })).toMatchObject({ observe: true });
  });
});

describe('the first step', () => {
  const reading = { getTable: [tableWith()], listVersions: [ok([])] };

  test('is a look at once for the first population of a stack', async () => {
    expect((await step((outside) => firstStep(beginningWith({}, { ...DEFINED, slot: 0 }), outside), reading)).phase).toBe('POPULATE');
    expect((await step((outside) => firstStep(beginningWith({}, { ...DEFINED, slot: undefined }), outside), reading)).phase).toBe('POPULATE');
  });

  test('waits for its own moment for the others', async () => {
    expect(await step((outside) => firstStep(beginningWith({}), outside), {})).toMatchObject({ phase: 'LOOK', next: 'WAIT', wait: 12 });
  });

  test('spreads a deployment\'s runs, too', async () => {
    // As the custom resource hands it over: without the slot, which only the state machine's definition has.
    const { slot: _, ...population } = DEFINED;
    const first = await step((outside) => firstStep(beginningWith({ deployment: { ...DEPLOYMENT, population } }), outside), {}, { slots: 10 });
    expect(first).toMatchObject({ phase: 'LOOK', next: 'WAIT', wait: 12, population: { slot: 4 } });
  });

  test('of a release does not wait', async () => {
    expect((await step((outside) => firstStep(beginningWith({ deployment: { action: 'RELEASE' } }), outside), {})).phase).toBe('END');
  });
});
