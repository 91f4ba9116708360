import type { PopulateAttempt } from '../../src/handlers/record/table-record';

/** Where a run and its table's attempt are. */
export type State =
  /** The run has not got the table's lease. */
  | 'WITHOUT_LEASE'
  /** It has got it, whatever it finds. */
  | 'WITH_LEASE'
  | 'NO_ATTEMPT'
  | PopulateAttempt['state']
  | 'HISTORY'
  | 'ENDED';

export interface Edge {
  /** The name of the row of `decide.ts` that goes this way. */
  readonly row: string;
  readonly from: State;
  readonly to: State;
  readonly does: string;
}

/** What the rows of `src/handlers/population/decide.ts` come to: a test holds these to them. */
export const EDGES: readonly Edge[] = [
  { row: 'its event may have started another run before', from: 'WITHOUT_LEASE', to: 'WITHOUT_LEASE', does: 'claims the event, or else only measures' },
  { row: 'it only measures', from: 'WITHOUT_LEASE', to: 'ENDED', does: 'ends' },
  { row: 'its outcome is on record, and no attempt of its own', from: 'WITHOUT_LEASE', to: 'ENDED', does: 'ends with that' },
  { row: 'its outcome is on record, and no attempt of its own', from: 'HISTORY', to: 'ENDED', does: 'ends with that' },
  { row: 'its populate was refused for good', from: 'NO_ATTEMPT', to: 'ENDED', does: 'fails' },
  { row: 'its Delete has ended, and nothing is wanted instead', from: 'WITHOUT_LEASE', to: 'ENDED', does: 'ends' },
  { row: 'its Delete has ended, and CloudFormation may not know', from: 'WITHOUT_LEASE', to: 'WITHOUT_LEASE', does: 'reports, and goes on' },
  { row: 'its request is not its logical id\'s newest, or has ended', from: 'WITHOUT_LEASE', to: 'ENDED', does: 'fails' },
  { row: 'nothing says what it is to make', from: 'WITHOUT_LEASE', to: 'ENDED', does: 'ends, or fails if nothing was deployed' },
  { row: 'it is of a Delete, and no attempt is unwanted', from: 'WITHOUT_LEASE', to: 'WITHOUT_LEASE', does: 'records the release' },
  { row: 'it is of a Delete, and no attempt is unwanted', from: 'NO_ATTEMPT', to: 'WITHOUT_LEASE', does: 'records the release' },
  { row: 'it is held back, and what it was to make was intended since it began, and succeeded', from: 'WITHOUT_LEASE', to: 'ENDED', does: 'ends' },
  { row: 'it is of a deploy, and another\'s attempt, which is wanted, is under way', from: 'WITHOUT_LEASE', to: 'ENDED', does: 'ends if nothing is due' },
  { row: 'it is of a deploy, and another\'s attempt, which is wanted, is under way', from: 'INTENDED', to: 'ENDED', does: 'ends if nothing is due' },
  { row: 'it is of a deploy, and another\'s attempt, which is wanted, is under way', from: 'STARTED', to: 'ENDED', does: 'ends if nothing is due' },
  { row: 'it is held back, and another run finishes what it has begun', from: 'WITHOUT_LEASE', to: 'WITHOUT_LEASE', does: 'waits' },
  { row: 'it is held back, and another run finishes what it has begun', from: 'WITHOUT_LEASE', to: 'ENDED', does: 'fails if that has not ended' },
  { row: 'it is held back', from: 'WITHOUT_LEASE', to: 'WITHOUT_LEASE', does: 'waits' },
  { row: 'it is held back', from: 'NO_ATTEMPT', to: 'WITHOUT_LEASE', does: 'gives the lease back' },
  { row: 'it is held back', from: 'WITHOUT_LEASE', to: 'ENDED', does: 'fails if its time is up' },
  { row: 'it has not taken or renewed the lease', from: 'WITHOUT_LEASE', to: 'WITH_LEASE', does: 'takes it' },
  { row: 'it holds the lease, without an attempt, and another\'s request is open', from: 'NO_ATTEMPT', to: 'WITHOUT_LEASE', does: 'gives it back' },
  { row: 'no attempt', from: 'NO_ATTEMPT', to: 'ENDED', does: 'ends if nothing is due; fails if its time is up, or too much was billed' },
  { row: 'no attempt', from: 'NO_ATTEMPT', to: 'NO_ATTEMPT', does: 'waits for admission, upstream tables, or somebody else\'s query' },
  { row: 'no attempt', from: 'NO_ATTEMPT', to: 'INTENDED', does: 'writes the intent, and populates' },
  { row: 'an attempt is INTENDED', from: 'INTENDED', to: 'STARTED', does: 'records its ids' },
  { row: 'an attempt is INTENDED', from: 'INTENDED', to: 'INTENDED', does: 'looks for them if there was no answer' },
  { row: 'an attempt is INTENDED', from: 'INTENDED', to: 'NO_ATTEMPT', does: 'clears it if it was refused, or nothing came of it' },
  { row: 'an attempt is INTENDED', from: 'INTENDED', to: 'ENDED', does: 'fails if the run\'s time is up' },
  { row: 'an attempt is STARTED', from: 'STARTED', to: 'STARTED', does: 'watches, or cancels what nobody wants or has no more time' },
  { row: 'an attempt is STARTED', from: 'STARTED', to: 'HISTORY', does: 'records how it ended' },
  { row: 'an attempt is STARTED', from: 'STARTED', to: 'NO_ATTEMPT', does: 'clears it if it was somebody else\'s after all' },
  { row: 'an attempt is STARTED', from: 'STARTED', to: 'ENDED', does: 'fails if it is another run\'s, and this one\'s time is up' },
];
