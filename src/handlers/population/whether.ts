import type { CarriedOut, Deployment, Made } from '../record/population-record';

/** What a deploy's decision rests on, at its turn. */
export interface Situation {
  readonly deployment: Deployment;
  /** The last deployment that ended well. */
  readonly carriedOut?: CarriedOut;
  /** Whether the table has a version that can be queried. */
  readonly isLive: boolean;
  /** What the record knows of that version; undefined where it is somebody else's. */
  readonly made?: Made;
  /** When the deployment's run began. */
  readonly startedAt: number;
  /** Whether an upstream table's live version is not the one that it was built from. */
  readonly upstreamDiffers: boolean;
}

/**
 * Whether a deploy populates: if there is no live version, or if the definition has changed and the live version was not made under the
 * wanted one. That makes a rollback free where its data is still there, and brings it back where it is not.
 */
export function deployPopulates({ deployment, carriedOut, isLive, made, startedAt, upstreamDiffers }: Situation): boolean {
  const { mode, fingerprint, changed, stamp } = deployment;
  if (mode === 'NEVER') {
    return false;
  }
  if (!isLive || mode === 'IF_UNPOPULATED') {
    return !isLive;
  }
  const isWanted = made?.fingerprint === fingerprint;
  // Begun after this deploy, and of the same definition: another run has done what this one was to do.
  const isFresh = isWanted && made.sentAt >= startedAt;
  if (mode === 'ALWAYS' && stamp !== undefined && !carriedOut?.stamps?.includes(stamp)) {
    return !isFresh;
  }
  const isChanged = changed || (carriedOut !== undefined && carriedOut.fingerprint !== fingerprint);
  return (isChanged && !isWanted) || (upstreamDiffers && !isFresh);
}
