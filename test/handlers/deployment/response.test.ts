import * as fc from 'fast-check';
import { fitted, responseBody, signalBody } from '../../../src/handlers/deployment/response';
import { shortened } from '../../../src/handlers/text';

const TARGET = { url: 'https://secret.example?signature=x', StackId: 's', RequestId: 'r', LogicalResourceId: 'l', PhysicalResourceId: 'p' };
const failedWith = (Reason: string) => ({ Status: 'FAILED' as const, Reason });

/** Any text of whole characters, some of them long enough not to fit. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.tuple(fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 3_000 })).map(([part, times]) => part.repeat(times)),
);
const hasBrokenSurrogate = (value: string) => /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(value);

describe.each<[string, (reason: string) => string, (body: Record<string, string>) => string]>([
  ['fitted', (reason) => fitted((Reason) => ({ ...TARGET, Reason }), reason), ({ Reason }) => Reason],
  ['a failed response', (reason) => responseBody(TARGET, failedWith(reason)), ({ Reason }) => Reason],
  ['a failed signal', (reason) => signalBody(failedWith(reason)), ({ Reason }) => Reason],
])('%s', (_what, bodyOf, reasonIn) => {
  test('is valid JSON of at most 4,096 bytes for any text, without half a character', () => {
    fc.assert(fc.property(text, (reason) => {
      const body = bodyOf(reason);
      const told = reasonIn(JSON.parse(body) as Record<string, string>);
      return Buffer.byteLength(body) <= 4096 && !hasBrokenSurrogate(told) && (told === reason || (told.endsWith('…') && reason.startsWith(told.slice(0, -1))));
    }), { numRuns: 300 });
  });

  test('has the exact text where that fits', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (reason) => reasonIn(JSON.parse(bodyOf(reason)) as Record<string, string>) === reason));
  });

  test('has as much of the text as fits', () => {
    const body = bodyOf('x'.repeat(9_000));
    expect(Buffer.byteLength(body)).toBe(4096);
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

describe('a successful response', () => {
  test('has the attributes, and who it is for, but not where it goes', () => {
    expect(JSON.parse(responseBody(TARGET, { Status: 'SUCCESS', Data: { versionId: 'v' } })))
      .toEqual({ Status: 'SUCCESS', StackId: 's', RequestId: 'r', LogicalResourceId: 'l', PhysicalResourceId: 'p', Data: { versionId: 'v' } });
  });

  test('is told to a wait condition once: its id is always the same', () => {
    expect(JSON.parse(signalBody({ Status: 'SUCCESS', Data: { versionId: 'v' } }))).toMatchObject({ Status: 'SUCCESS', UniqueId: 'population' });
    expect(JSON.parse(signalBody(failedWith('No.')))).toEqual({ Status: 'FAILURE', UniqueId: 'population', Reason: 'No.', Data: '' });
  });
});
