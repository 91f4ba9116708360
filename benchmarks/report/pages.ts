import { duration, fixed } from './format';
import { asMarkdown } from './table';
import { tablesOf } from './tables';
import { marginal } from '../footprint';
import { ours, provider } from '../peers';
import type { Results } from '../results';

/** Everything that was measured. */
export const benchmarksPage = (results: Results): string => [
  '# Benchmarks',
  'The library beside what people would build instead, on the simulator: `npm run bench -- --write` measures and writes this page. '
  + 'Times are virtual, so that every machine measures the same.',
  ...tablesOf(results).map(asMarkdown),
].join('\n\n') + '\n';

const START = '<!-- bench:start -->';
const END = '<!-- bench:end -->';

/** The README with the figures that it tells between its markers. */
export function withFigures(readme: string, figures: string): string {
  const [start, end] = [readme.indexOf(START), readme.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`The README has no ${START} followed by ${END}: put both where the figures belong.`);
  return `${readme.slice(0, start + START.length)}\n\n${figures}\n\n${readme.slice(end)}`;
}

const QUERY = 1800;

/** What a README has room for: a query of half an hour, and what is deployed for it, ours and CDK's own. */
export function figuresOf({ waiting, footprints }: Results): string {
  const [own, theirs] = [ours, provider].map(({ name }) => ({
    wait: waiting.find(({ candidate, seconds }) => candidate === name && seconds === QUERY)!,
    one: footprints.find(({ candidate, populations }) => candidate === name && populations === 1)!.resources,
    more: marginal(footprints.filter(({ populations }) => populations <= 10), name).resources,
  }));
  const row = (what: string, figure: (of: typeof own) => string) => `| ${what} | ${figure(own)} | ${figure(theirs)} |`;
  return [
    '| | this library | Provider framework |',
    '|---|---:|---:|',
    row(`Lambda invocations for a query of ${duration(QUERY)}`, ({ wait }) => String(wait.invocations)),
    row('from its end to CloudFormation\'s answer', ({ wait }) => `${fixed(wait.lagSeconds!, 1)} s`),
    row('resources for one scheduled population, and each further one', ({ one, more }) => `${one} + ${fixed(more, 0)}`),
  ].join('\n');
}
