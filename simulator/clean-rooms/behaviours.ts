/**
 * What AWS's documentation leaves open: one switch a question, with a position for each way that AWS may behave.
 * The library has to be right in every position.
 */
export interface Behaviours {
  /** Populate while the same table is populating. */
  readonly populateWhilePopulating: 'conflict' | 'accepted';
  /** Populate past the account's quota of concurrent queries: refused, or accepted and left SUBMITTED until a slot is free. */
  readonly overQuota: 'rejected' | 'queued';
  /** Status of a table with a live version while a refresh runs. */
  readonly statusDuringRefresh: 'started' | 'success';
  /** Status of a table with a live version after its refresh failed. */
  readonly statusAfterFailedRefresh: 'failed' | 'success';
  /** Seconds until ListIntermediateTableVersions shows a new version. */
  readonly versionListLag: number;
  readonly versionListOrder: 'newestFirst' | 'oldestFirst';
  /** A version whose query was cancelled or timed out: POPULATE_FAILED, or no longer listed. */
  readonly versionAfterCancel: 'failed' | 'absent';
  /** IAM checks the ARNs of the associations that a populate reads, too. */
  readonly checksAssociationArns: boolean;
  readonly deleteWhilePopulating: 'refused' | 'accepted';
  readonly throttlingStatus: 429 | 400;
  /** GetProtectedQuery's parameters: those given, those and the stored query's defaults, or none. */
  readonly queryParametersVisible: ParametersVisible;
  /** The same of GetIntermediateTable's active version. */
  readonly activeVersionParameters: ParametersVisible;
  /** GetIntermediateTable once the data is gone: without an active version, or still with the old one and its past expirationTime. */
  readonly activeVersionAfterExpiry: 'shown' | 'absent';
}

export type ParametersVisible = 'given' | 'merged' | 'none';

export const DEFAULT_BEHAVIOURS: Behaviours = {
  populateWhilePopulating: 'conflict',
  overQuota: 'rejected',
  statusDuringRefresh: 'started',
  statusAfterFailedRefresh: 'failed',
  versionListLag: 0,
  versionListOrder: 'newestFirst',
  versionAfterCancel: 'failed',
  checksAssociationArns: false,
  deleteWhilePopulating: 'refused',
  throttlingStatus: 429,
  queryParametersVisible: 'given',
  activeVersionParameters: 'given',
  activeVersionAfterExpiry: 'shown',
};

/** Every switch with all its positions, for a suite that runs in each. */
export const BEHAVIOUR_POSITIONS: { readonly [K in keyof Behaviours]: readonly Behaviours[K][] } = {
  populateWhilePopulating: ['conflict', 'accepted'],
  overQuota: ['rejected', 'queued'],
  statusDuringRefresh: ['started', 'success'],
  statusAfterFailedRefresh: ['failed', 'success'],
  versionListLag: [0, 20],
  versionListOrder: ['newestFirst', 'oldestFirst'],
  versionAfterCancel: ['failed', 'absent'],
  checksAssociationArns: [false, true],
  deleteWhilePopulating: ['refused', 'accepted'],
  throttlingStatus: [429, 400],
  queryParametersVisible: ['given', 'merged', 'none'],
  activeVersionParameters: ['given', 'merged', 'none'],
  activeVersionAfterExpiry: ['shown', 'absent'],
};
