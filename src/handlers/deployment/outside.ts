import type { Put } from './response';
import type { Time } from './settling';
import type { Execution } from '../executions';
import type { Documents } from '../record/documents';
import type { Answer } from '../service-error';

/** What the deployment function asks of the world. */
export interface Outside {
  readonly documents: Documents;
  readonly executions: Executions;
  readonly put: Put;
  readonly time: Time;
  readonly names: Names;
  /** Never an event as a whole, whose parameters and URL are nobody's business. */
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export interface Executions {
  /** Once, however often it is called with the same name and input. */
  start(stateMachineArn: string, name: string, input: object): Promise<Answer<void>>;
  /** Undefined where there is no such execution. */
  describe(executionArn: string): Promise<Answer<Execution | undefined>>;
}

export interface Names {
  readonly executionPrefix: string;
  readonly recordTable: string;
  readonly logGroup: string;
}
