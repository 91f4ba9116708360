import { Pattern } from '../../events/pattern';
import { Target } from '../../events/service';
import { PolicyDocument } from '../../iam/policy';
import { ApiError } from '../../runtime/json-server';
import { Change, Made, ResourceHandler } from '../services';
import { ResourceFailure } from '../stack';

const STATES = 'states.amazonaws.com';

const stateMachine: ResourceHandler = {
  seconds: 2,
  replacedBy: ['StateMachineName', 'StateMachineType'],
  create: (change) => putStateMachine(change, String(change.properties.StateMachineName ?? change.generatedName)),
  update: (change, { attributes }) => putStateMachine(change, String(attributes.Name)),
  delete: ({ services }, { physicalId }) => services.stepFunctions.delete(physicalId),
};

function putStateMachine({ services, properties, logicalId }: Change, name: string): Made {
  const { stepFunctions, iam, region, account } = services;
  const roleArn = String(properties.RoleArn);
  if (!iam.mayBeAssumedBy(roleArn, STATES) && !iam.mayBeAssumedBy(roleArn, `states.${region}.amazonaws.com`)) {
    throw new ResourceFailure(`Neither the global service principal ${STATES}, nor the regional one is authorized to assume the provided role.`);
  }
  if ((properties.StateMachineType ?? 'STANDARD') !== 'STANDARD') throw new ResourceFailure(`${logicalId}: the simulator runs STANDARD state machines only.`);
  const arn = `arn:aws:states:${region}:${account}:stateMachine:${name}`;
  refusedAsFailure(() => stepFunctions.deploy({ arn, name, logicalId, roleArn, definition: definitionOf(properties) }));
  return { physicalId: arn, attributes: { Arn: arn, Name: name } };
}

function definitionOf({ DefinitionString, Definition, DefinitionSubstitutions = {} }: Record<string, unknown>): string {
  const text = typeof DefinitionString === 'string' ? DefinitionString : JSON.stringify(Definition);
  const substitutions = DefinitionSubstitutions as Record<string, unknown>;
  return text.replace(/\$\{(\w+)\}/g, (whole, name: string) => (name in substitutions ? String(substitutions[name]) : whole));
}

const rule: ResourceHandler = {
  seconds: 2,
  replacedBy: ['Name', 'EventBusName'],
  create: (change) => putRule(change, String(change.properties.Name ?? change.generatedName)),
  update: (change, { physicalId }) => putRule(change, physicalId),
  delete: ({ services }, { attributes }) => services.events.deleteRule(attributes.Arn as string),
};

function putRule({ services, properties, logicalId }: Change, name: string): Made {
  const { events, region, account } = services;
  const arn = `arn:aws:events:${region}:${account}:rule/${name}`;
  if (!properties.ScheduleExpression && !properties.EventPattern) throw new ResourceFailure(`Rule ${name}: Parameter(s) EventPattern or ScheduleExpression must be specified.`);
  refusedAsFailure(() => events.putRule({
    logicalId,
    arn,
    enabled: properties.State !== 'DISABLED',
    scheduleExpression: properties.ScheduleExpression as string | undefined,
    eventPattern: properties.EventPattern as Pattern | undefined,
    targets: (properties.Targets ?? []) as Target[],
  }));
  return { physicalId: name, attributes: { Arn: arn } };
}

const queuePolicy: ResourceHandler = {
  seconds: 2,
  create: (change) => putQueuePolicy(change, change.generatedName),
  update: (change, { physicalId }) => putQueuePolicy(change, physicalId),
  delete: ({ services: { queues } }, { properties }) => (properties.Queues as string[]).forEach((url) => queues.setPolicy(queues.arnOf(url))),
};

function putQueuePolicy({ services: { queues }, properties }: Change, physicalId: string): Made {
  (properties.Queues as string[]).forEach((url) => queues.setPolicy(queues.arnOf(url), properties.PolicyDocument as PolicyDocument));
  return { physicalId };
}

function refusedAsFailure(call: () => void): void {
  try {
    call();
  } catch (error) {
    if (error instanceof ApiError) throw new ResourceFailure(error.message);
    throw error;
  }
}

export const orchestrationHandlers: Record<string, ResourceHandler> = {
  'AWS::StepFunctions::StateMachine': stateMachine,
  'AWS::Events::Rule': rule,
  'AWS::SQS::QueuePolicy': queuePolicy,
};
