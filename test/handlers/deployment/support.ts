import type { SFNClient } from '@aws-sdk/client-sfn';
import type { CloudFormationEvent, PopulationProperties } from '../../../src/handlers/deployment/request';
import type { Population } from '../../../src/handlers/population/run-state';
import { MACHINE_ARN, POPULATION } from '../support';

export const PREFIX = 'cfn-0a1b2c3d';

/** The custom resource's properties, as the template has them. */
export function propertiesWith(change: Partial<PopulationProperties> & { readonly population?: Partial<Population> } = {}): PopulationProperties {
  const { population, ...properties } = change;
  return {
    StateMachineArn: MACHINE_ARN,
    Population: JSON.stringify({ ...POPULATION, ...population }),
    Change: '{"triggers":["1"]}',
    PopulateOnDeploy: 'ON_CHANGE',
    ...properties,
  };
}

export function eventOf(
  RequestType: CloudFormationEvent['RequestType'], properties = propertiesWith(), old?: PopulationProperties, more: Partial<CloudFormationEvent> = {},
): CloudFormationEvent {
  return {
    RequestType,
    ResponseURL: 'https://cloudformation.example/response?signature=a',
    StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Audience/1',
    RequestId: 'request-1',
    LogicalResourceId: 'AudiencePopulation',
    PhysicalResourceId: RequestType === 'Create' ? undefined : 'physical-id',
    ResourceType: 'Custom::IntermediateTablePopulation',
    ResourceProperties: { ...properties },
    OldResourceProperties: RequestType === 'Update' ? { ...(old ?? properties) } : undefined,
    ...more,
  };
}

type Command = { readonly constructor: { readonly name: string }; readonly input: Record<string, unknown> };

/** A Step Functions that answers each command by its name, and remembers what it was asked. */
export class FakeStepFunctions {
  readonly asked: { readonly command: string; readonly input: Record<string, unknown> }[] = [];

  constructor(private readonly answers: Readonly<Record<string, (input: Record<string, unknown>, nth: number) => object>>) {}

  get client(): SFNClient {
    return {
      send: async ({ constructor: { name }, input }: Command) => {
        const command = name.replace(/Command$/, '');
        this.asked.push({ command, input });
        const answer = this.answers[command];
        if (!answer) {
          throw new Error(`The test does not expect ${command}.`);
        }
        return answer(input, this.asked.filter((other) => other.command === command).length);
      },
    } as unknown as SFNClient;
  }
}

export const named = (name: string, message = 'No.'): Error => Object.assign(new Error(message), { name });
