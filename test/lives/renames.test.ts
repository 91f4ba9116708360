import { answers, byRule, deployed, ends, kept, made, population, renamed, X } from './support';

describe('promise 1: one change, one population: a construct that is renamed keeps its data', () => {
  it('pays nothing for a rename, and can be refreshed afterwards', async () => {
    const world = await kept([deployed(0, X()), deployed(200, renamed()), byRule(500, 'M')]);
    expect(made(world)).toEqual(['A SUCCESS', 'A SUCCESS']);
    expect(answers(world)).toEqual(['Create POPULATED', 'Create UNCHANGED', 'Delete SUCCESS']);
    expect(ends(world)).toEqual(['POPULATED']);
  });

  it('pays nothing for a rename that is rolled back, and can be refreshed under its old name', async () => {
    const world = await kept([deployed(0, X()), deployed(200, renamed(), { failsAfter: 30 }), byRule(500, 'M')]);
    expect(made(world)).toEqual(['A SUCCESS', 'A SUCCESS']);
    expect(answers(world)).toEqual(['Create POPULATED', 'Create UNCHANGED', 'Delete SUCCESS']);
    expect(ends(world)).toEqual(['POPULATED']);
  });

  it('makes what a rename changes', async () => {
    const world = await kept([deployed(0, X()), deployed(200, renamed({ definition: 'B' })), byRule(500, 'M')]);
    expect(made(world)).toEqual(['A SUCCESS', 'B SUCCESS', 'B SUCCESS']);
  });

  it('brings the old data back where a rename with a change is rolled back', async () => {
    const world = await kept([deployed(0, X()), deployed(200, renamed({ definition: 'B' }), { failsAfter: 120 })]);
    expect(made(world)).toEqual(['A SUCCESS', 'B SUCCESS', 'A SUCCESS']);
    expect(world.rooms.live.get('T1')?.makes).toBe('A');
  });

  it('cancels what a rename with a change was making when it was rolled back, and pays for nothing else', async () => {
    const world = await kept([deployed(0, X()), deployed(200, renamed({ definition: 'B' }), { failsAfter: 20 }), byRule(1_000, 'M')], { querySeconds: 100 });
    expect(made(world)).toEqual(['A SUCCESS', 'B CANCELLED', 'A SUCCESS']);
  });

  it('pays nothing for a population that is removed and added again', async () => {
    const other = { Y: population({ table: 'U1' }) };
    const world = await kept([deployed(0, { ...X(), ...other }), deployed(200, other), deployed(400, { ...X(), ...other }), byRule(600, 'M')]);
    expect(made(world)).toEqual(['A SUCCESS', 'A SUCCESS']);
    expect(answers(world)).toEqual(['Create POPULATED', 'Create POPULATED', 'Delete SUCCESS', 'Create UNCHANGED']);
  });
});
