import { CfnTemplate, resourceOf, Values } from './template';

/** What the custom resource and the state machine of the only population get to know, when deployed. */
export interface Definitions {
  readonly resource: Record<string, unknown>;
  readonly machine: Record<string, unknown>;
}

export interface StateMachine {
  readonly TimeoutSeconds: number;
  readonly StartAt: string;
  readonly States: Record<string, Record<string, unknown>>;
}

export function stateMachineIn(template: CfnTemplate, values = new Values(template)): StateMachine {
  const { DefinitionString: json } = resourceOf(template, 'AWS::StepFunctions::StateMachine').Properties;
  return JSON.parse(values.of<string>(json)) as StateMachine;
}

export function definitionsIn(template: CfnTemplate, values = new Values(template)): Definitions {
  const { Population: json } = resourceOf(template, 'Custom::IntermediateTablePopulation').Properties;
  return {
    resource: JSON.parse(values.of<string>(json)) as Definitions['resource'],
    machine: stateMachineIn(template, values).States.Define.Result as Definitions['machine'],
  };
}
