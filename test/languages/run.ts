/**
 * Translates the examples, packs the package for each language that this machine has, installs it as a user would, synthesizes the same
 * app and the README's first example, and compares the templates with TypeScript's: `tsx test/languages/run.ts [--cdk VERSION] [--only go,python]`.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { parseArgs } from 'util';
import { Language, Workshop } from './language';
import { go } from './languages/go';
import { java } from './languages/java';
import { pythonLanguage } from './languages/python';
import { typescript } from './languages/typescript';
import { compileCopy, fileIn, lowestOf, pack, ROOT, translateExamples } from './package';
import { differences, Json } from './templates';

type Template = { Resources: { [id: string]: Json } };

const SHOWN_DIFFERENCES = 20;

const say = (name: string, text: string) => console.log(`${name.padEnd(10)}  ${text}`);

function timed<T>(action: () => T): [T, string] {
  const start = Date.now();
  const result = action();
  return [result, `${((Date.now() - start) / 1000).toFixed(0)} s`];
}

/** The same app in each language, and the README's first example: both by name. */
function programsOf({ app, fence }: Language): Record<string, string> {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const example = new RegExp(`^\`\`\`${fence}\\n(.*?)^\`\`\``, 'ms').exec(readme);
  if (!example) {
    throw new Error(`README.md has no example in \`\`\`${fence}.`);
  }
  return { 'app': readFileSync(join(__dirname, 'apps', app), 'utf8'), 'README example': example[1] };
}

function templatesOf(language: Language, workshop: Workshop): Record<string, Template> {
  const { name } = language;
  const [what, packing] = timed(() => language.pack(workshop));
  say(name, `packed ${what} (${packing})`);
  const [versions, installing] = timed(() => language.install(workshop));
  say(name, `installed ${versions} (${installing})`);
  return Object.fromEntries(Object.entries(programsOf(language)).map(([program, source]) => {
    const outdir = join(workshop.folder, 'cdk.out', program);
    const [, synthesizing] = timed(() => language.synthesize(workshop, source, outdir));
    const template = join(outdir, 'Audiences.template.json');
    say(name, `synthesized the ${program}: ${statSync(template).size} bytes (${synthesizing})`);
    return [program, JSON.parse(readFileSync(template, 'utf8'))];
  }));
}

function compare(name: string, references: Record<string, Template>, templates: Record<string, Template>): void {
  for (const [program, template] of Object.entries(templates)) {
    const found = differences(references[program], template);
    if (found.length) {
      throw new Error([
        `The template of the ${program} differs from TypeScript's in ${found.length} places, such as:`,
        ...found.slice(0, SHOWN_DIFFERENCES),
      ].join('\n'));
    }
    say(name, `same template of the ${program}: ${Object.keys(template.Resources).length} resources`);
  }
}

const { values: options } = parseArgs({ options: { cdk: { type: 'string' }, only: { type: 'string' } } });
const cdk = options.cdk ?? lowestOf('aws-cdk-lib');
const languages = [pythonLanguage, java, go];
const names = options.only?.split(',') ?? languages.map(({ name }) => name.toLowerCase());
const chosen = names.map((wanted) => {
  const language = languages.find(({ name }) => name.toLowerCase() === wanted);
  if (!language) {
    throw new Error(`--only names ${wanted}. Choose of ${languages.map(({ name }) => name.toLowerCase()).join(', ')}.`);
  }
  return language;
});

const folder = mkdtempSync(join(tmpdir(), 'languages-'));
const count = { passed: 0, failed: 0, skipped: 0 };
try {
  const [copy, compiling] = timed(() => compileCopy(folder));
  say('jsii', `compiled (${compiling})`);
  const [examples, translating] = timed(() => translateExamples(copy));
  say('rosetta', `${examples} examples compile strictly and are translated (${translating})`);
  const workshopOf = ({ name }: Language): Workshop => {
    const own = join(folder, name.toLowerCase());
    mkdirSync(own);
    return { copy, folder: own, cdk };
  };

  const references = templatesOf(typescript, workshopOf(typescript));
  for (const language of chosen) {
    const { name } = language;
    const missing = language.lacks();
    if (missing) {
      say(name, `SKIPPED: this machine has no ${missing}`);
      count.skipped++;
      continue;
    }
    try {
      compare(name, references, templatesOf(language, workshopOf(language)));
      count.passed++;
    } catch (error) {
      const { message } = error as Error;
      const notServed = language.notServed.exec(message);
      say(name, notServed ? `SKIPPED: its registry does not serve aws-cdk-lib ${cdk}: ${notServed[0]}` : `FAILED: ${message}`);
      count[notServed ? 'skipped' : 'failed']++;
    }
  }
  if (!options.only) {
    say('C#', `generated ${fileIn(pack(copy, 'dotnet', '--code-only'), '.csproj').split('/').pop()}, not compiled`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`languages: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
process.exitCode = count.failed ? 1 : 0;
