import type { CleanRooms } from '../clean-rooms';
import { VirtualClock } from '../clock';
import type { CloudFormationBehaviours } from './behaviours';
import { Inbox } from './inbox';
import { Names } from './names';
import { Stack } from './stack';
import type { WaitHandle } from './wait-handle';
import type { DynamoDbService } from '../dynamodb/service';
import { EventsService } from '../events/service';
import { IamService } from '../iam/service';
import { Permissions } from '../lambda/permissions';
import { LambdaService } from '../lambda/service';
import { Random } from '../random';
import { QueueService } from '../sqs';
import { ParameterStore } from '../ssm';
import { StepFunctionsService } from '../step-functions/service';

/** What CloudFormation makes resources in. */
export interface Services {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly region: string;
  readonly account: string;
  readonly iam: IamService;
  readonly lambda: LambdaService;
  readonly permissions: Permissions;
  readonly stepFunctions: StepFunctionsService;
  readonly events: EventsService;
  readonly cleanRooms: CleanRooms;
  readonly dynamoDb: DynamoDbService;
  readonly inbox: Inbox;
  readonly behaviours: CloudFormationBehaviours;
  readonly ssm: ParameterStore;
  readonly queues: QueueService;
  readonly names: Names;
  /** Texts of secrets, by name. */
  readonly secrets: Map<string, string>;
  /** By URL. */
  readonly waitHandles: Map<string, WaitHandle>;
}

/** A resource to be made, changed or deleted. */
export interface Change {
  readonly services: Services;
  readonly stack: Pick<Stack, 'name' | 'id' | 'status' | 'requestIds'>;
  readonly logicalId: string;
  readonly type: string;
  /** Resolved. */
  readonly properties: Record<string, unknown>;
  /** A name as CloudFormation generates them: stack, logical id, random suffix. */
  readonly generatedName: string;
  readonly assets: Readonly<Record<string, string>>;
}

export interface Existing {
  readonly physicalId: string;
  readonly ref?: string;
  readonly properties: Record<string, unknown>;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface Made {
  readonly physicalId: string;
  readonly ref?: string;
  readonly attributes?: Record<string, unknown>;
}

/** How resources of one type come and go. */
export interface ResourceHandler {
  /** How long AWS takes. */
  readonly seconds?: number;
  /** Properties whose change makes a new resource. */
  readonly replacedBy?: readonly string[];
  /** When the stack fails, CloudFormation does not wait for it. */
  readonly abandonable?: boolean;
  create(change: Change): Made | Promise<Made>;
  update?(change: Change, existing: Existing): Made | Promise<Made>;
  delete?(change: Change, existing: Existing): void | Promise<void>;
}
