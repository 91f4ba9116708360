import {
  admissionKey, closeAdmission, isAdmitted, nextRefusedSeconds, openAdmission, releaseAdmission, requestAdmission, type Admission,
  type Refusal,
} from '../../../src/handlers/record/admission';

const NOW = 1_000_000_000;
/** So many seconds from now. */
const s = (seconds: number): number => NOW + seconds * 1_000;

test.each<[string, Admission, Refusal, boolean]>([
  ['nobody has asked yet', {}, {}, true],
  ['it was given back', { openedAt: s(-5) }, {}, true],
  ['somebody else holds it', { holder: 'other', untilAt: s(1) }, {}, false],
  ['somebody else has held it for too long', { holder: 'other', untilAt: s(0) }, {}, true],
  ['the run holds it itself', { holder: 'run', untilAt: s(1) }, {}, true],
  ['a quota has just refused somebody', { closedUntilAt: s(1), refusedAt: s(-1) }, {}, false],
  ['a quota has refused somebody, a moment ago', { closedUntilAt: s(0), refusedAt: s(-2) }, {}, true],
  ['a quota has refused the run itself, within its half minute', { refusedAt: s(-10) }, { refusedAt: s(-10), refusedSeconds: 30 }, false],
  ['a quota has refused the run itself, its half minute is over', { refusedAt: s(-30) }, { refusedAt: s(-30), refusedSeconds: 30 }, true],
  ['a query of the stack has ended since', { refusedAt: s(-10), openedAt: s(-1) }, { refusedAt: s(-10), refusedSeconds: 30 }, true],
  ['a query of the stack had ended before', { refusedAt: s(-10), openedAt: s(-20) }, { refusedAt: s(-10), refusedSeconds: 30 }, false],
])('where %s, a run is admitted or not', (_what, admission, refusal, isIn) => {
  const after = requestAdmission(admission, 'run', NOW, refusal);
  expect(isAdmitted(after, 'run', NOW)).toBe(isIn);
  return isIn ? expect(after).toMatchObject({ holder: 'run', untilAt: s(15) }) : expect(after).toBe(admission);
});

test('a run is admitted for fifteen seconds, and nobody else meanwhile', () => {
  const admission = requestAdmission({}, 'run', NOW, {});
  expect([0, 14, 15].map((seconds) => isAdmitted(admission, 'run', s(seconds)))).toEqual([true, true, false]);
  expect(isAdmitted(admission, 'other', NOW)).toBe(false);
  expect(requestAdmission(admission, 'other', s(15), {})).toMatchObject({ holder: 'other' });
});

describe('giving it back', () => {
  const held: Admission = { holder: 'run', untilAt: s(15), refusedAt: s(-100) };

  test('is for its holder', () => {
    expect(releaseAdmission(held, 'run')).toEqual({ refusedAt: s(-100) });
    expect(releaseAdmission(held, 'other')).toBe(held);
  });

  test('refused by a quota closes it for two seconds, for all', () => {
    expect(closeAdmission(held, 'run', NOW)).toEqual({ closedUntilAt: s(2), refusedAt: NOW });
  });

  test('too late closes it all the same, and takes it from nobody', () => {
    expect(closeAdmission({ holder: 'other', untilAt: s(9) }, 'run', NOW)).toMatchObject({ holder: 'other', closedUntilAt: s(2) });
  });
});

describe('a query of the stack that ends', () => {
  test('opens it at once, for those who were refused, too', () => {
    const opened = openAdmission({ refusedAt: s(-1), closedUntilAt: s(1) }, NOW);
    expect(opened).toEqual({ refusedAt: s(-1), openedAt: NOW });
    expect(isAdmitted(requestAdmission(opened, 'run', NOW, { refusedAt: s(-1), refusedSeconds: 240 }), 'run', NOW)).toBe(true);
  });

  test.each<[string, Admission]>([
    ['nobody was refused', { holder: 'run', untilAt: s(1) }],
    ['nobody was refused since another one has opened it', { refusedAt: s(-10), openedAt: s(-5) }],
  ])('writes nothing where %s', (_what, admission) => {
    expect(openAdmission(admission, NOW)).toBe(admission);
  });
});

test('a run that is refused again and again holds back for half a minute, doubling to four', () => {
  const after = (refusedSeconds?: number) => nextRefusedSeconds({ refusedSeconds });
  expect([after(), after(30), after(60), after(120), after(240)]).toEqual([30, 60, 120, 240, 240]);
});

test('queries and jobs, whose quotas are their own, have an admission each', () => {
  expect([admissionKey('QUERY'), admissionKey('JOB')]).toEqual(['admission QUERY', 'admission JOB']);
});
