/**
 * The line of a stack's runs that are about to populate: one item for all. Who has waited longest goes first, one at a time, so that the runs
 * of a stack ask Clean Rooms little, however many they are, and know at once when a query of theirs makes room for another.
 */
export interface Line {
  readonly entries: readonly Entry[];
  /** Queries of the stack that have ended since the quota was full: so many may begin. */
  readonly room: number;
  /** The service has refused the last one that asked. */
  readonly full: boolean;
  /** When somebody has last asked for a query, in milliseconds by Step Functions' clock. */
  readonly askedAt?: number;
  /** Who has last asked Clean Rooms for more than a look at a running query: where many are in line, they keep apart. */
  readonly last?: Asking;
}

interface Asking {
  readonly execution: string;
  readonly from: number;
  /** A single request. */
  readonly isLight: boolean;
}

export interface Entry {
  readonly execution: string;
  readonly state: EntryState;
}

/**
 * - `NEW` has not looked yet whether there is anything to populate, `READY` has.
 * - `ASIDE` waits for something that is its table's own, such as somebody else's populate: it keeps its place, and lets the others pass.
 * - `SUBMITTED` has been accepted, and waits in the service's own queue.
 */
export type EntryState = 'NEW' | 'READY' | 'ASIDE' | 'SUBMITTED';

export const NOBODY: Line = { entries: [], room: 0, full: false };
/** As many queries as an account runs at a time, by default, where it runs most. */
const MOST_ROOM = 5;
/** The service's own queue is not to run dry, and not to be filled. */
const MOST_SUBMITTED = 1;

export const stateIn = (line: Line, execution: string): EntryState | undefined => line.entries.find((entry) => entry.execution === execution)?.state;

/** Enters the line, or goes on in it where the run stands. */
export function entered(line: Line, execution: string, state: EntryState): Line {
  const now = stateIn(line, execution);
  if (now === state) {
    return line;
  }
  const entries = now
    ? line.entries.map((entry) => (entry.execution === execution ? { execution, state } : entry))
    : [...line.entries, { execution, state }];
  return { ...line, entries };
}

/** Lets the others pass, where it stands in the line. */
export const aside = (line: Line, execution: string): Line => (stateIn(line, execution) ? entered(line, execution, 'ASIDE') : line);

export function leftLine(line: Line, execution: string): Line {
  const entries = line.entries.filter((entry) => entry.execution !== execution);
  if (entries.length === line.entries.length) {
    return line;
  }
  return entries.length ? { ...line, entries } : NOBODY;
}

/** How many wait for room. */
export const waitingIn = ({ entries }: Line): number => entries.filter(({ state }) => state === 'READY').length;

/** A query of the stack has ended. It matters only to those who wait. */
export const withRoom = (line: Line): Line =>
  (line.full && line.room < MOST_ROOM && waitingIn(line) > 0 ? { ...line, room: line.room + 1 } : line);

/** A run has asked for a query, and taken what room there was, unless the answer was of something else than room. Others keep apart from now on. */
export const asked = (line: Line, execution: string, at: number, taken = 1): Line =>
  ({ ...line, room: Math.max(0, line.room - taken), askedAt: at, last: { execution, from: at, isLight: false } });

export const filled = (line: Line): Line => (line.full ? line : { ...line, full: true });

const ahead = (line: Line, execution: string): readonly Entry[] => {
  const place = line.entries.findIndex((entry) => entry.execution === execution);
  return place < 0 ? line.entries : line.entries.slice(0, place);
};

/** How many come before this run's look; and before its populate. */
export const placeToLook = (line: Line, execution: string): number => ahead(line, execution).filter(({ state }) => state === 'NEW').length;

export function placeToPopulate(line: Line, execution: string): number {
  const before = ahead(line, execution);
  const submitted = before.filter(({ state }) => state === 'SUBMITTED').length;
  return before.filter(({ state }) => state === 'READY').length + Math.max(0, submitted - MOST_SUBMITTED);
}

/** The first run ahead, which may have ended without a word. */
export const firstAhead = (line: Line, execution: string): string | undefined => ahead(line, execution)[0]?.execution;
