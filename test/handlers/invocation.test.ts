import { FakeStore } from './record/fake';
import { stepLimit, type Ports } from '../../src/handlers/invocation';

const timers = (): number => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;

const store = new FakeStore();
const ports = { store, cleanRooms: { getTable: async () => store.read('table') } } as unknown as Ports;
beforeEach(() => { store.asked.length = 0; });

test('a step that ends in time gives what it gives, and asks for nothing more after that', async () => {
  const before = timers();
  let kept: Ports | undefined;
  expect(await stepLimit(75, ports, async (given) => { kept = given; return given.store.read('key'); })).toMatchObject({ ok: true });
  void kept!.store.read('key');
  void kept!.cleanRooms.getTable({} as never);
  expect(store.asked).toEqual(['read key']);
  expect(timers()).toBe(before);
});

test('a step that fails fails', async () => {
  await expect(stepLimit(75, ports, () => Promise.reject(new Error('Broken.')))).rejects.toThrow('Broken.');
});

test('a step that hangs is over, and asks for nothing more, not even thawed with the next one', async () => {
  let thaw = (): void => undefined;
  const limited = stepLimit(0.02, ports, async (given) => {
    await new Promise<void>((resolve) => { thaw = resolve; });
    await given.store.write('key', {}, 0);
  });
  await expect(limited).rejects.toMatchObject({ name: 'StepTookTooLong', message: 'The step took longer than 0.02 seconds.' });
  thaw();
  await new Promise((resolve) => { setImmediate(resolve); });
  expect(store.asked).toEqual([]);
});
