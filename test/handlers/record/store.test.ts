import { FakeDocuments, UNREACHABLE } from './fake';
import { NOBODY } from '../../../src/handlers/record/line';
import { EMPTY, joined } from '../../../src/handlers/record/population-record';
import { recordStore } from '../../../src/handlers/record/store';

let documents: FakeDocuments;
let store: ReturnType<typeof recordStore>;

beforeEach(() => {
  documents = new FakeDocuments();
  store = recordStore(documents);
});

test('a population that was never on record has an empty one, which is not written', async () => {
  expect(await store.read('audience')).toEqual({ ok: true, value: EMPTY });
  expect(await store.change('audience', (record) => record)).toEqual({ ok: true, value: EMPTY });
  expect(await store.readLine()).toEqual({ ok: true, value: NOBODY });
  expect(await store.changeLine((line) => line)).toEqual({ ok: true, value: NOBODY });
  expect(documents.writes).toBe(0);
});

test('a failed read is no empty record', async () => {
  documents.befalls('audience', { before: UNREACHABLE }, { before: UNREACHABLE });
  documents.befalls('line', { before: UNREACHABLE });
  expect(await store.read('audience')).toEqual({ ok: false, error: UNREACHABLE });
  expect(await store.change('audience', (record) => joined(record, 'a'))).toEqual({ ok: false, error: UNREACHABLE });
  expect(await store.readLine()).toEqual({ ok: false, error: UNREACHABLE });
});

test('a change is of what is there at that moment', async () => {
  documents.befalls('audience', { meanwhile: () => documents.set('audience', joined(EMPTY, 'faster')) });
  expect(await store.change('audience', (record) => joined(record, 'slower'))).toEqual({ ok: true, value: { ...EMPTY, turns: ['faster', 'slower'] } });
});

describe('an event', () => {
  const take = (execution: string) => store.takeEvent('audience', 'event-1', execution, 1_000);

  test('is the first execution\'s, however often that asks', async () => {
    expect(await take('a')).toEqual({ ok: true, value: true });
    expect(await take('a')).toEqual({ ok: true, value: true });
    expect(await take('b')).toEqual({ ok: true, value: false });
    expect(documents.lives.get('event audience event-1')).toEqual({ expires: 1_000 });
  });

  test('is the one whose write was in, although its answer was lost', async () => {
    documents.befalls('event audience event-1', 'ASKED_AGAIN');
    expect(await take('a')).toEqual({ ok: true, value: true });
  });

  test('is nobody\'s as far as is known where the record does not answer', async () => {
    documents.befalls('event audience event-1', { after: UNREACHABLE });
    expect(await take('a')).toEqual({ ok: false, error: UNREACHABLE });
    expect(await take('a')).toEqual({ ok: true, value: true });
  });

  test('of another population is another', async () => {
    await take('a');
    expect(await store.takeEvent('other', 'event-1', 'b', 1_000)).toEqual({ ok: true, value: true });
  });
});
