import { Template } from './assembly';
import type { ParameterValues } from './parameters';

export type StackStatus =
  | 'REVIEW_IN_PROGRESS'
  | 'CREATE_IN_PROGRESS' | 'CREATE_COMPLETE' | 'ROLLBACK_IN_PROGRESS' | 'ROLLBACK_COMPLETE' | 'ROLLBACK_FAILED'
  | 'UPDATE_IN_PROGRESS' | 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' | 'UPDATE_COMPLETE'
  | 'UPDATE_ROLLBACK_IN_PROGRESS' | 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS' | 'UPDATE_ROLLBACK_COMPLETE' | 'UPDATE_ROLLBACK_FAILED'
  | 'DELETE_IN_PROGRESS' | 'DELETE_COMPLETE' | 'DELETE_FAILED';

/** One line of what CloudFormation prints. */
export interface StackEvent {
  readonly time: number;
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
}

/** A resource as it is. */
export interface ResourceState {
  readonly logicalId: string;
  readonly type: string;
  /** As they were sent. */
  readonly properties: Record<string, unknown>;
  /** With dynamic references as they are written, which is what CloudFormation compares. */
  readonly unfilled: Record<string, unknown>;
  readonly physicalId: string;
  /** What `Ref` gives, where that is not the physical id. */
  readonly ref?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly dependencies: readonly string[];
  readonly deletionPolicy?: string;
  readonly updateReplacePolicy?: string;
}

export interface Stack {
  readonly name: string;
  readonly id: string;
  status: StackStatus;
  reason?: string;
  readonly resources: Map<string, ResourceState>;
  readonly events: StackEvent[];
  outputs: Record<string, string>;
  exports: Record<string, string>;
  /** Names of other stacks' exports; while it changes, both of before and of after. */
  imports: ReadonlySet<string>;
  /** Outputs of other stacks as they were last read, by the names of stack and output. */
  readonly outputsRead: Map<string, string>;
  /** Sent to custom resources since the last deployment that succeeded. */
  readonly requestIds: Map<string, string>;
  /** What was last deployed to the end. */
  deployed?: { readonly template: Template; readonly parameters: ParameterValues };
}

/** Why a resource could not be made, changed or deleted. */
export class ResourceFailure extends Error {
  /** @param physicalId where something exists all the same, and has to be deleted */
  constructor(reason: string, readonly physicalId?: string) {
    super(reason);
  }
}

/** Refused before anything was done. */
export class Refused extends ResourceFailure {}

/** Another resource failed, and nobody waits for this one any longer. */
export class Cancelled extends Error {}
