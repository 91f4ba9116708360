import { definitionOf, oldPropertiesOf, propertiesOf, requestHash, type CloudFormationEvent } from './event';
import { fingerprintOf } from '../../contract/hashing';
import { MARGIN, resourceTimeout } from '../../contract/time';
import { tableId, type Deployment } from '../record/population-record';

/** What an event asks for, as far as the event itself tells. */
export interface Asked {
  readonly deployment: Deployment;
  readonly stateMachineArn: string;
  /** Of the table that is populated or released. */
  readonly table: string;
  /** The wait handle that the event brings: CloudFormation waits there, unless it has waited there before. */
  readonly brings?: string;
}

/** @throws if the event's definition cannot be read. */
export function askedBy(event: CloudFormationEvent, prefix: string, requestedAt: number): Asked {
  const properties = propertiesOf(event);
  const { StateMachineArn: stateMachineArn, PopulateOnDeploy: mode, Deploy: stamp } = properties;
  const definition = definitionOf(properties);
  const request = requestHash(event);
  const releases = event.RequestType === 'Delete';
  return {
    stateMachineArn,
    table: tableId(definition.population),
    brings: releases ? undefined : broughtHandle(event),
    deployment: {
      request,
      requestedAt,
      execution: executionArnOf(stateMachineArn, nameOf(prefix, request)),
      logicalId: event.LogicalResourceId,
      action: releases ? 'RELEASE' : 'POPULATE',
      definition,
      fingerprint: fingerprintOf(definition),
      mode,
      changed: !releases && isChanged(event),
      stamp,
      answerBy: answerBy(requestedAt, resourceTimeout(definition.timeoutSeconds)),
    },
  };
}

export const nameOf = (prefix: string, request: string): string => `${prefix}-${request}`;

const executionArnOf = (stateMachineArn: string, name: string): string => `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;

export const answerBy = (requestedAt: number, limitSeconds: number): number => requestedAt + (limitSeconds - MARGIN) * 1000;

/** A wait condition listens to a handle that is new to the resource. */
function broughtHandle(event: CloudFormationEvent): string | undefined {
  const { WaitHandle } = propertiesOf(event);
  return WaitHandle === oldPropertiesOf(event)?.WaitHandle ? undefined : WaitHandle;
}

/** Whether other data is asked for than before, another table's included. What was before and cannot be read was other. */
function isChanged(event: CloudFormationEvent): boolean {
  const old = oldPropertiesOf(event);
  if (event.RequestType === 'Create' || !old) {
    return true;
  }
  try {
    return fingerprintOf(definitionOf(old)) !== fingerprintOf(definitionOf(propertiesOf(event)));
  } catch {
    return true;
  }
}
