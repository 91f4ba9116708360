const START = '<!-- bench:start -->';
const END = '<!-- bench:end -->';

/** The README with `content` between its markers. */
export function withTables(readme: string, content: string): string {
  const [start, end] = [readme.indexOf(START), readme.indexOf(END)];
  if (start < 0 || end < start) {
    throw new Error(`The README has no ${START} followed by ${END}: put both where the tables belong.`);
  }
  return `${readme.slice(0, start + START.length)}\n\n${content}\n\n${readme.slice(end)}`;
}
