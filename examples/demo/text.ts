/** Text for people, of what machines count. */

export const pad = (text: string, width: number): string => text.padEnd(width);

/** A path that is too long, without its beginning. */
export function shortened(path: string, width: number): string {
  const parts = path.split('/');
  const shorter = parts.slice(1).map((_, index) => `…/${parts.slice(index + 1).join('/')}`);
  return [path, ...shorter].find((candidate) => candidate.length <= width) ?? path.slice(-width);
}

/** `12:54`, in minutes and seconds. */
export const clockTime = (millis: number): string => [millis / 60_000, millis / 1000 % 60].map((part) => String(Math.floor(part)).padStart(2, '0')).join(':');

/** `54 s`, `13 min`, `24 h` */
export function duration(millis: number): string {
  const seconds = Math.round(millis / 1000);
  if (seconds < 60) {
    return `${seconds} s`;
  }
  return seconds < 2 * 3600 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** `Sunday, 22 November, 09:00` */
export const date = (time: number): string => new Intl.DateTimeFormat('en-GB', {
  weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit', timeZone: 'UTC',
}).format(time).replace(' at ', ', ');

const DOLLARS_PER_CRPU_HOUR = 2;

export const dollars = (crpuHours: number): string => `$${(crpuHours * DOLLARS_PER_CRPU_HOUR).toFixed(2)}`;

export const counted = (count: number, one: string, many = `${one}s`): string => `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

export function bar(share: number, width: number): string {
  const full = Math.round(Math.min(1, share) * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
}

/** Left-aligned columns, as wide as their widest cell. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => row.map((cell, column) => pad(cell, widths[column])).join('  ').trimEnd());
}

export function wrapped(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const longer = `${lines[lines.length - 1]} ${word}`.trim();
    if (longer.length <= width) {
      lines[lines.length - 1] = longer;
    } else {
      lines.push(word);
    }
  }
  return lines;
}
