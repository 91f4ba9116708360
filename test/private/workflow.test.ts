import { Duration } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { stateMachineIn } from '../support/definitions';
import { makePopulation, makeStack, templateOf } from '../support/stacks';
import { idOf, resourceOf, Values } from '../support/template';

interface Verdict {
  readonly isValid: boolean;
  errorsText(separator?: string): string;
}

// The package has no types.
const validate = jest.requireActual<(definition: object, options?: object) => Verdict>('asl-validator');

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

  test('is a Standard one, traced, and logged without the data, which has parameters and response URLs', () => {
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
    expect(machine.States.Advance.Catch).toEqual([{ ErrorEquals: ['States.ALL'], ResultPath: '$.crash', Next: 'Recover' }]);
  });

  test('asks the population function for each step, and tells the deployment function of the end', () => {
    const functionOf = (name: string) => new Values(template).of<string>(
      { 'Fn::GetAtt': [Object.keys(template.Resources).find((id) => id.startsWith(`IntermediateTablePopulations${name}`)), 'Arn'] });
    expect(machine.States.Advance.Resource).toBe(functionOf('PopulationFunction'));
    expect(machine.States.Recover.Resource).toBe(functionOf('PopulationFunction'));
    expect(machine.States.Report.Resource).toBe(functionOf('DeploymentFunction'));
  });

  test('ends in success only with the documented output, and otherwise with the run\'s own error', () => {
    const ends = Object.entries(machine.States).filter(([, { Type }]) => Type === 'Succeed' || Type === 'Fail');
    expect(Object.fromEntries(ends)).toMatchObject({
      Succeeded: { Type: 'Succeed', OutputPath: '$.output' },
      Failed: { Type: 'Fail', ErrorPath: '$.failure.error', CausePath: '$.failure.cause' },
      Unreported: { Type: 'Fail', Error: 'Unreported' },
    });
  });

  test('passes on from every task that crashes', () => {
    for (const state of Object.values(machine.States).filter(({ Type }) => Type === 'Task')) {
      expect(state.Catch).toEqual([expect.objectContaining({ ErrorEquals: ['States.ALL'] })]);
    }
  });

  test('reports before it ends, however the run ended', () => {
    for (const [name, state] of Object.entries(machine.States)) {
      const text = JSON.stringify(state);
      if (name === 'Decide' || name === 'Wait' || name === 'Broken') {
        expect(text).not.toMatch(/"(Succeeded|Failed)"/);
      }
    }
    expect(machine.States.Broken.Next).toBe('Report');
  });
});

test('the validator would find a state that is missing', () => {
  const { States: { Wait, ...rest }, ...machine } = stateMachineIn(templateWith({}));
  expect(Wait).toBeDefined();
  expect(validate({ ...machine, States: rest }).isValid).toBe(false);
});
