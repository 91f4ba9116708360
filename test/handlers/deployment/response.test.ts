import * as fc from 'fast-check';
import { fitted, responseBody, signalBody } from '../../../src/handlers/deployment/response';
import { shortened } from '../../../src/handlers/text';

const SHOWN = { StackId: 's', RequestId: 'r', LogicalResourceId: 'l', PhysicalResourceId: 'p' };
const TARGET = { url: 'https://secret.example?signature=x', ...SHOWN };
const failedWith = (Reason: string) => ({ Status: 'FAILED' as const, Reason });

/** Any text of whole characters, some of them long enough not to fit. */
const part = fc.string({ unit: 'binary', minLength: 1, maxLength: 8 });
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 500 }),
  fc.tuple(part, fc.integer({ min: 1, max: 3_000 })).map(([repeated, times]) => repeated.repeat(times)),
);
const hasBrokenSurrogate = (value: string) => /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(value);

describe.each<[string, (reason: string) => string, (body: Record<string, string>) => string]>([
  ['fitted', (reason) => fitted((Reason) => ({ ...TARGET, Reason }), reason), ({ Reason }) => Reason],
  ['a failed response', (reason) => responseBody(TARGET, failedWith(reason)), ({ Reason }) => Reason],
  ['a failed signal', (reason) => signalBody(failedWith(reason)), ({ Reason }) => Reason],
])('%s', (_what, bodyOf, reasonIn) => {
  const told = (reason: string) => reasonIn(JSON.parse(bodyOf(reason)) as Record<string, string>);

  test('is valid JSON of at most 4,096 bytes for any text, without half a character', () => {
    fc.assert(fc.property(text, (reason) => {
      const isWholeOrCut = told(reason) === reason || (told(reason).endsWith('…') && reason.startsWith(told(reason).slice(0, -1)));
      return Buffer.byteLength(bodyOf(reason)) <= 4096 && !hasBrokenSurrogate(told(reason)) && isWholeOrCut;
    }), { numRuns: 300 });
  });

  test('has the exact text where that fits, and as much of it as does', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (reason) => told(reason) === reason));
    expect(Buffer.byteLength(bodyOf('x'.repeat(9_000)))).toBe(4096);
  });
});

describe('text', () => {
  test('keeps the longest beginning that fits', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.integer({ min: 0, max: 60 }), (whole, most) => {
      const length = (value: string) => Array.from(value).length;
      const short = shortened(whole, (value) => length(value) <= most);
      return length(short) === Math.min(length(whole), Math.max(most, 1));
    }));
  });

  test('cuts between characters, whatever the measure', () => {
    expect(shortened('🙈🙈🙈', ({ length }) => length <= 4)).toBe('🙈…');
  });
});

const SUCCESS = { Status: 'SUCCESS', Data: { versionId: 'v' } } as const;

test('a successful response has the attributes, and who it is for, but not where it goes', () => {
  expect(JSON.parse(responseBody(TARGET, SUCCESS))).toEqual({ ...SHOWN, ...SUCCESS });
});

test('a wait condition is told once: the id is always the same', () => {
  expect(JSON.parse(signalBody(SUCCESS))).toMatchObject({ Status: 'SUCCESS', UniqueId: 'population' });
  expect(JSON.parse(signalBody(failedWith('No.')))).toEqual({ Status: 'FAILURE', UniqueId: 'population', Reason: 'No.', Data: '' });
});
