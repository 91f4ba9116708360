import { createRequire } from 'node:module';
import { Duration } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { STATE_MACHINE_TIMEOUT_SECONDS } from '../../src/contract/time';
import { NOT_INVOKED } from '../../src/contract/workflow';
import { stateMachineIn } from '../support/definitions';
import { makePopulation, MEMBERSHIP, synthesized } from '../support/stacks';
import { idFrom, idOf, resourceOf, uuidOf, Values } from '../support/template';

interface Verdict {
  readonly isValid: boolean;
  errorsText(separator?: string): string;
}

// The package has no types.
const validate = createRequire(__filename)('asl-validator') as (definition: object, options?: object) => Verdict;

const templateWith = ({ announces = false, keepsVersion = false, timeout = Duration.minutes(55) } = {}) => synthesized((stack) => {
  const population = makePopulation(stack, 'Population', {
    parameters: { a: '1' },
    compute: { sparkProperties: { 'key.$': '$.value' } },
    timeout,
    versionParameter: keepsVersion ? StringParameter.fromStringParameterName(stack, 'Version', '/audience/version') : undefined,
  });
  if (announces) {
    population.onPopulationFailed('OnFailed');
  }
});

const MACHINE = 'AWS::StepFunctions::StateMachine';
const answerBy = '$.execution.Input.deployment.answerBy';
const LATE = {
  And: [{ Variable: answerBy, IsPresent: true }, { Variable: '$.crashes.at', TimestampGreaterThanPath: answerBy }],
  Next: 'Broken',
};

describe.each([
  ['a plain population', {}, 'Ended'],
  ['one that tells of failures', { announces: true }, 'ToAnnounce'],
  ['one that keeps its version in a parameter', { keepsVersion: true }, 'Ended'],
  ['one that does both, for hours', { announces: true, keepsVersion: true, timeout: Duration.hours(12) }, 'ToAnnounce'],
])('the state machine of %s', (_, options, reported) => {
  const template = templateWith(options);
  const machine = stateMachineIn(template);
  const { States } = machine;
  const functionOf = (name: string) => new Values(template).of(
    { 'Fn::GetAtt': [idFrom(template, 'AWS::Lambda::Function', `IntermediateTablePopulations${name}`), 'Arn'] });

  test('is valid Amazon States Language', () => {
    const verdict = validate(JSON.parse(JSON.stringify(machine)) as object);
    expect(verdict.isValid ? '' : verdict.errorsText('\n')).toBe('');
  });

  test('is a Standard one, traced, and logged without the data, which may have parameters', () => {
    expect(resourceOf(template, MACHINE).Properties).toMatchObject({
      StateMachineType: 'STANDARD',
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: {
        Level: 'ALL',
        IncludeExecutionData: false,
        Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: { 'Fn::GetAtt': [idOf(template, 'AWS::Logs::LogGroup'), 'Arn'] } } }],
      },
    });
  });

  test('never repeats a step that may have populated, and tells the function when it came to each, which is the one clock of a run', () => {
    const execution = { 'Id.$': '$$.Execution.Id', 'StartTime.$': '$$.Execution.StartTime', 'Input.$': '$' };
    expect(States.Begin.Parameters).toMatchObject({ execution });
    expect(States.Advance).toEqual({
      Type: 'Task',
      Resource: functionOf('PopulationFunction'),
      Parameters: { 'state.$': '$', 'now.$': '$$.State.EnteredTime' },
      Catch: [
        { ErrorEquals: NOT_INVOKED, ResultPath: '$.crash', Next: 'Uninvoked' },
        { ErrorEquals: ['States.ALL'], ResultPath: '$.crash', Next: 'Crashed' },
      ],
      Next: 'Decide',
    });
  });

  test('waits longer after each crash in a row, and takes the function for broken after four minutes', () => {
    const { Begin, Crashed, TooOften } = States as Record<string, any>;
    const [, step] = /States\.MathAdd\(\$\.crashes\.wait, (\d+)\)/.exec(Crashed.Parameters['wait.$'])!;
    const waits: number[] = [];
    for (let wait = Begin.Parameters.crashes.wait + Number(step); wait <= TooOften.Choices[0].NumericGreaterThan; wait += Number(step)) {
      waits.push(wait);
    }
    expect(waits).toEqual([5, 13, 21, 29, 37, 45, 53, 61]);
    expect(States.Again).toEqual({ Type: 'Wait', SecondsPath: '$.crashes.wait', Next: 'Advance' });
  });

  test('asks a function that was not invoked every ten seconds, in a deployment for as long as CloudFormation can be answered', () => {
    expect(States.Uninvoked).toMatchObject({ Parameters: { 'wait.$': '$.crashes.wait' }, Next: 'TooLate' });
    expect(States.TooLate).toEqual({ Type: 'Choice', Choices: [LATE], Default: 'UntilInvoked' });
    expect(States.UntilInvoked).toEqual({ Type: 'Wait', Seconds: 10, Next: 'Advance' });
    expect(States.TooOften.Choices).toContainEqual(LATE);
  });

  test('has the same limit whatever the timeout is: executions keep the definition that they began with', () => {
    expect(machine.TimeoutSeconds).toBe(STATE_MACHINE_TIMEOUT_SECONDS);
  });

  test('ends in success only with the documented output, and otherwise with the run\'s own error', () => {
    const ends = Object.entries(States).filter(([, { Type }]) => Type === 'Succeed' || Type === 'Fail');
    expect(Object.fromEntries(ends)).toMatchObject({
      Succeeded: { Type: 'Succeed', OutputPath: '$.ended.output' },
      Failed: { Type: 'Fail', ErrorPath: '$.ended.failure.error', CausePath: '$.ended.failure.cause' },
      Unreported: { Type: 'Fail', Error: 'Unreported' },
    });
  });

  test('passes on from every task that crashes', () => {
    for (const state of Object.values(States).filter(({ Type }) => Type === 'Task')) {
      expect(state.Catch).toContainEqual(expect.objectContaining({ ErrorEquals: ['States.ALL'] }));
    }
  });

  test('reports before it ends, however the run ended: what ended and how, and neither the definition nor the input', () => {
    expect(JSON.stringify([States.Decide, States.Wait, States.Broken])).not.toMatch(/"(Succeeded|Failed)"/);
    expect(States.Decide).toMatchObject({ Default: 'ToReport' });
    expect(States.Decide.Choices).toContainEqual({ Variable: '$.next', StringEquals: 'WAIT', Next: 'Wait' });
    expect(States.Broken.Next).toBe('GiveUp');
    expect(States.GiveUp).toEqual({ Type: 'Pass', Result: 'END', ResultPath: '$.next', Next: 'ToReport' });
    expect(States.ToReport.Choices).toEqual([{ Variable: '$.execution.Input.deployment', IsPresent: true, Next: 'Report' }]);
    expect(States.Report).toMatchObject({
      Resource: functionOf('DeploymentFunction'),
      Next: 'Reported',
    });
    expect(States.Report.Parameters).toEqual({ 'execution.$': '$.execution.Id', 'ended.$': '$.ended' });
  });

  test('goes on after a report that it was told of, and not where the run has ended, or where its function has left it alone', () => {
    const again = { Variable: '$.next', StringEquals: 'REPORT', Next: 'Advance' };
    expect(States.Reported).toEqual({ Type: 'Choice', Choices: [again], Default: reported });
  });
});

