import { createRequire } from 'node:module';
import { Duration } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { STATE_MACHINE_TIMEOUT_SECONDS } from '../../src/contract/time';
import { NOT_INVOKED } from '../../src/contract/workflow';
import { stateMachineIn } from '../support/definitions';
import { makePopulation, makeStack, MEMBERSHIP, templateOf } from '../support/stacks';
import { idOf, idsOf, resourceOf, uuidOf, Values } from '../support/template';

interface Verdict {
  readonly isValid: boolean;
  errorsText(separator?: string): string;
}

// The package has no types.
const validate = createRequire(__filename)('asl-validator') as (definition: object, options?: object) => Verdict;

const templateWith = ({ announces = false, keepsVersion = false, timeout = Duration.minutes(55) }) => {
  const stack = makeStack();
  const population = makePopulation(stack, 'Population', {
    parameters: { a: '1' },
    compute: { sparkProperties: { 'key.$': '$.value' } },
    timeout,
    versionParameter: keepsVersion ? StringParameter.fromStringParameterName(stack, 'Version', '/audience/version') : undefined,
  });
  if (announces) {
    population.onPopulationFailed('OnFailed');
  }
  return templateOf(stack);
};

const variants = [
  ['a plain population', {}],
  ['one that tells of failures', { announces: true }],
  ['one that keeps its version in a parameter', { keepsVersion: true }],
  ['one that does both, for hours', { announces: true, keepsVersion: true, timeout: Duration.hours(12) }],
] as const;

describe.each(variants)('the state machine of %s', (_, options) => {
  const template = templateWith(options);
  const machine = stateMachineIn(template);

  test('is valid Amazon States Language', () => {
    const verdict = validate(JSON.parse(JSON.stringify(machine)) as object);
    expect(verdict.isValid ? '' : verdict.errorsText('\n')).toBe('');
  });

  test('is a Standard one, traced, and logged without the data, which may have parameters', () => {
    expect(resourceOf(template, 'AWS::StepFunctions::StateMachine').Properties).toMatchObject({
      StateMachineType: 'STANDARD',
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: {
        Level: 'ALL',
        IncludeExecutionData: false,
        Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: { 'Fn::GetAtt': [idOf(template, 'AWS::Logs::LogGroup'), 'Arn'] } } }],
      },
    });
  });

  test('never repeats a step that may have populated', () => {
    expect(machine.States.Advance).not.toHaveProperty('Retry');
    expect(machine.States.Advance.Catch).toEqual([
      { ErrorEquals: NOT_INVOKED, ResultPath: '$.crash', Next: 'Uninvoked' },
      { ErrorEquals: ['States.ALL'], ResultPath: '$.crash', Next: 'Crashed' },
    ]);
  });

  test('tells the function when it came to each step, which is the one clock of a run: no state that waits for the function is repeated', () => {
    expect(machine.States.Begin.Parameters).toMatchObject({ execution: { 'Id.$': '$$.Execution.Id', 'StartTime.$': '$$.Execution.StartTime', 'Input.$': '$' } });
    expect(machine.States.Advance.Parameters).toEqual({ 'state.$': '$', 'now.$': '$$.State.EnteredTime' });
  });

  test('waits longer after each crash in a row, and takes the function for broken after four minutes', () => {
    const { Begin, Crashed, TooOften } = machine.States as Record<string, any>;
    const [, step] = /States\.MathAdd\(\$\.crashes\.wait, (\d+)\)/.exec(Crashed.Parameters['wait.$'])!;
    const waits: number[] = [];
    for (let wait = Begin.Parameters.crashes.wait + Number(step); wait <= TooOften.Choices[0].NumericGreaterThan; wait += Number(step)) {
      waits.push(wait);
    }
    expect(waits).toEqual([5, 13, 21, 29, 37, 45, 53, 61]);
    expect(machine.States.Again).toEqual({ Type: 'Wait', SecondsPath: '$.crashes.wait', Next: 'Advance' });
  });

  test('asks a function that was not invoked every ten seconds, in a deployment for as long as CloudFormation can be answered', () => {
    const late = {
      And: [
        { Variable: '$.execution.Input.deployment.answerBy', IsPresent: true },
        { Variable: '$.crashes.at', TimestampGreaterThanPath: '$.execution.Input.deployment.answerBy' },
      ],
      Next: 'Broken',
    };
    expect(machine.States.Uninvoked).toMatchObject({ Parameters: { 'wait.$': '$.crashes.wait' }, Next: 'TooLate' });
    expect(machine.States.TooLate).toEqual({ Type: 'Choice', Choices: [late], Default: 'UntilInvoked' });
    expect(machine.States.UntilInvoked).toEqual({ Type: 'Wait', Seconds: 10, Next: 'Advance' });
    expect(machine.States.TooOften.Choices).toContainEqual(late);
  });

  test('has the same limit whatever the timeout is: executions keep the definition that they began with', () => {
    expect(machine.TimeoutSeconds).toBe(STATE_MACHINE_TIMEOUT_SECONDS);
  });

  test('asks the population function for each step, and tells the deployment function of the end', () => {
    const functionOf = (name: string) => new Values(template).of<string>(
      { 'Fn::GetAtt': [Object.keys(template.Resources).find((id) => id.startsWith(`IntermediateTablePopulations${name}`)), 'Arn'] });
    expect(machine.States.Advance.Resource).toBe(functionOf('PopulationFunction'));
    expect(machine.States.Report.Resource).toBe(functionOf('DeploymentFunction'));
  });

  test('ends in success only with the documented output, and otherwise with the run\'s own error', () => {
    const ends = Object.entries(machine.States).filter(([, { Type }]) => Type === 'Succeed' || Type === 'Fail');
    expect(Object.fromEntries(ends)).toMatchObject({
      Succeeded: { Type: 'Succeed', OutputPath: '$.ended.output' },
      Failed: { Type: 'Fail', ErrorPath: '$.ended.failure.error', CausePath: '$.ended.failure.cause' },
      Unreported: { Type: 'Fail', Error: 'Unreported' },
    });
  });

  test('passes on from every task that crashes', () => {
    for (const state of Object.values(machine.States).filter(({ Type }) => Type === 'Task')) {
      expect(state.Catch).toContainEqual(expect.objectContaining({ ErrorEquals: ['States.ALL'] }));
    }
  });

  test('reports what ended and how, and no more: neither the definition nor the input', () => {
    expect(machine.States.Report.Parameters).toEqual({ 'execution.$': '$.execution.Id', 'ended.$': '$.ended' });
  });

  test('reports before it ends, however the run ended', () => {
    for (const [name, state] of Object.entries(machine.States)) {
      const text = JSON.stringify(state);
      if (name === 'Decide' || name === 'Wait' || name === 'Broken') {
        expect(text).not.toMatch(/"(Succeeded|Failed)"/);
      }
    }
    expect([machine.States.Broken.Next, machine.States.GiveUp.Next]).toEqual(['GiveUp', 'ToReport']);
    expect(machine.States.ToReport.Choices).toEqual([{ Variable: '$.execution.Input.deployment', IsPresent: true, Next: 'Report' }]);
  });
});

