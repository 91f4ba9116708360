import type { LifeEvent } from './life';
import { answers, byHand, byRule, deployed, ends, kept, made, population, queriesOf, stopped, waited, X } from './support';

const Y = (more = {}) => ({ Y: population({ table: 'U1', ...more }) });
const at = (world: Awaited<ReturnType<typeof kept>>, table: string, index = 0): number => queriesOf(world, table)[index].at;

/** Schedules of ordinary days and of bad ones that the library before broke. */
describe('promise 1: one change, one population: who acts', () => {
  it('two runs that begin half a second apart make one version', async () => {
    const world = await kept([deployed(0, X()), byHand(300), byHand(300.5)]);
    expect(made(world)).toEqual(['A SUCCESS', 'A SUCCESS']);
    expect(ends(world)).toEqual(['POPULATED', 'UNCHANGED']);
  });

  it('a run that waited for another makes nothing of a deploy that is taken back', async () => {
    const world = await kept([
      deployed(0, X()), byHand(3_000, 'h'), byRule(3_100, 'M'), deployed(3_200, X({ definition: 'B' }), { failsAfter: 600 }),
    ], { slow: { 'A|h': 2_400, 'B': 2_400 }, querySeconds: 60 });
    expect(answers(world).pop()).toBe('Update UNCHANGED');
    expect(made(world).filter((each) => each === 'B SUCCESS')).toEqual([]);
  });

  it('four hundred runs that begin at once all succeed, by few queries', async () => {
    const runs = Array.from({ length: 400 }, (_, index): LifeEvent => byHand(100 + index / 1_000));
    const world = await kept([deployed(0, X()), ...runs], { querySeconds: 5 });
    expect(new Set(ends(world))).toEqual(new Set(['POPULATED', 'UNCHANGED']));
    expect(made(world).length).toBeLessThan(6);
  }, 60_000);

  it('an event that EventBridge delivers again ten minutes later populates nothing', async () => {
    const world = await kept([deployed(0, X()), { at: 200, type: 'SCHEDULE', population: 'X', schedule: 'M', again: 600 }]);
    expect(made(world)).toEqual(['A SUCCESS', 'A SUCCESS']);
    expect(ends(world)).toEqual(['POPULATED', 'UNCHANGED']);
  });

  it('what a run makes is decided when it is sent, not when it began to wait', async () => {
    const world = await kept([deployed(0, { ...X(), ...Y() }), byHand(190, 'h', 'Y'), byRule(200, 'M'), deployed(900, { ...X({ definition: 'B' }), ...Y() })], {
      quota: 1, slow: { 'A|h': 1_200 },
    });
    expect(made(world)).toEqual(['A SUCCESS', 'B SUCCESS']);
  });

  it('a deploy that fails is not made by the night\'s run before it is rolled back', async () => {
    const world = await kept([deployed(0, X()), deployed(200, X({ definition: 'B' }), { gap: 600 }), byRule(400, 'M')], { failing: ['B'] });
    expect(made(world)).toEqual(['A SUCCESS', 'B FAILED', 'A SUCCESS']);
    expect(at(world, 'T1', 2)).toBeGreaterThan(800);
  });
});

describe('promise 7: quotas are waited out: sharing delays, and never prevents', () => {
  it('a table whose versions cannot be listed for an hour delays no other', async () => {
    const world = await kept([deployed(0, { ...X(), ...Y() })], {
      faults: [{ kind: 'OUTAGE', of: 'rooms', operation: 'listVersions', table: 'T1', from: 0, seconds: 3_000 }],
    });
    expect(at(world, 'U1')).toBeLessThan(60);
  });

  it('a run that was stopped while it waited for the quota holds up nobody', async () => {
    const world = await kept([
      deployed(0, { ...X(), ...Y() }), { at: 1_000, type: 'STRANGER', table: 'T1', makes: 'S' }, byHand(1_001), byHand(1_002, undefined, 'Y'), stopped(1_030, 1),
      byHand(2_000, undefined, 'Y'),
    ], { quota: 1, querySeconds: 200 });
    expect(at(world, 'U1', 1)).toBeGreaterThan(2_000);
    expect(at(world, 'U1', 1)).toBeLessThan(2_060);
  });

  it('a query does not wait for the quota of jobs', async () => {
    const jobs = { ...X({ isJob: true }), ...Y({ isJob: true }), S: population({ table: 'S1' }) };
    const world = await kept([deployed(0, jobs)], { querySeconds: 900 });
    expect(at(world, 'S1')).toBeLessThan(60);
    expect(made(world, 'U1')).toEqual(['A SUCCESS']);
  });

  it('a population that no quota can hold delays the others by less than a minute', async () => {
    const world = await kept([deployed(0, { ...X(), ...Y() })], { neverFits: ['T1'], ends: 8_000 });
    expect(at(world, 'U1')).toBeLessThan(60);
    expect(world.cloudFormation.sent[0].answer!.reason).toMatch(/vCPUs of concurrent SQL queries of 512.*fewer workers/);
  });
});

