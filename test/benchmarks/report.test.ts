import { duration, kilobytes } from '../../benchmarks/report/format';
import { withFigures } from '../../benchmarks/report/pages';
import { asMarkdown, asText, Table } from '../../benchmarks/report/table';

const TABLE: Table = {
  title: 'Title',
  about: 'What it is of.',
  columns: ['', 'Count', 'Why'],
  rows: [['one', '5', 'because'], ['another', '1,200', '']],
  notes: ['A note.'],
};

describe('a table', () => {
  test('is aligned in a terminal, figures to the right', () => {
    expect(asText(TABLE).split('\n')).toEqual([
      'Title',
      'What it is of.',
      '',
      '         Count  Why',
      '───────  ─────  ───────',
      'one          5  because',
      'another  1,200',
      '',
      'A note.',
    ]);
  });

  test('wraps its prose in a terminal', () => {
    const lines = asText({ ...TABLE, notes: ['word '.repeat(60).trim()] }).split('\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(120);
    expect(lines.join(' ').match(/word/g)).toHaveLength(60);
  });

  test('is a Markdown table, whatever its cells hold', () => {
    expect(asMarkdown({ ...TABLE, rows: [['a|b', '1', 'x']] })).toBe(
      '### Title\n\nWhat it is of.\n\n|  | Count | Why |\n|---|---:|---|\n| a\\|b | 1 | x |\n\nA note.');
  });
});

describe('the README', () => {
  test('gets the figures between its markers, and keeps the rest', () => {
    const readme = 'before\n<!-- bench:start -->\nold\n<!-- bench:end -->\nafter';
    const written = withFigures(readme, 'new');
    expect(written).toBe('before\n<!-- bench:start -->\n\nnew\n\n<!-- bench:end -->\nafter');
    expect(withFigures(written, 'new')).toBe(written);
  });

  test.each(['', '<!-- bench:end --><!-- bench:start -->', '<!-- bench:start -->'])('without both markers in order is refused: %j', (readme) => {
    expect(() => withFigures(readme, 'new')).toThrow('put both where the figures belong');
  });
});

test.each([[0, '0 s'], [59.6, '1 min'], [61, '1 min 1 s'], [3600, '1 h'], [3599.7, '1 h'], [42_600, '11 h 50 min']])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test('sizes have the digits that matter', () => {
  expect([kilobytes(36), kilobytes(427_200), kilobytes(1_494_244)]).toEqual(['0.04 kB', '427 kB', '1,494 kB']);
});
