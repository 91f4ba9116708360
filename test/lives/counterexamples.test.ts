import type { Fault } from './life';
import { answers, byHand, byRule, deployed, ends, kept, made, population, stopped, waited, X } from './support';

/** What the design's first draft broke: each is a sentence that was missing. Renames have a file of their own. */
describe('promise 1: one change, one population', () => {
  it('a deploy that changes a tag does not cancel a schedule with parameters of its own', async () => {
    const world = await kept([deployed(0, X()), byRule(300, 'N'), deployed(330, X({ tag: '1' }))], { querySeconds: 200 });
    expect(made(world)).toEqual(['A SUCCESS', 'A|p SUCCESS']);
    expect(answers(world)).toEqual(['Create POPULATED', 'Update UNCHANGED']);
    expect(waited(world, 2)).toBeLessThan(10);
  });

  it('a deploy after a schedule with parameters of its own populates nothing', async () => {
    const world = await kept([deployed(0, X()), byRule(300, 'N'), deployed(600, X({ tag: '1' }))]);
    expect(made(world)).toEqual(['A SUCCESS', 'A|p SUCCESS']);
  });

  it('no run loses its outcome to later ones, whatever breaks off in between', async () => {
    for (let nth = 1; nth <= 6; nth++) {
      const later = [0, 1, 2, 3, 4].map((index) => byHand(110 + index, `b${index}`));
      const faults: Fault[] = [{ kind: 'CRASH_AFTER', of: 'recordOutcome', nth }, { kind: 'NOT_INVOKED', step: 2 + nth, seconds: 900 }];
      const world = await kept([deployed(0, X()), byHand(100, 'a'), ...later], { querySeconds: 5, failing: ['A|a'], faults });
      expect(made(world).filter((each) => each.startsWith('A|a'))).toHaveLength(1);
    }
  });

  it('a run does not count data as its own that was intended before it began', async () => {
    const world = await kept([deployed(0, X()), byHand(300), stopped(310), byHand(9_000)]);
    expect(ends(world)).toEqual(['ABORTED', 'POPULATED']);
    expect(made(world)).toEqual(['A SUCCESS', 'A SUCCESS', 'A SUCCESS']);
  });

  it.each(['ALWAYS', 'NEVER'] as const)('a step that was given up and sends late is found, where parameters are shown %s', async (shows) => {
    for (const seconds of [45, 55, 60, 65, 70, 71]) {
      const faults: Fault[] = [
        { kind: 'LATE_START', step: 1, seconds: 15 }, { kind: 'ZOMBIE', step: 1, seconds: 3 }, { kind: 'FREEZE_CRASH', of: 'populate', nth: 1, seconds },
      ];
      const world = await kept([deployed(0, X())], { listLag: 9, conflicts: false, shows, faults });
      expect(made(world)).toEqual(['A SUCCESS']);
    }
  });

  it('a query that stands on record as another run\'s is never taken, where nothing shows parameters', async () => {
    for (const after of [2, 3, 4, 5]) {
      const world = await kept([deployed(0, X()), byHand(400), deployed(400 + after, X({ definition: 'B' }))], {
        shows: 'NEVER', listLag: 15, skew: 4, faults: [{ kind: 'REJECTED', of: 'populate', nth: 3, seconds: 2 }],
      });
      expect(made(world)).toEqual(['A SUCCESS', 'A CANCELLED', 'B SUCCESS']);
    }
  });

  it('whoever takes over cancels nothing in its time', async () => {
    for (let step = 60; step < 120; step += 4) {
      const world = await kept([deployed(0, X()), byHand(3_000), byHand(5_000, 'h'), stopped(5_700, 1)], {
        querySeconds: 2_400, faults: [{ kind: 'NOT_INVOKED', step, seconds: 200 }],
      });
      expect(made(world)).not.toContain('A CANCELLED');
    }
  });

  it('ten refreshes that fail push no version out of what is known', async () => {
    const failing = Array.from({ length: 11 }, (_, index) => byHand(100 + index * 60, 'bad'));
    const world = await kept([deployed(0, X()), ...failing, deployed(2_000, X({ tag: '1' }))], { querySeconds: 5, failing: ['A|bad'] });
    expect(answers(world)).toEqual(['Create POPULATED', 'Update UNCHANGED']);
  });
});

describe('promise 5: a rollback is free', () => {
  it('a run makes nothing of a deploy that has failed, before its rollback comes', async () => {
    const world = await kept([deployed(0, X()), deployed(200, X({ definition: 'B' }), { gap: 600 }), stopped(203), byHand(230)]);
    expect(made(world)).not.toContain('B SUCCESS');
  });

  it('a rollback does not wait for a refresh of hours that it does not need', async () => {
    const twelveHours = { timeoutSeconds: 43_200 };
    const world = await kept([deployed(0, X(twelveHours)), byHand(1_000, 'h'), deployed(1_100, X({ ...twelveHours, tag: '1' }), { failsAfter: 1 })], {
      slow: { 'A|h': 9_000 }, ends: 60_000,
    });
    expect(made(world)).toEqual(['A SUCCESS', 'A|h SUCCESS']);
    expect(waited(world, 3)).toBeLessThan(10);
    expect(ends(world)).toEqual(['POPULATED']);
  });
});

describe('promise 12: tables built on tables', () => {
  it('a downstream table waits for no upstream table whose run was stopped', async () => {
    const both = (definition: string) => ({ ...X(), Z: population({ table: 'W1', definition, upstream: ['X'] }) });
    const world = await kept([deployed(0, both('Z')), byHand(1_000), stopped(1_010), deployed(2_000, both('Z2'))]);
    expect(made(world, 'W1')).toContain('Z2 SUCCESS');
    expect(waited(world, world.cloudFormation.sent.length)).toBeLessThan(240);
  });
});
