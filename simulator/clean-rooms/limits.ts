import type { OperationName } from './model';

export interface Limits {
  /** Queries that an account may have running at a time: 5 in us-east-1, 2 elsewhere. */
  readonly concurrentQueries: number;
  /** Queries of one membership that are not over yet, waiting ones included. */
  readonly ongoingQueriesPerMembership: number;
  /** PySpark jobs that an account may have running at a time: 5 in us-east-1, 2 elsewhere. */
  readonly concurrentJobs: number;
  /** The same for the jobs of one membership, waiting ones included. */
  readonly ongoingJobsPerMembership: number;
  /** AWS ends a query, or a job, by itself after so long. */
  readonly queryTimeoutSeconds: number;
  /** Of the 1,024 that the model lets through, a SQL query may have so many. */
  readonly workersPerQuery: number;
  /** From acceptance to start, where a slot is free. */
  readonly submittedSeconds: number;
  /** How long a query is CANCELLING. */
  readonly cancellingSeconds: number;
  readonly retentionDays: number;
  /** Items on a page of a list where the request does not say. */
  readonly pageSize: number;
  /** Requests a second, or `undefined` to throttle nothing. */
  readonly requestsPerSecond?: (operation: OperationName) => number;
}

export function defaultLimits(region: string): Limits {
  return {
    concurrentQueries: region === 'us-east-1' ? 5 : 2,
    ongoingQueriesPerMembership: 5,
    concurrentJobs: region === 'us-east-1' ? 5 : 2,
    ongoingJobsPerMembership: 1,
    queryTimeoutSeconds: 24 * 3600,
    workersPerQuery: 400,
    submittedSeconds: 2,
    cancellingSeconds: 5,
    retentionDays: 30,
    pageSize: 20,
  };
}

/** The documented rates, for `requestsPerSecond`. */
export function documentedRate(operation: OperationName): number {
  return operation === 'GetProtectedQuery' ? 20 : 5;
}
