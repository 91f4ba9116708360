import { DeadlockError, VirtualClock } from '../../simulator/clock';
import { seededRandom } from '../../simulator/random';

describe('virtual time', () => {
  test('runs timers by time, and those of one time in the order in which they were set', async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    for (const [name, ms] of [['c', 20], ['a', 10], ['d', 20], ['b', 15]] as const) clock.setTimer(() => seen.push(name), ms);
    clock.clearTimer(clock.setTimer(() => seen.push('never'), 12));
    await clock.drive(clock.sleep(30), 'all');
    expect(seen).toEqual(['a', 'b', 'c', 'd']);
  });

  test('stands still while nobody waits through it', async () => {
    const clock = new VirtualClock({ start: 0 });
    let ran = false;
    clock.setTimer(() => { ran = true; }, 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([clock.now(), ran]).toEqual([0, false]);
  });

  test('stands still while somebody works in real time', async () => {
    const clock = new VirtualClock({ start: 0 });
    const at = new Promise<number>((resolve) => {
      clock.activity.enter();
      setTimeout(() => { resolve(clock.now()); clock.activity.leave(); }, 20);
    });
    await clock.drive(clock.sleep(1000), 'a second');
    expect(await at).toBe(0);
  });

  test('tells who waits for what can never come, in place of hanging', async () => {
    const clock = new VirtualClock();
    const never = clock.drive(new Promise(() => undefined), 'the lost answer');
    await expect(never).rejects.toThrow(DeadlockError);
    await expect(never).rejects.toThrow('"the lost answer"');
  });

  test('runs out for what never ends, which is named', async () => {
    const clock = new VirtualClock({ start: 0 });
    const poll = async (): Promise<void> => { for (;;) await clock.sleep(3_600_000); };
    await expect(clock.drive(poll(), 'an endless wait', 86_400))
      .rejects.toThrow('At 1970-01-02T00:00:00.000Z virtual time ran out, and "an endless wait" has not ended.');
  });

  test('keeps a pace for who watches', async () => {
    const ticks: number[] = [];
    const clock = new VirtualClock({ start: 0, pace: { virtualSecondsPerSecond: 100, onTick: (now) => ticks.push(now) } });
    const began = process.hrtime.bigint();
    await clock.drive(clock.sleep(25_000), 'a while');
    expect(Number(process.hrtime.bigint() - began) / 1e9).toBeGreaterThan(0.2);
    expect(ticks).toEqual([10_000, 20_000, 25_000]);
  });
});

describe('seeded randomness', () => {
  test('is the same for the same seed, and another for another', () => {
    const drawn = [1, 1, 2].map((seed) => seededRandom(seed)).map((random) => [random.next(), random.uuid(), random.suffix()]);
    expect(drawn[0]).toEqual(drawn[1]);
    expect(drawn[0]).not.toEqual(drawn[2]);
    expect(drawn[0][1]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
