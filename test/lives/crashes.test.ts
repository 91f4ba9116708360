import type { LifeEvent, RequestFaultKind } from './life';
import { answers, byHand, deployed, ends, kept, made, renamed, X } from './support';
import type { World } from './world';

/** A function breaks off before and after each of its requests in turn: each is populated once, and everybody is answered. */
const KINDS: readonly RequestFaultKind[] = ['CRASH_BEFORE', 'CRASH_AFTER', 'LOST', 'LOST_ONCE', 'REJECTED'];

const SHORT = { querySeconds: 8 };

async function eachRequest(events: readonly LifeEvent[], check: (world: World) => void, kinds: readonly RequestFaultKind[]): Promise<void> {
  const requests = (await kept(events, SHORT)).processes.requests.length;
  for (let request = 1; request <= requests; request++) {
    for (const kind of kinds) {
      check(await kept(events, { ...SHORT, faults: [{ kind, request, seconds: 2 }] }));
    }
  }
}

describe.each(KINDS)('promise 1: one change, one population: %s at any request', (kind) => {
  it('of a deploy', () => eachRequest([deployed(0, X())], (world) => {
    expect(made(world)).toEqual(['A SUCCESS']);
    expect(answers(world)).toEqual(['Create POPULATED']);
  }, [kind]));

  it('of a refresh', () => eachRequest([deployed(0, X()), byHand(300)], (world) => {
    expect(made(world)).toEqual(['A SUCCESS', 'A SUCCESS']);
    expect(ends(world)).toEqual(['POPULATED']);
  }, [kind]));

  it('of a rollback during the query', () => eachRequest([deployed(0, X()), deployed(300, X({ definition: 'B' }), { failsAfter: 6 })], (world) => {
    expect(made(world).join(', ')).toMatch(/^A SUCCESS(, B CANCELLED|, B SUCCESS, A SUCCESS)?$/);
    expect(world.rooms.live.get('T1')!.makes).toBe('A');
    expect(answers(world).pop()).toMatch(/^Update (UNCHANGED|POPULATED)$/);
  }, [kind]));

  it('of a rollback after the query', () => eachRequest([deployed(0, X()), deployed(300, X({ definition: 'B' }), { failsAfter: 100 })], (world) => {
    expect(made(world).join(', ')).toMatch(/^A SUCCESS(, B CANCELLED|, B SUCCESS, A SUCCESS)?$/);
    expect(answers(world).pop()).toMatch(/^Update (UNCHANGED|POPULATED)$/);
  }, [kind]));

  it('of a rename that is rolled back', () => eachRequest([deployed(0, X()), deployed(300, renamed(), { failsAfter: 50 }), byHand(800)], (world) => {
    expect(made(world)).toEqual(['A SUCCESS', 'A SUCCESS']);
  }, [kind]));
});
