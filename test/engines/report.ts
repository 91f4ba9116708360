/** One thing that an engine was asked, and in what its answer is not what it should be. */
export interface Finding {
  readonly what: string;
  readonly problems: readonly string[];
}

const MOST_SHOWN = 20;

/** Prints what was found; answers how many of the findings have problems. */
export function report(title: string, findings: readonly Finding[]): number {
  console.log(`\n${title}`);
  for (const { what, problems } of findings) {
    console.log(`  ${problems.length ? 'FAILED' : 'agrees'}  ${what}`);
    problems.slice(0, MOST_SHOWN).forEach((problem) => console.log(`          ${problem}`));
    if (problems.length > MOST_SHOWN) {
      console.log(`          … and ${problems.length - MOST_SHOWN} more`);
    }
  }
  return findings.filter(({ problems }) => problems.length > 0).length;
}
