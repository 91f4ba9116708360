import { Aws, CfnResource, Lazy, Stack, aws_ssm as ssm, aws_stepfunctions as sfn } from 'aws-cdk-lib';
import { IIntermediateTableRef } from 'aws-cdk-lib/aws-cleanrooms';
import { Construct } from 'constructs';
import { lazyIdentityIn } from './references';
import { SharedResources } from './shared-resources';
import { stateMachineName } from './state-machine-names';
import { workflow } from './workflow';

export interface PopulationStateMachineProps {
  readonly population: Construct;
  readonly shared: SharedResources;
  readonly table: IIntermediateTableRef;
  readonly versionParameter?: ssm.IParameterRef;
  /** Of the population; it needs the state machine itself. */
  readonly customResource: () => CfnResource;
  readonly announces: () => boolean;
}

/** Makes a population's state machine, under a scope of its own: what depends on that depends on the machine, which is a part of it. */
export function makeStateMachine(scope: Construct, props: PopulationStateMachineProps): sfn.CfnStateMachine {
  const { population, shared, versionParameter } = props;
  const { membershipIdentifier, intermediateTableIdentifier } = lazyIdentityIn(population, props.table);
  const definition = () => workflow({
    key: {
      membershipIdentifier,
      intermediateTableIdentifier,
      logicalId: props.customResource().logicalId,
      keepsVersion: versionParameter !== undefined,
    },
    populationFunctionArn: shared.populationFunction.functionArn,
    deploymentFunctionArn: shared.deploymentFunction.functionArn,
    partition: Aws.PARTITION,
    versionParameterName: versionParameter?.parameterRef.parameterName,
    announceAs: props.announces() ? population.node.path : undefined,
  });
  const machine: sfn.CfnStateMachine = new sfn.CfnStateMachine(scope, 'Resource', {
    stateMachineName: stateMachineName(population, () => machine),
    definitionString: Lazy.string({ produce: () => Stack.of(population).toJsonString(definition()) }),
    roleArn: shared.machineRole.roleArn,
    stateMachineType: 'STANDARD',
    tracingConfiguration: { enabled: true },
    // Without execution data: whoever starts a run may give it parameters.
    loggingConfiguration: {
      level: 'ALL',
      includeExecutionData: false,
      destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: shared.logGroup.logGroupArn } }],
    },
  });
  return machine;
}
