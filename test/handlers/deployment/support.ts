import type { PopulationProperties } from '../../../src/contract/custom-resource';
import type { Definition, Population } from '../../../src/contract/population';
import type { PopulationOutput } from '../../../src/contract/workflow';
import type { CloudFormationEvent } from '../../../src/handlers/deployment/event';
import type { Outside } from '../../../src/handlers/deployment/outside';
import type { Execution } from '../../../src/handlers/executions';
import type { ServiceError } from '../../../src/handlers/service-error';
import { FakeDocuments } from '../record/fake';

export const PREFIX = 'cfn-0a1b2c3d';
export const MACHINE_ARN = 'arn:aws:states:eu-west-1:111122223333:stateMachine:Audience';
export const RECORD = 'c80a0e3bb1';

export const TABLE = { membershipIdentifier: '11111111-2222-4333-8444-555555555555', intermediateTableIdentifier: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee' };
export const OTHER_TABLE = { ...TABLE, intermediateTableIdentifier: 'ffffffff-bbbb-4ccc-8ddd-eeeeeeeeeeee' };

export const POPULATION: Population = { ...TABLE, parameters: { region: 'north' } };

export const definitionWith = (more: Partial<Definition> = {}): Definition =>
  ({ population: POPULATION, change: { triggers: ['1'] }, timeoutSeconds: 3_300, cancelOnTimeout: true, record: RECORD, ...more });

type Change = Partial<Omit<PopulationProperties, 'Definition'>> & { readonly definition?: Partial<Definition> };

/** The custom resource's properties, as the template has them. */
export const propertiesWith = ({ definition, ...more }: Change = {}): PopulationProperties =>
  ({ StateMachineArn: MACHINE_ARN, Definition: JSON.stringify(definitionWith(definition)), PopulateOnDeploy: 'ON_CHANGE', ...more });

/** When CloudFormation sent the first event; the others come so many seconds later. */
export const SENT = Date.UTC(2026, 10, 23, 6, 0, 0);

export function urlOf(seconds: number, token = 'a'): string {
  const date = new Date(SENT + seconds * 1000).toISOString().replace(/[-:]|\.\d+/g, '');
  return `https://bucket.s3.amazonaws.com/${token}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=${date}&X-Amz-Expires=7200&X-Amz-Signature=s3cret`;
}

export interface Sent {
  readonly seconds?: number;
  readonly properties?: PopulationProperties;
  readonly old?: PopulationProperties;
  readonly more?: Partial<CloudFormationEvent>;
}

export function eventOf(RequestType: CloudFormationEvent['RequestType'], { seconds = 0, properties = propertiesWith(), old, more }: Sent = {}): CloudFormationEvent {
  return {
    RequestType,
    ResponseURL: urlOf(seconds),
    StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Audience/1',
    RequestId: `request-${seconds}`,
    LogicalResourceId: 'AudiencePopulation',
    PhysicalResourceId: RequestType === 'Create' ? undefined : 'physical-id',
    ResourceType: 'Custom::IntermediateTablePopulation',
    ResourceProperties: { ...properties },
    OldResourceProperties: RequestType === 'Update' ? { ...(old ?? properties) } : undefined,
    ...more,
  };
}

export const OUTPUT: PopulationOutput = {
  versionId: 'version-1',
  analysisId: 'analysis-1',
  analysisType: 'QUERY',
  status: 'POPULATED',
  populatedAt: '2026-11-23T06:10:00.000Z',
  durationMillis: 0,
  billedCrpuHours: null,
};

export const FAILURE = { error: 'ProtectedQueryFailed', cause: 'OOM: Out of memory. Query analysis-1.', analysisId: 'analysis-1', retryable: null };

export const refusal = (code: string, more: Partial<ServiceError> = {}): { readonly ok: false; readonly error: ServiceError } =>
  ({ ok: false, error: { code, message: 'No.', doubtful: false, ...more } });

type Refusal = ReturnType<typeof refusal>;

/** Everything around the deployment function, in memory and without waiting. */
export class World {
  /** In milliseconds since the first event. */
  clock = 100;
  readonly documents = new FakeDocuments();
  readonly logged: string[] = [];
  readonly put: { readonly url: string; readonly body: Record<string, unknown> }[] = [];
  /** URLs that refuse. */
  readonly refusing = new Set<string>();
  readonly executions = new Map<string, Execution>();
  readonly started: { readonly name: string; readonly input: unknown }[] = [];
  /** What becomes of the next starts; `after` where the execution is there all the same. */
  readonly starts: (Refusal & { readonly after?: boolean })[] = [];
  readonly describes: (Refusal | (() => void))[] = [];

  readonly outside: Outside = {
    documents: this.documents,
    executions: {
      start: async (stateMachineArn, name, input) => {
        const trouble = this.starts.shift();
        if (!trouble || trouble.after) {
          const arn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
          if (!this.executions.has(arn)) {
            this.executions.set(arn, { status: 'RUNNING' });
            this.started.push({ name, input });
          }
        }
        return trouble ?? { ok: true, value: undefined };
      },
      describe: async (arn) => {
        const trouble = this.describes.shift();
        if (typeof trouble === 'object') {
          return trouble;
        }
        trouble?.();
        return { ok: true, value: this.executions.get(arn) };
      },
    },
    put: async (url, body) => {
      if (this.refusing.has(url)) {
        throw new Error('CloudFormation\'s response URL answered status 503, 5 times.');
      }
      this.put.push({ url, body: JSON.parse(body) as Record<string, unknown> });
    },
    time: { now: () => SENT + this.clock, pause: async (millis) => { this.clock += millis; } },
    names: { executionPrefix: PREFIX, recordTable: 'Audience-Record', logGroup: '/aws/lambda/Deployment' },
    log: (message, details) => { this.logged.push(JSON.stringify({ message, ...details })); },
  };
}
