import { FakeStore } from './record/fake';
import type { Ports } from '../../src/handlers/invocation';
import { stepLimit } from '../../src/handlers/invocation';

const timers = (): number => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;

const portsWith = (store: FakeStore) => ({ store, cleanRooms: { getTable: async () => store.read('table') } }) as unknown as Ports;

test('a step that ends in time gives what it gives, and asks for nothing more after that', async () => {
  const store = new FakeStore();
  const before = timers();
  let kept: Ports | undefined;
  expect(await stepLimit(75, portsWith(store), async (ports) => { kept = ports; return ports.store.read('key'); }))
    .toMatchObject({ ok: true });
  void kept!.store.read('key');
  void kept!.cleanRooms.getTable({} as never);
  expect(store.asked).toEqual(['read key']);
  expect(timers()).toBe(before);
});

test('a step that fails fails', async () => {
  await expect(stepLimit(75, portsWith(new FakeStore()), () => Promise.reject(new Error('Broken.')))).rejects.toThrow('Broken.');
});

test('a step that hangs is over, and asks for nothing more, not even thawed with the next one', async () => {
  const store = new FakeStore();
  let thaw = (): void => undefined;
  const limited = stepLimit(0.02, portsWith(store), async (ports) => {
    await new Promise<void>((resolve) => { thaw = resolve; });
    await ports.store.write('key', {}, 0);
  });
  await expect(limited).rejects.toMatchObject({ name: 'StepTookTooLong', message: 'The step took longer than 0.02 seconds.' });
  thaw();
  await new Promise((resolve) => { setImmediate(resolve); });
  expect(store.asked).toEqual([]);
});
