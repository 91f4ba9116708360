import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { withTables } from './report/readme';
import { asMarkdown, asText } from './report/table';
import { tablesOf } from './report/tables';
import { measureAll } from './results';
import { ROOT } from './workspace';

const HELP = `npm run bench -- [--quick] [--write]

Measures the library beside what people would build instead, and prints tables.

  --quick   fewer and smaller measurements, in less than a minute
  --write   also writes the tables into README.md and the figures into benchmarks/results.json
`;

async function main(): Promise<void> {
  const { values: { help, quick, write } } = parseArgs({
    options: { help: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
  });
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  if (quick && write) {
    throw new Error('--quick measures less than the README shows: give --write without it.');
  }
  const start = performance.now();
  const results = await measureAll(quick, (what) => process.stderr.write(`${((performance.now() - start) / 1000).toFixed(0).padStart(4)} s  ${what}\n`));
  const tables = tablesOf(results);
  const { node, processors, load } = results;
  const machine = `Node ${node}, ${processors} processors${load > processors ? `, and a load of ${load.toFixed(0)}, so that times are longer than they need be` : ''}`;
  process.stdout.write(`\n${tables.map(asText).join('\n\n\n')}\n\n${machine}.\n`);
  if (write) {
    const readme = join(ROOT, 'README.md');
    const reproduce = `\`npm run bench -- --write\` measured and wrote this, on ${machine}.`;
    writeFileSync(readme, withTables(readFileSync(readme, 'utf8'), [reproduce, ...tables.map(asMarkdown)].join('\n\n')));
    writeFileSync(join(ROOT, 'benchmarks/results.json'), `${JSON.stringify(results, undefined, 2)}\n`);
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exitCode = 1;
});
