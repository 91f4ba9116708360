import { changeDocument, type Changing, type Store } from './store';
import type { AnalysisType } from './table-record';
import { ADMISSION_SECONDS } from '../../contract/time';
import type { Result } from '../service-error';

/**
 * Who of the stack may ask Clean Rooms next, and not before when: one item for queries and one for jobs, whose quotas are their own.
 * A small lease that expires by itself: nobody stands before anybody, and nobody is asked whether somebody else lives.
 */
export interface Admission {
  /** An execution. */
  readonly holder?: string;
  readonly untilAt?: number;
  /** A quota has refused somebody: nobody asks before this. */
  readonly closedUntilAt?: number;
  readonly refusedAt?: number;
  /** When a query of the stack has last ended while somebody was held back: they may ask again. */
  readonly openedAt?: number;
}

/** What a run that a quota has refused knows of it. */
export interface Refusal {
  readonly refusedAt?: number;
  readonly refusedSeconds?: number;
}

/** Between two who ask: what each asks at once stays below the five requests of a kind that the service takes in a second. */
const APART_MILLIS = 600;
/** After a refusal nobody of the stack asks for so long; whoever was refused holds back for half a minute, doubling to four. */
const CLOSED_SECONDS = 2;
const MIN_REFUSED_SECONDS = 30;
const MAX_REFUSED_SECONDS = 240;

export const admissionKey = (type: AnalysisType): string => `admission ${type}`;

export const isAdmitted = ({ holder, untilAt = 0 }: Admission, execution: string, now: number): boolean =>
  holder === execution && now < untilAt;

/** Takes the admission where it is free; returns the same where it is not. */
export function requestAdmission(admission: Admission, execution: string, now: number, refusal: Refusal): Admission {
  const { holder, untilAt = 0, closedUntilAt = 0, openedAt = 0 } = admission;
  const { refusedAt = 0, refusedSeconds = 0 } = refusal;
  const isTaken = holder !== undefined && holder !== execution && now < untilAt;
  const holdsBack = openedAt < refusedAt && now < refusedAt + refusedSeconds * 1_000;
  return isTaken || holdsBack || now < closedUntilAt
    ? admission
    : { ...admission, holder: execution, untilAt: now + ADMISSION_SECONDS * 1_000, closedUntilAt: now + APART_MILLIS };
}

/** Gives it back. */
export const releaseAdmission = (admission: Admission, execution: string): Admission =>
  (admission.holder === execution ? { ...admission, holder: undefined, untilAt: undefined } : admission);

/** Gives it back, refused by a quota. */
export const closeAdmission = (admission: Admission, execution: string, now: number): Admission =>
  ({ ...releaseAdmission(admission, execution), closedUntilAt: now + CLOSED_SECONDS * 1_000, refusedAt: now });

/** Lets those ask again whom a quota has refused, since a query of the stack has ended. */
export const openAdmission = (admission: Admission, now: number): Admission =>
  ((admission.refusedAt ?? 0) > (admission.openedAt ?? 0) ? { ...admission, openedAt: now, closedUntilAt: undefined } : admission);

/** Returns how long a run holds back that was refused once more. */
export const nextRefusedSeconds = ({ refusedSeconds = MIN_REFUSED_SECONDS / 2 }: Refusal): number =>
  Math.min(refusedSeconds * 2, MAX_REFUSED_SECONDS);

const NOBODYS: Admission = {};

/** Changes the stack's admission; the same means that nothing is to be written. */
export const changeAdmission = (
  store: Store, type: AnalysisType, change: (admission: Admission) => Admission, changing: Changing,
): Promise<Result<Admission | undefined>> => changeDocument<Admission>(store, admissionKey(type), (known) => {
  const changed = change(known ?? NOBODYS);
  return changed === NOBODYS ? undefined : changed;
}, changing);
