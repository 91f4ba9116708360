import { WINDS_UP } from '../../../../src/contract/time';
import { begin } from '../../../../src/handlers/population/begin';
import { beginning } from '../../../../src/handlers/population/phases/begin';
import type { In } from '../../../../src/handlers/population/run-state';
import {
  DEFINITION, DEPLOYMENT, EXECUTION_ARN, FINGERPRINT, IN_TIME, inShort, KNOWN, LATE, LATER, ok, recordWith, SENT, STARTED_AT, stateIn, stateOf,
  UNKNOWN,
} from '../../support';

const ANSWER_BY = new Date(DEPLOYMENT.answerBy).toISOString();
const begun = (Input?: unknown, definition = DEFINITION) =>
  begin({ definition, execution: { Id: EXECUTION_ARN, StartTime: new Date(STARTED_AT).toISOString(), Input } });

describe('the first state', () => {
  test('is of the machine\'s definition, from its start to its timeout', () => {
    expect(begun()).toMatchObject({ phase: 'BEGIN', cause: 'ORDINARY', fingerprint: FINGERPRINT, startedAt: STARTED_AT, deadline: STARTED_AT + 3_300_000 });
  });

  test.each([
    [{ observe: true }, 'OBSERVE'], [{ afterUpstream: true }, 'AFTER_UPSTREAM'], [{ deployment: { request: 'r', answerBy: ANSWER_BY } }, 'DEPLOYMENT'],
    [{ parameters: {} }, 'ORDINARY'],
  ])('of %j is for %s', (input, cause) => {
    expect(begun(input)).toMatchObject({ phase: 'BEGIN', cause });
  });

  test('has the input\'s parameters over the definition\'s, and is another definition then', () => {
    const state = begun({ encodedParameters: { 'base64:ZGF5': 'base64:MQ==', 'region': 'east' }, parameters: { region: 'south' } });
    expect(state.definition.population.parameters).toEqual({ region: 'south', day: '1' });
    expect(state.fingerprint).not.toBe(FINGERPRINT);
  });

  test('reads a definition byte for byte', () => {
    const population = { ...DEFINITION.population, parameters: { region: 'base64:IlwKIg==' } };
    expect(begun({}, { ...DEFINITION, population }).definition.population.parameters).toEqual({ region: '"\\\n"' });
  });

  test('takes table, compute and payer from nobody but the definition', () => {
    const population = { intermediateTableIdentifier: 'other', compute: { type: 'CR.8X' }, analysisPayerAccountId: '1' };
    expect(begun({ population, definition: { population }, ...population }).definition).toEqual(DEFINITION);
  });

  test('is the last where the input is wrong', () => {
    const state = begun({ parameters: { limit: 5 } }) as In<'END'>;
    expect(state).toMatchObject({ phase: 'END', ended: { failure: { error: 'InvalidInput' } } });
    expect(state.ended.failure?.cause).toContain('The input\'s parameter "limit" is a number. Give a text, in quotes. Nothing was populated.');
  });

  test('of a deployment lasts until it has to be answered', () => {
    expect(begun({ deployment: { request: 'r', answerBy: ANSWER_BY } }).deadline).toBe(DEPLOYMENT.answerBy - WINDS_UP * 1_000);
  });
});

type Facts = Parameters<typeof beginning.decide>[1];
const DEPLOYS = { cause: 'DEPLOYMENT' } as const;
const recorded = (deployment?: object, sent?: object) => ({ record: ok(recordWith({ deployment, sent } as object)) });

describe('a run', () => {
  test.each<[string, Partial<In<'BEGIN'>>, object, typeof IN_TIME, string]>([
    ['waits for its turn', {}, {}, IN_TIME, 'TURN'],
    ['that only looks waits for nobody', { cause: 'OBSERVE' }, {}, IN_TIME, 'OBSERVE'],
    ['after an upstream table\'s looks there first', { cause: 'AFTER_UPSTREAM' }, {}, IN_TIME, 'UPSTREAM'],
    ['of an event is the first', { event: 'e' }, { isFirst: ok(true) }, IN_TIME, 'TURN'],
    ['of an event that has come before only looks', { event: 'e' }, { isFirst: ok(false) }, IN_TIME, 'OBSERVE'],
    ['of an event asks again where nobody can tell', { event: 'e' }, { isFirst: UNKNOWN }, IN_TIME, 'waits in BEGIN'],
    ['of the newest deployment waits for its turn', DEPLOYS, recorded(DEPLOYMENT), IN_TIME, 'TURN'],
    ['of an older deployment does nothing', DEPLOYS, recorded(LATER), IN_TIME, 'CLOSE Superseded'],
    ['of a deployment that was given up does nothing', DEPLOYS, recorded({ ...DEPLOYMENT, abandoned: true }), IN_TIME, 'CLOSE Superseded'],
    ['of no deployment on record does nothing, whoever started it', DEPLOYS, recorded(), IN_TIME, 'CLOSE Superseded'],
    ['of a deployment asks again where the record does not answer', DEPLOYS, { record: UNKNOWN }, IN_TIME, 'waits in BEGIN'],
    ['fails where the record does not answer until the end', DEPLOYS, { record: UNKNOWN }, LATE, 'CLOSE RecordUnavailable'],
    ['of an older deployment, whose step broke off after its request, cancels first', DEPLOYS, recorded(LATER, KNOWN), IN_TIME, 'CANCEL for Superseded'],
    ['and looks first for what was not answered', DEPLOYS, recorded(LATER, SENT), IN_TIME, 'DOUBT for Superseded'],
  ])('%s', (_what, change, facts, at, expected) => {
    expect(inShort(beginning.decide(stateIn('BEGIN', change), facts as Facts, at))).toBe(expected);
  });

  test('of a deployment makes what is on record, not what the machine had', () => {
    const definition = { ...DEFINITION, timeoutSeconds: 600, population: { ...DEFINITION.population, parameters: { region: 'south' } } };
    const state = stateOf(beginning.decide(stateIn('BEGIN', DEPLOYS), recorded({ ...DEPLOYMENT, definition }) as Facts, IN_TIME));
    expect(state).toMatchObject({ definition: { population: definition.population }, deadline: STARTED_AT + 600_000, deployment: { request: 'request-1' } });
  });

  test('that came late ends in time for CloudFormation', () => {
    const answerBy = STARTED_AT + 1_000_000;
    const state = stateOf(beginning.decide(stateIn('BEGIN', DEPLOYS), recorded({ ...DEPLOYMENT, answerBy }) as Facts, IN_TIME));
    expect(state.deadline).toBe(answerBy - WINDS_UP * 1_000);
    expect(state.limit).toBeLessThan(answerBy);
  });

  test('of a release takes minutes', () => {
    const state = stateOf(beginning.decide(stateIn('BEGIN', DEPLOYS), recorded({ ...DEPLOYMENT, action: 'RELEASE' }) as Facts, IN_TIME));
    expect(state).toMatchObject({ cause: 'RELEASE', deadline: STARTED_AT + 300_000 });
  });
});
