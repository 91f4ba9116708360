import { CleanRoomsOptions } from './clean-rooms';
import { Pace } from './clock';
import { CloudFormationBehaviours } from './cloudformation/behaviours';
import { PutFault } from './cloudformation/inbox';
import { StackEvent } from './cloudformation/stack';
import { ExecutionNames } from './events/targets';
import { LambdaFault } from './lambda/faults';
import { LogLine } from './lambda/service';

/** What AWS may do, one way or another, besides Clean Rooms' own switches. */
export interface CloudBehaviours extends CloudFormationBehaviours {
  /** What happens to the nth PUT of a response or a signal, counted from 1. */
  putFault?: (nth: number) => PutFault | undefined;
  /** Seconds until an attached policy is in force. @default 0 */
  iamPropagationSeconds?: number;
  /** Seconds by which ListExecutions lags. @default 0 */
  listExecutionsLagSeconds?: number;
  /** How often EventBridge hands each event to each target. @default 1 */
  eventDeliveries?: number;
  /** Seconds between these deliveries. @default 0 */
  eventDeliveredAgainAfterSeconds?: number;
  /** See `ExecutionNames`. @default 'by-event' */
  eventExecutionNames?: ExecutionNames;
  /** @default 'at-once' */
  cancellation?: 'at-once' | 'when-finished';
  /** Milliseconds that a request takes to the service, and the same back. @default 10 */
  latencyMillis?: number;
  /** @default 300 */
  coldStartMillis?: number;
  /** By how many milliseconds each Lambda environment's clock is ahead of AWS's; environments are counted from 1. @default 0 */
  clockSkewMillis?: (environment: number, functionLogicalId: string) => number;
}

export interface CloudOptions {
  readonly seed?: number;
  readonly region?: string;
  readonly account?: string;
  /** Milliseconds since the epoch. */
  readonly start?: number;
  /** Lets a person watch. */
  readonly pace?: Pace;
  readonly behaviours?: CloudBehaviours;
  readonly cleanRooms?: Pick<CleanRoomsOptions, 'behaviours' | 'limits' | 'defaultPlan'>;
  readonly faults?: LambdaFault[];
  /** Packages that Lambda's runtime brings along: their files, bundled as CommonJS, by name. @default none */
  readonly lambdaModules?: Readonly<Record<string, string>>;
  /**
   * Functions' sources, by the start of logical ids: CommonJS files that leave AWS's SDK to the simulator. They run in place of their
   * bundles, without HTTP, and DynamoDB is a map. What they ask for and are answered is the same, in a fraction of the time.
   * @default the bundles
   */
  readonly sources?: Readonly<Record<string, string>>;
  readonly onStackEvent?: (event: StackEvent) => void;
  readonly onLog?: (line: LogLine) => void;
}
