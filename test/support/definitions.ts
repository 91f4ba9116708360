import { CfnTemplate, resourceOf, Values } from './template';
import type { Definition } from '../../src/contract/population';
import { decoded } from '../../src/contract/verbatim';

/** What the custom resource and the state machine of the only population get to know, when deployed. */
export interface Definitions {
  readonly resource: Definition;
  readonly machine: Definition;
}

export interface StateMachine {
  readonly TimeoutSeconds: number;
  readonly StartAt: string;
  readonly States: Record<string, Record<string, unknown>>;
}

/** The ARN of a state machine, as CDK's references have it. */
export const machineArn = (logicalId: string): object => ({
  'Fn::Join': ['', [
    'arn:', { Ref: 'AWS::Partition' }, ':states:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':stateMachine:',
    { 'Fn::GetAtt': [logicalId, 'Name'] },
  ]],
});

export function stateMachineIn(template: CfnTemplate, values = new Values(template)): StateMachine {
  const { DefinitionString: json } = resourceOf(template, 'AWS::StepFunctions::StateMachine').Properties;
  return JSON.parse(values.of<string>(json)) as StateMachine;
}

/** Texts that had to be encoded are as the functions read them. */
export function definitionsIn(template: CfnTemplate, values = new Values(template)): Definitions {
  const { Definition: json } = resourceOf(template, 'Custom::IntermediateTablePopulation').Properties;
  return {
    resource: decoded(JSON.parse(values.of<string>(json)) as Definition),
    machine: decoded(stateMachineIn(template, values).States.Define.Result as Definition),
  };
}