test('the version that a run keeps is written before its lease ends, and a write that is refused goes to the function like one that is not', () => {
  const { States } = stateMachineIn(templateWith({ keepsVersion: true }));
  expect(States.Decide.Choices).toContainEqual({ Variable: '$.next', StringEquals: 'KEEP_VERSION', Next: 'KeepVersion' });
  expect(States.KeepVersion).toMatchObject({
    Parameters: { 'Value.$': '$.ended.output.versionId' }, Next: 'Advance', Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.unkept', Next: 'Advance' }],
  });
  expect(stateMachineIn(templateWith({})).States).not.toHaveProperty('KeepVersion');
});

test('a run that is told to report goes on afterwards, and one that has ended, or that its function has left alone, does not', () => {
  const { States } = stateMachineIn(templateWith({}));
  expect(States.Decide).toMatchObject({ Choices: [{ Variable: '$.next', StringEquals: 'WAIT', Next: 'Wait' }], Default: 'ToReport' });
  expect(States.Report.Next).toBe('Reported');
  expect(States.Reported).toEqual({ Type: 'Choice', Choices: [{ Variable: '$.next', StringEquals: 'REPORT', Next: 'Advance' }], Default: 'Ended' });
  expect(States.GiveUp).toEqual({ Type: 'Pass', Result: 'END', ResultPath: '$.next', Next: 'ToReport' });
});

test('a state machine knows its population by name, and nothing of what it makes: all that differs from one to another is here', () => {
  const stack = makeStack();
  const machines = ['First', 'Second'].map((id, index) => {
    makePopulation(stack, id, {
      parameters: { secret: `of ${id}` },
      compute: { workers: 2 + index },
      analysisPayerAccountId: '012345678901',
      triggers: [id],
      timeout: Duration.minutes(5 + index),
      cancelOnTimeout: index === 0,
    });
    return id;
  });
  const template = templateOf(stack);
  const [first, second] = machines.map((id) => {
    const machine = idsOf(template, 'AWS::StepFunctions::StateMachine').find((each) => each.startsWith(id))!;
    return new Values(template).of<string>(template.Resources[machine].Properties.DefinitionString);
  });
  const keyOf = (definition: string) => (JSON.parse(definition) as { States: { Begin: { Parameters: { population: Record<string, string> } } } })
    .States.Begin.Parameters.population;
  expect(keyOf(first)).toEqual({
    membershipIdentifier: MEMBERSHIP,
    intermediateTableIdentifier: uuidOf('FirstTable'),
    logicalId: idsOf(template, 'Custom::IntermediateTablePopulation').find((id) => id.startsWith('First')),
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
  const { States: { Wait, ...rest }, ...machine } = stateMachineIn(templateWith({}));
  expect(Wait).toBeDefined();
  expect(validate({ ...machine, States: rest }).isValid).toBe(false);
});
