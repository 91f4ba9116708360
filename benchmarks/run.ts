import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchmarksPage, figuresOf, withFigures } from './report/pages';
import { asText } from './report/table';
import { tablesOf } from './report/tables';
import { measureAll } from './results';
import { ROOT } from './workspace';

const HELP = `npm run bench -- [--quick] [--write]

Measures the library beside what people would build instead, and prints tables.

  --quick   fewer and smaller measurements, in less than a minute
  --write   also writes docs/benchmarks.md, and the figures into README.md
`;

async function main(): Promise<void> {
  const { values: { help, quick, write } } = parseArgs({
    options: { help: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
  });
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  if (quick && write) throw new Error('--quick measures less than the pages show: give --write without it.');
  const results = await measureAll(quick, (what) => process.stderr.write(`${what}\n`));
  process.stdout.write(`\n${tablesOf(results).map(asText).join('\n\n\n')}\n`);
  if (write) {
    const readme = join(ROOT, 'README.md');
    writeFileSync(readme, withFigures(readFileSync(readme, 'utf8'), figuresOf(results)));
    writeFileSync(join(ROOT, 'docs/benchmarks.md'), benchmarksPage(results));
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exitCode = 1;
});