test('a state machine knows its population by name, and nothing of what it makes: all that differs from one to another is here', () => {
  const template = synthesized((stack) => ['First', 'Second'].forEach((id, index) => makePopulation(stack, id, {
    parameters: { secret: `of ${id}` },
    compute: { workers: 2 + index },
    analysisPayerAccountId: '012345678901',
    triggers: [id],
    timeout: Duration.minutes(5 + index),
    cancelOnTimeout: index === 0,
  })));
  const [first, second] = ['First', 'Second'].map((id) =>
    new Values(template).of<string>(template.Resources[idFrom(template, MACHINE, id)].Properties.DefinitionString));
  const keyOf = (definition: string) => (JSON.parse(definition) as { States: { Begin: { Parameters: { population: Record<string, string> } } } })
    .States.Begin.Parameters.population;
  expect(keyOf(first)).toEqual({
    membershipIdentifier: MEMBERSHIP,
    intermediateTableIdentifier: uuidOf('FirstTable'),
    logicalId: idFrom(template, 'Custom::IntermediateTablePopulation', 'First'),
    keepsVersion: false,
  });
  const withKey = (definition: string, key: Record<string, string>) => Object.values(keyOf(definition))
    .reduce((text, value, index) => text.replace(String(value), String(Object.values(key)[index])), definition);
  expect(withKey(first, keyOf(second))).toBe(second);
});

test('events of failures say whether the same request may succeed if it is sent again', () => {
  const { States } = stateMachineIn(templateWith({ announces: true })) as { States: Record<string, any> };
  expect(States.AnnounceFailed.Parameters.Entries[0].Detail).toMatchObject({ 'error.$': '$.ended.failure.error', 'retryable.$': '$.ended.failure.retryable' });
  expect(States.Broken.Result.failure).toHaveProperty('retryable', null);
});

test('the validator would find a state that is missing', () => {
  const { States: { Wait, ...rest }, ...machine } = stateMachineIn(templateWith());
  expect(Wait).toBeDefined();
  expect(validate({ ...machine, States: rest }).isValid).toBe(false);
});
