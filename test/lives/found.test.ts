import { answers, byHand, deployed, ends, kept, made, population, renamed, stopped, waited, X } from './support';

/** Schedules that random lives have found in this library, each shrunk to what it needs. */
describe('promise 6: delete never touches data', () => {
  it('the Delete of a table that was replaced cancels what runs there before it is answered, though its machine has another table by then', async () => {
    const two = (table: string, definition: string) => ({ ...X(), Y: population({ table, definition }) });
    const world = await kept([deployed(0, two('U1', 'A')), deployed(200, two('Y2', 'B'), { failsAfter: 100 })], { slow: { B: 2_400 } });
    expect(made(world, 'Y2')).toEqual(['B CANCELLED']);
  });

  it('the Delete of a table that was replaced cancels what a run has left there that was stopped', async () => {
    const world = await kept([deployed(0, X()), byHand(200, 'h'), stopped(220), deployed(230, X({ table: 'T2' }))], { slow: { 'A|h': 2_400 } });
    expect(made(world)).toEqual(['A SUCCESS', 'A|h CANCELLED']);
    expect(answers(world).pop()).toBe('Delete SUCCESS');
  });
});

describe('promise 5: a rollback is free, or brings the data back', () => {
  it('the old data comes back after a rename with a change is rolled back, though the quota is full when the new name is deleted', async () => {
    const two = (first: ReturnType<typeof X>) => ({ ...first, Y: population({ table: 'U1' }) });
    const world = await kept([deployed(0, two(X())), deployed(200, two(renamed({ definition: 'B' })), { failsAfter: 120 }), byHand(300, 'h', 'Y')], {
      quota: 1, slow: { 'A|h': 400 },
    });
    expect(made(world)).toEqual(['A SUCCESS', 'B SUCCESS', 'A SUCCESS']);
  });

  it('a run that is overtaken after minutes still cancels its query', async () => {
    const world = await kept([deployed(0, renamed({ definition: 'B' }), { failsAfter: 1_500 })], { querySeconds: 2_400 });
    expect(made(world)).toEqual(['B CANCELLED']);
  });
});

describe('promise 2: CloudFormation is always answered', () => {
  it('a run that is stopped while DynamoDB cannot be reached for ten minutes is told of', async () => {
    const world = await kept([deployed(0, X()), stopped(160)], { faults: [{ kind: 'OUTAGE', of: 'store', from: 22.8, seconds: 700 }] });
    expect(waited(world, 1)).toBeLessThan(900);
  });
});

describe('promise 3: a failure means that nothing of it goes live afterwards', () => {
  it('a run that was away while another took its lease ends as its own populate does, though its time is up before that', async () => {
    const world = await kept([deployed(0, X({ timeoutSeconds: 600, cancelOnTimeout: false })), byHand(1_000, 'h'), byHand(1_030, 'h')], {
      slow: { 'A|h': 590 }, liveLag: 25, faults: [{ kind: 'NOT_INVOKED', step: 8, seconds: 300 }],
    });
    expect(ends(world)[0]).toBe('POPULATED');
  });
});
