export interface Table {
  readonly title: string;
  /** What the figures are of, before the table. */
  readonly about: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What a reader may ask, after the table. */
  readonly notes?: readonly string[];
}

/** A number, with a unit or without. */
const isFigure = (text: string): boolean => /^(< )?\$?[\d.,]+( (s|kB))?$/.test(text);

/** Columns of figures are aligned to the right; the first one names the row. */
const alignsRight = ({ rows }: Table, column: number): boolean =>
  column > 0 && rows.filter((row) => isFigure(row[column])).length * 2 > rows.filter((row) => row[column]).length;

export function asText(table: Table): string {
  const { title, about, columns, rows, notes = [] } = table;
  const widths = columns.map((column, index) => Math.max(column.length, ...rows.map((row) => row[index].length)));
  const line = (cells: readonly string[]): string => cells
    .map((cell, index) => (alignsRight(table, index) ? cell.padStart(widths[index]) : cell.padEnd(widths[index]))).join('  ').trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [title, wrapped(about), '', line(columns), rule, ...rows.map(line), ...notes.flatMap((note) => ['', wrapped(note)])].join('\n');
}

const TERMINAL_WIDTH = 120;

function wrapped(text: string): string {
  return text.replace(new RegExp(`(.{1,${TERMINAL_WIDTH}})(?: |$)`, 'g'), '$1\n').trimEnd();
}

export function asMarkdown(table: Table): string {
  const { title, about, columns, rows, notes = [] } = table;
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = `|${columns.map((_, index) => (alignsRight(table, index) ? '---:' : '---')).join('|')}|`;
  return [`### ${title}`, '', about, '', line(columns), rule, ...rows.map(line), ...notes.flatMap((note) => ['', note])].join('\n');
}
