import type { PopulationProperties } from '../../../src/contract/custom-resource';
import { tableId, type Definition } from '../../../src/contract/definition';
import type { Ended } from '../../../src/contract/workflow';
import { deploy } from '../../../src/handlers/deployment/deploy';
import { requestHash, type CloudFormationEvent } from '../../../src/handlers/deployment/events';
import type { Ports } from '../../../src/handlers/deployment/ports';
import { runKey, tableKey, toTableRecord, type RunItem } from '../../../src/handlers/record/items';
import type { DeploymentRequest, TableRecord } from '../../../src/handlers/record/table-record';
import type { ServiceError } from '../../../src/handlers/service-error';
import { MACHINE_ARN } from '../population/support';
import { FakeStore, type Trouble } from '../record/fake';

export { MACHINE_ARN, refusal } from '../population/support';

export const PREFIX = 'cfn-0a1b2c3d';

export const TABLE = {
  membershipIdentifier: '11111111-2222-4333-8444-555555555555', intermediateTableIdentifier: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee',
};
export const OTHER_TABLE = { ...TABLE, intermediateTableIdentifier: 'ffffffff-bbbb-4ccc-8ddd-eeeeeeeeeeee' };
export const TABLE_ID = tableId(TABLE);

export const DEFINITION: Definition = {
  parameters: { region: 'north' }, triggers: ['1'], timeoutSeconds: 3_300, cancelOnTimeout: true,
};

/** The custom resource's properties, as CloudFormation hands them over. */
export const propertiesWith = (more: Partial<PopulationProperties> = {}): PopulationProperties & { readonly ServiceToken: string } => ({
  ServiceToken: 'arn:aws:lambda:eu-west-1:111122223333:function:Deployment',
  StateMachineArn: MACHINE_ARN,
  MembershipIdentifier: TABLE.membershipIdentifier,
  IntermediateTableIdentifier: TABLE.intermediateTableIdentifier,
  Parameters: [{ Name: 'region', Value: 'north' }],
  Triggers: ['1'],
  TimeoutSeconds: '3300',
  CancelOnTimeout: 'true',
  PopulateOnDeploy: 'ON_CHANGE',
  ...more,
});

export const OF_OTHER_TABLE = propertiesWith({ IntermediateTableIdentifier: OTHER_TABLE.intermediateTableIdentifier });

/** When CloudFormation sent the first event; the others come so many seconds later. */
export const FIRST_SIGNED_AT = Date.UTC(2026, 10, 23, 6, 0, 0);

export function urlOf(seconds: number, token = 'a'): string {
  const date = new Date(FIRST_SIGNED_AT + seconds * 1_000).toISOString().replace(/[-:]|\.\d+/g, '');
  return `https://bucket.s3.amazonaws.com/${token}?X-Amz-Date=${date}&X-Amz-Expires=7200&X-Amz-Signature=s3cret`;
}

export interface Sent {
  readonly seconds?: number;
  readonly properties?: object;
  readonly old?: object;
  readonly more?: Partial<CloudFormationEvent>;
}

export function eventOf(
  RequestType: CloudFormationEvent['RequestType'], { seconds = 0, properties = propertiesWith(), old, more }: Sent = {},
): CloudFormationEvent {
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

export const [CREATE, UPDATE, DELETE] = [eventOf('Create'), eventOf('Update', { seconds: 60 }), eventOf('Delete', { seconds: 120 })];
export const CREATE_LONG = eventOf('Create', {
  properties: propertiesWith({ TimeoutSeconds: '7200', WaitHandle: 'https://wait.example?signature=w' }),
});

export const executionOf = (event: CloudFormationEvent): string =>
  `${MACHINE_ARN.replace(':stateMachine:', ':execution:')}:${PREFIX}-${requestHash(event)}`;

export const SUCCESS = {
  output: {
    versionId: 'version-1',
    analysisId: 'analysis-1',
    analysisType: 'QUERY',
    status: 'POPULATED',
    populatedAt: '2026-11-23T06:10:00.000Z',
    durationMillis: 0,
    billedCrpuHours: null,
  },
} as const satisfies Ended;
export const FAILED = {
  failure: { error: 'ProtectedQueryFailed', cause: 'OOM: Out of memory. Query analysis-1.', analysisId: 'analysis-1', retryable: null },
} as const satisfies Ended;

/** All around the deployment function, in memory, with a clock that moves where the function pauses or a request takes its time. */
export class World {
  /** In milliseconds since the first event. */
  elapsed = 100;
  /** What is left of an invocation when it begins: the function's timeout. */
  timeoutSeconds = 720;
  readonly store = new FakeStore();
  readonly logged: string[] = [];
  readonly put: { readonly url: string; readonly body: Record<string, unknown> }[] = [];
  /** URLs that refuse. */
  readonly refusing = new Set<string>();
  readonly started: { readonly name: string; readonly input: unknown }[] = [];
  /** How often an execution was asked to start, by seconds since the first event. */
  readonly starts: number[] = [];
  /** What befalls a start. */
  startTrouble: () => Trouble | undefined = () => undefined;

  /** The ports of one invocation, which begins now. */
  ports(): Ports {
    const begunAt = this.elapsed;
    return {
      store: this.store,
      startExecution: async (_stateMachineArn, name, input) => {
        this.starts.push(this.elapsed / 1_000);
        const trouble = this.startTrouble();
        const isNew = !this.started.some((one) => one.name === name);
        if (isNew && (!trouble || trouble.isWritten)) {
          this.started.push({ name, input });
        }
        return trouble ? { ok: false, error: trouble.error } : { ok: true, value: undefined };
      },
      put: async (url, body) => {
        if (this.refusing.has(url)) {
          throw new Error('CloudFormation\'s response URL answered status 503, 5 times.');
        }
        this.put.push({ url, body: JSON.parse(body) as Record<string, unknown> });
      },
      clock: {
        now: () => FIRST_SIGNED_AT + this.elapsed,
        pause: async (millis) => { this.elapsed += millis; },
        remainingMillis: () => this.timeoutSeconds * 1_000 - (this.elapsed - begunAt),
      },
      names: { executionPrefix: PREFIX, recordTable: 'Audience-Record', logGroup: '/aws/lambda/Deployment' },
      log: (message, details) => { this.logged.push(JSON.stringify({ message, ...details })); },
    };
  }

  table(table = TABLE): TableRecord {
    return toTableRecord(this.store.get<TableRecord>(tableKey(table)));
  }

  /** The newest request of its table. */
  get newest(): DeploymentRequest {
    return this.table().requests[0];
  }

  run(event: CloudFormationEvent): RunItem | undefined {
    return this.store.get<RunItem>(runKey(executionOf(event)));
  }

  /** Something befalls each request of this kind, such as `write table`, until so many seconds after the first event. */
  befalls(kind: RegExp, error: ServiceError, untilSeconds = Infinity, more: { isWritten?: boolean; takesSeconds?: number } = {}): this {
    const before = this.store.trouble;
    this.store.trouble = (request) => {
      if (!kind.test(request) || this.elapsed >= untilSeconds * 1_000) {
        return before(request);
      }
      this.elapsed += (more.takesSeconds ?? 0) * 1_000;
      return { error, isWritten: more.isWritten };
    };
    return this;
  }
}

/** Returns all that was put so far. */
export async function deploying(world: World, ...events: CloudFormationEvent[]): Promise<Record<string, unknown>[]> {
  for (const event of events) {
    await deploy(event, world.ports());
  }
  return world.put.map(({ body }) => body);
}
