import { unmarshall } from '@aws-sdk/util-dynamodb';
import { requestHash } from '../../../src/handlers/deployment/events';
import { askedBy, recordRequest } from '../../../src/handlers/deployment/requests';
import { fromItem, toItem } from '../../../src/handlers/record/items';
import { addToHistory, EMPTY, endRequest, type TableRecord } from '../../../src/handlers/record/table-record';
import { eventOf, FIRST_SIGNED_AT, PREFIX, propertiesWith } from '../deployment/support';
import { finishedWith } from '../population/support';

const DAY_SECONDS = 86_400;
const eventOfDay = (day: number) => eventOf(day ? 'Update' : 'Create', {
  seconds: day * DAY_SECONDS, properties: propertiesWith({ Synthesis: `2026-${day}`, WaitHandle: `https://wait.example/${day}` }), old: {},
});

/** A nightly run that fails now and then, and a deploy every other day, of which each tenth is rolled back. */
function withDay(known: TableRecord, day: number): TableRecord {
  const intendedAt = FIRST_SIGNED_AT + (day * DAY_SECONDS - 3_600) * 1_000;
  const id = (kind: string) => `${kind}-2222-4333-8444-${String(day).padStart(12, '0')}`;
  const made = { versionId: id('aaaaaaaa'), analysisId: id('bbbbbbbb'), intendedAt, populatedAt: intendedAt + 600_000 };
  const failed = { succeeded: false, populatedAt: undefined, durationMillis: undefined, billedCrpuHours: undefined };
  const record = addToHistory(known, finishedWith({ ...made, ...(day % 7 ? {} : failed) }));
  const asked = askedBy(eventOfDay(day), PREFIX, 0);
  return day % 2 ? record : endRequest(recordRequest(record, asked, asked.request.signedAt), asked.request.execution, day % 20 > 0);
}

/** A screen of full HD has room for so many small letters. */
const [LINES, COLUMNS] = [60, 200];
const isListOfMaps = (value: unknown): value is object[] => Array.isArray(value) && value.some((each) => typeof each === 'object');

/** What a person reads: an attribute a line, a line for each element of a list, no quotes; broken where the screen ends. */
const shown = (item: Record<string, unknown>): string[] => Object.entries(item)
  .flatMap(([name, value]) => (isListOfMaps(value) ? value : [value]).map((each) => `${name}: ${JSON.stringify(each).replace(/"/g, '')}`))
  .flatMap((line) => line.match(new RegExp(`.{1,${COLUMNS}}`, 'g'))!);

test('a table\'s item fits a screen after a year, and a person can read when things were', () => {
  const item = toItem('table m/t', Array.from({ length: 365 }, (_, day) => day).reduce(withDay, EMPTY), 1_000);
  const lines = shown(unmarshall(item));
  expect(lines.length).toBeLessThanOrEqual(LINES);
  expect(lines.join('')).toContain('intendedAt:2027-11-2');
  expect(fromItem(item).document).toMatchObject({ requests: [{ request: requestHash(eventOfDay(364)) }] });
});
