import type { DeployMode } from '../../../src/contract/custom-resource';
import { deployPopulates, type Situation } from '../../../src/handlers/population/whether';
import type { CarriedOut } from '../../../src/handlers/record/population-record';
import { DEPLOYMENT, MADE, STARTED_AT } from '../support';

const WANTED = MADE;
const BEFORE = { ...WANTED, sentAt: STARTED_AT - 1 };
const OTHER = { ...BEFORE, fingerprint: 'other' };
/** What is live: nothing, made under the wanted definition before or after the deploy began, under another one, or by somebody else. */
const LIVE = { none: undefined, before: BEFORE, fresh: WANTED, other: OTHER, nobody: undefined } as const;
type Live = keyof typeof LIVE;

interface More {
  readonly changed?: boolean;
  readonly carriedOut?: CarriedOut;
  readonly upstreamDiffers?: boolean;
  readonly stamp?: string;
}

function populates(mode: DeployMode, live: Live, { changed = false, carriedOut, upstreamDiffers = false, stamp }: More = {}): boolean {
  const situation: Situation = {
    deployment: { ...DEPLOYMENT, mode, changed, stamp }, carriedOut, isLive: live !== 'none', made: LIVE[live], startedAt: STARTED_AT, upstreamDiffers,
  };
  return deployPopulates(situation);
}

const SAME = { fingerprint: DEPLOYMENT.fingerprint };
const ANOTHER = { fingerprint: 'another' };
const ALL_LIVE = Object.keys(LIVE) as Live[];
const EVERYTHING: More[] = [true, false].flatMap((changed) => [true, false].flatMap((upstreamDiffers) =>
  [undefined, SAME, ANOTHER].map((carriedOut) => ({ changed, upstreamDiffers, carriedOut }))));

describe('NEVER', () => {
  test.each(ALL_LIVE)('populates nothing, whatever has changed, where what is live is: %s', (live) => {
    EVERYTHING.forEach((more) => expect(populates('NEVER', live, more)).toBe(false));
  });
});

describe('IF_UNPOPULATED', () => {
  test.each(ALL_LIVE)('populates only a table without a version, whatever has changed: %s', (live) => {
    EVERYTHING.forEach((more) => expect(populates('IF_UNPOPULATED', live, more)).toBe(live === 'none'));
  });
});

describe('ON_CHANGE', () => {
  test.each<[string, Live, More, boolean]>([
    ['populates a table without a version, although nothing has changed', 'none', {}, true],
    ['leaves a version as it is where nothing has changed', 'before', {}, false],
    ['leaves somebody else\'s version as it is where nothing has changed', 'nobody', {}, false],
    ['leaves another definition\'s version as it is where nothing has changed: it was somebody\'s wish', 'other', {}, false],
    ['populates what has changed', 'other', { changed: true }, true],
    ['replaces somebody else\'s version where the definition has changed: a rollback brings the data back', 'nobody', { changed: true }, true],
    ['keeps a version that was made under the wanted definition: a rollback is free', 'before', { changed: true }, false],
    ['keeps one that a schedule has just made of it', 'fresh', { changed: true }, false],
    ['sees a change that the event does not tell: the last deployment was of another definition', 'other', { carriedOut: ANOTHER }, true],
    ['and keeps the wanted version then, too', 'before', { carriedOut: ANOTHER }, false],
    ['takes the last deployment\'s definition for no change', 'other', { carriedOut: SAME }, false],
    ['does without the last deployment, as on a record that was deleted', 'other', { carriedOut: undefined }, false],
    ['populates for a new upstream version', 'before', { upstreamDiffers: true }, true],
    ['not where another run has just done so', 'fresh', { upstreamDiffers: true }, false],
    ['is not ALWAYS: a stamp that is left over means nothing', 'before', { stamp: 'now' }, false],
  ])('%s', (_what, live, more, expected) => {
    expect(populates('ON_CHANGE', live, more)).toBe(expected);
  });
});

describe('ALWAYS', () => {
  const carriedOut = { ...SAME, stamps: ['before', 'long before'] };
  test.each<[string, Live, More, boolean]>([
    ['populates in every synthesis', 'before', { stamp: 'now', carriedOut }, true],
    ['populates although nothing was carried out before', 'before', { stamp: 'now' }, true],
    ['populates over somebody else\'s version', 'nobody', { stamp: 'now', carriedOut }, true],
    ['takes over what another run has begun since', 'fresh', { stamp: 'now', carriedOut }, false],
    ['keeps the version in a rollback to a synthesis that was carried out', 'before', { stamp: 'long before', carriedOut }, false],
    ['populates in such a rollback what was made of another definition', 'other', { stamp: 'before', carriedOut, changed: true }, true],
    ['populates in such a rollback what is somebody else\'s', 'nobody', { stamp: 'before', carriedOut, changed: true }, true],
    ['decides like ON_CHANGE without a stamp', 'before', { carriedOut }, false],
  ])('%s', (_what, live, more, expected) => {
    expect(populates('ALWAYS', live, more)).toBe(expected);
  });

  test('leaving it populates nothing: a mode is how a deploy decides', () => {
    expect(populates('ON_CHANGE', 'before', { carriedOut })).toBe(false);
  });
});