describe('promise 12: tables built on tables', () => {
  const diamond = {
    ...X(), B: population({ table: 'B1', upstream: ['X'], isDeaf: true }), C: population({ table: 'C1', upstream: ['X'] }), D: population({ table: 'D1', upstream: ['B', 'C'] }),
  };

  it('the end of a diamond is refreshed though one of its sides is not', async () => {
    const world = await kept([deployed(0, diamond), byHand(1_000)]);
    expect(made(world, 'B1')).toHaveLength(1);
    expect(made(world, 'C1')).toHaveLength(2);
    expect(made(world, 'D1')).toHaveLength(2);
  });

  it('a diamond is refreshed in order, each table once', async () => {
    const world = await kept([deployed(0, { ...diamond, B: { ...diamond.B, isDeaf: false } }), byHand(1_000)], { querySeconds: 100 });
    expect(['B1', 'C1', 'D1'].map((table) => made(world, table).length)).toEqual([2, 2, 2]);
  });

  it('a rollback with nothing to do succeeds though the upstream table is gone', async () => {
    const chain = (tag?: string) => ({ ...X(), Z: population({ table: 'W1', upstream: ['X'], tag }) });
    const world = await kept([deployed(0, chain()), deployed(1_000, chain('1'), { failsAfter: 20 })], { gone: { T1: 500 } });
    expect(answers(world).slice(2)).toEqual(['Update UNCHANGED', 'Update UNCHANGED']);
  });
});

describe('promise 2: CloudFormation is always answered: the record', () => {
  it('a rollback goes through that meets 90 seconds without DynamoDB', async () => {
    const world = await kept([deployed(0, X()), deployed(200, X({ definition: 'B' }), { failsAfter: 20 })], {
      slow: { B: 400 }, faults: [{ kind: 'OUTAGE', of: 'store', from: 219, seconds: 90 }],
    });
    expect(answers(world).pop()).toBe('Update UNCHANGED');
  });

  it.each([2, 20, 62, 80])('a deploy goes through that meets a minute without DynamoDB after %i seconds', async (from) => {
    const world = await kept([deployed(0, X())], { faults: [{ kind: 'OUTAGE', of: 'store', from, seconds: 60 }] });
    expect(answers(world)).toEqual(['Create POPULATED']);
  });

  it.each([600, 1_800, 3_000])('a deploy of most of an hour goes through that cannot read the record once after %i seconds', async (from) => {
    const world = await kept([deployed(0, X())], { querySeconds: 3_150, faults: [{ kind: 'OUTAGE', of: 'store', from, seconds: 5 }] });
    expect(answers(world)).toEqual(['Create POPULATED']);
  });

  it('64 kB of parameters populate, and more are refused before anything is paid', async () => {
    const small = await kept([deployed(0, X({ bulk: 60_000, schedules: {} }))]);
    expect(answers(small)).toEqual(['Create POPULATED']);
    const large = await kept([deployed(0, X({ bulk: 66_000, schedules: {} }))], { gone: {} });
    expect(answers(large)[0]).toBe('Create InvalidDefinition');
    expect(made(large)).toEqual([]);
  });

  it('an item that somebody deletes while its run waits for the quota ends that run, and the next deploy works', async () => {
    const world = await kept([
      deployed(0, { ...X(), ...Y() }), byHand(200, 'h', 'Y'), byHand(210), { at: 300, type: 'FORGET', table: 'T1' }, deployed(2_000, { ...X({ tag: '1' }), ...Y() }),
    ], { quota: 1, slow: { 'A|h': 1_000 } });
    expect(ends(world)[1]).toBe('NotDeployed');
    expect(answers(world).pop()).toMatch(/^Update (POPULATED|UNCHANGED)$/);
  });

  it.each(['attempt', 'lease', 'history', 'syntheses', 'requests', 'version', 'schema'])('an item without its %s brings no run into a loop', async (member) => {
    const world = await kept([deployed(0, X()), byHand(200), { at: 220, type: 'FORGET', table: 'T1', member }, byHand(400), deployed(3_000, X({ tag: '1' }))]);
    expect(answers(world).pop()).toMatch(/^Update (POPULATED|UNCHANGED)$/);
  });
});

describe('promise 2: CloudFormation is always answered: time', () => {
  it('a function whose timeout was lowered to 30 seconds populates', async () => {
    const world = await kept([deployed(0, X())], { functionTimeout: 30, querySeconds: 200 });
    expect(answers(world)).toEqual(['Create POPULATED']);
  });

  it('a run that cancels its query in time says that its time was up, wherever its step breaks off', async () => {
    for (const of of ['cancel', 'write STARTED', 'getAnalysis', 'recordOutcome']) {
      for (let nth = 1; nth <= 20; nth += of === 'cancel' ? 1 : 6) {
        const world = await kept([deployed(0, X({ timeoutSeconds: 120 }))], { slow: { A: 900 }, cancelSeconds: 20, faults: [{ kind: 'CRASH_AFTER', of, nth }] });
        expect(answers(world)[0]).toBe('Create PopulationTimedOut');
        expect(made(world)).toEqual(['A CANCELLED']);
      }
    }
  });

  it('a rollback of a tag ends at once, and the refresh of hours beside it goes on', async () => {
    const world = await kept([deployed(0, X({ timeoutSeconds: 43_200 })), byRule(1_000, 'M'), deployed(1_100, X({ timeoutSeconds: 43_200, tag: '1' }), { failsAfter: 60 })], {
      slow: { A: 9_000 }, ends: 60_000,
    }).catch((error: Error) => { throw new Error(error.message.slice(0, 3_000)); });
    expect(waited(world, world.cloudFormation.sent.length)).toBeLessThan(20);
  });

  it('a cancelled update\'s query is not taken for the rollback\'s, whose answer was lost', async () => {
    const world = await kept([deployed(0, X()), deployed(200, X({ definition: 'B' }), { failsAfter: 6 })], {
      shows: 'NEVER', listLag: 9, conflicts: false, cancelSeconds: 20, liveLag: 40, querySeconds: 5, faults: [{ kind: 'REJECTED', of: 'populate', nth: 3, seconds: 2 }],
    });
    expect(world.rooms.live.get('T1')?.makes).toBe('A');
  });
});
