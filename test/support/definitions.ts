import { CfnTemplate, resourceOf, Values } from './template';
import type { PopulationProperties } from '../../src/contract/custom-resource';

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

/** What the custom resource of the only population is told, when deployed. */
export const propertiesIn = (template: CfnTemplate, values = new Values(template)): PopulationProperties =>
  values.of<PopulationProperties>(resourceOf(template, 'Custom::IntermediateTablePopulation').Properties);
