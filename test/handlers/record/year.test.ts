import { unmarshall } from '@aws-sdk/util-dynamodb';
import { requestHash } from '../../../src/handlers/deployment/events';
import { askedBy, recordRequest } from '../../../src/handlers/deployment/requests';
import { fromItem, toItem } from '../../../src/handlers/record/items';
import { addToHistory, EMPTY, endRequest, type FinishedAttempt, type TableRecord } from '../../../src/handlers/record/table-record';
import { eventOf, FIRST_SIGNED_AT, PREFIX, propertiesWith } from '../deployment/support';

const DAY_SECONDS = 86_400;

/** A nightly run that fails now and then, and a deploy every other day, of which each tenth is rolled back. */
function yearOf(record: TableRecord): TableRecord {
  return Array.from({ length: 365 }, (_, day) => day).reduce((known, day) => {
    const nightly = addToHistory(known, finished(day));
    return day % 2 ? nightly : deployed(nightly, day);
  }, record);
}

function finished(day: number): FinishedAttempt {
  const intendedAt = FIRST_SIGNED_AT + (day * DAY_SECONDS - 3_600) * 1_000;
  const id = (kind: string) => `${kind}-2222-4333-8444-${String(day).padStart(12, '0')}`;
  const succeeded = day % 7 > 0;
  return {
    succeeded,
    versionId: id('aaaaaaaa'),
    analysisId: id('bbbbbbbb'),
    analysisType: 'QUERY',
    isDeploy: false,
    fingerprint: '0123456789abcdef',
    definitionFingerprint: '0123456789abcdef',
    intendedAt,
    ...(succeeded ? { populatedAt: intendedAt + 600_000, durationMillis: 600_000, billedCrpuHours: 5.33 } : {}),
  };
}

function deployed(record: TableRecord, day: number): TableRecord {
  const event = eventOf(day ? 'Update' : 'Create', {
    seconds: day * DAY_SECONDS, properties: propertiesWith({ Synthesis: `2026-${day}`, WaitHandle: `https://wait.example/${day}` }), old: {},
  });
  const asked = askedBy(event, PREFIX, 0);
  return endRequest(recordRequest(record, asked, asked.request.signedAt), asked.request.execution, day % 20 > 0);
}

/** A screen of full HD has room for so many small letters. */
const [LINES, COLUMNS] = [60, 200];

/** What a person reads: an attribute a line, a line for each element of a list, no quotes; broken where the screen ends. */
const shown = (item: Record<string, unknown>): string[] => Object.entries(item)
  .flatMap(([name, value]) => (isListOfMaps(value) ? value : [value]).map((each) => `${name}: ${JSON.stringify(each).replace(/"/g, '')}`))
  .flatMap((line) => Array.from({ length: Math.ceil(line.length / COLUMNS) }, (_, index) => line.slice(index * COLUMNS, (index + 1) * COLUMNS)));

const isListOfMaps = (value: unknown): value is object[] => Array.isArray(value) && value.some((each) => typeof each === 'object');

test('a table\'s item fits a screen after a year, and a person can read when things were', () => {
  const item = toItem('table m/t', yearOf(EMPTY), 1_000);
  const lines = shown(unmarshall(item));
  console.log(lines.join('\n'));
  expect(lines.length).toBeLessThanOrEqual(LINES);
  expect(lines.join('')).toContain('intendedAt:2027-11-2');
  expect(fromItem(item).document).toMatchObject({ requests: [{ request: requestHash(eventOf('Update', { seconds: 364 * DAY_SECONDS })) }] });
});
