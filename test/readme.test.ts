import { existsSync, readdirSync, readFileSync } from 'fs';
import { dirname, join, resolve } from 'path';
import * as ts from 'typescript';

const ROOT = join(__dirname, '..');
const PAGES = [
  'README.md', 'CHANGELOG.md', 'CODE_OF_CONDUCT.md', 'CONTRIBUTING.md', 'SECURITY.md', 'docs/regulated.md', 'examples/README.md', 'simulator/README.md', 'simulator/clean-rooms/README.md',
  ...readdirSync(join(ROOT, 'docs/decisions')).map((name) => `docs/decisions/${name}`),
];
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const HERE = /^https:\/\/(raw\.githubusercontent|github)\.com\/cdk-cleanrooms\/cdk-cleanrooms-intermediate-table(\/blob|\/tree)?\/main\//;

/** Lists the files of this repository that a page links to: from its folder or, as registries need it, by their whole URL. */
function filesLinkedBy(page: string): string[] {
  const links = [...read(page).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link]) => link.replace(HERE, `${ROOT}/`));
  return links.filter((link) => !link.startsWith('https://')).map((link) => resolve(ROOT, dirname(page), link));
}

interface Example {
  readonly line: number;
  readonly source: string;
}

/** The TypeScript examples of a page, each within its fixture, as jsii-rosetta puts them together. */
function examplesOf(markdown: string): Example[] {
  return [...markdown.matchAll(/^```ts(?: fixture=(\w+))?\n(.*?)^```/gms)].map((match) => {
    const [, fixture = 'default', code] = match;
    const imports = code.match(/^import .*\n/gm)?.join('') ?? '';
    const body = code.replace(/^import .*\n/gm, '');
    return {
      line: markdown.slice(0, match.index).split('\n').length,
      source: imports + read(`rosetta/${fixture}.ts-fixture`).replace('/// here', () => body),
    };
  });
}

/** What the compiler says of each example, all in one program. */
function problemsOf(examples: readonly Example[]): string[] {
  const files = new Map(examples.map(({ line, source }) => [join(ROOT, 'test', `readme-line-${line}.ts`), `${source}\nexport {};\n`]));
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
    paths: { 'cdk-cleanrooms-intermediate-table': [join(ROOT, 'src')] },
  };
  const host = ts.createCompilerHost(options);
  const [readFile, fileExists, getSourceFile] = [host.readFile, host.fileExists, host.getSourceFile].map((method) => method.bind(host)) as
    [typeof host.readFile, typeof host.fileExists, typeof host.getSourceFile];
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.getSourceFile = (name, target, ...rest) => (files.has(name)
    ? ts.createSourceFile(name, files.get(name)!, target)
    : getSourceFile(name, target, ...rest));
  const program = ts.createProgram([...files.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => `${file?.fileName.split('/').pop()}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
}

describe('the pages that people read', () => {
  // One program for all: the types of aws-cdk-lib take seconds to read. A wrong example goes along, so that this can fail.
  test('have TypeScript examples that compile', () => {
    const examples = examplesOf(read('README.md'));
    const [wrong] = examplesOf('```ts fixture=population\npopulation.versionIdd;\n```\n');
    expect(examples.length).toBeGreaterThanOrEqual(5);
    expect(problemsOf([...examples, { ...wrong, line: 0 }])).toEqual([expect.stringMatching(/^readme-line-0.*'versionIdd' does not exist/)]);
  });

  test.each(PAGES)('link to files that are there: %s', (page) => {
    expect(filesLinkedBy(page).filter((file) => !existsSync(file))).toEqual([]);
  });

  test('are whole on every registry: the README links to the repository by whole URLs, since PyPI knows no folder of its own', () => {
    expect(read('README.md').match(/\]\((?!https:|#)[^)]*\)/g)).toBeNull();
    expect(filesLinkedBy('README.md').length).toBeGreaterThan(20);
  });

  test.each(PAGES.filter((page) => page.startsWith('docs/decisions/')))('say of a decision what has become of it, and when: %s', (page) => {
    expect(read(page)).toMatch(/^# .+\n\n\*(Proposed|Accepted|Superseded by \[.+\]\(.+\)), \d{4}-\d\d-\d\d\*\n\n/);
  });

  test('show the way through files that are there', () => {
    const [, tree] = read('CONTRIBUTING.md').match(/^```\n(.*?)^```/ms)!;
    let folder = '';
    const named = tree.trim().split('\n').flatMap((line) => {
      const [, indent, names] = line.match(/^( *)(\S+(?: \S+[./*]\S*)*)/)!;
      folder = indent ? folder : names.split(' ')[0];
      return names.split(' ').map((name) => (indent ? `${folder}${name}` : name));
    });
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((name) => !existsSync(join(ROOT, name.replace(/\*$/, '.ts'))))).toEqual([]);
  });

  test.each(['CONTRIBUTING.md', ...PAGES.filter((page) => page.startsWith('docs/'))])('name modules that are there: %s', (page) => {
    const files = ['src', 'test', 'docs', 'simulator', 'examples'].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => `/${folder}/${name}`));
    const named = [...read(page).matchAll(/(?<![\w./*-])[\w./-]+\.ts\b/g)].map(([name]) => name).filter((name) => name !== '.projenrc.ts');
    expect(named.filter((name) => !files.some((file) => file.endsWith(`/${name}`)))).toEqual([]);
  });

  test.each(PAGES)('link to headings that are there: %s', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)].map(([, file, heading]) => [file, heading]);
    const headingsOf = (file: string) => [...read(file ? join(dirname(page), file) : page).matchAll(/^#+ (.*)$/gm)]
      .map(([, heading]) => heading.toLowerCase().replace(/[^\w -]/g, '').replaceAll(' ', '-'));
    expect(links.filter(([file, heading]) => !headingsOf(file).includes(heading))).toEqual([]);
  });

  test('can be read in ten minutes: 2,500 words beside what is folded', () => {
    expect(read('README.md').replace(/<details>.*?<\/details>/gs, '').split(/\s+/).length).toBeLessThanOrEqual(2_500);
  });

  test('tell of every failure that is of our own naming what to do about it', () => {
    const sources = readdirSync(join(ROOT, 'src/handlers'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const code = [...sources.map((name) => `src/handlers/${name}`), 'src/private/workflow.ts'].map(read).join('\n');
    const names = new Set([...code.matchAll(/(?:failure\([^,]+, |[eE]rror: |code: |\bname(?::| =) )'([A-Z]\w+)'/g)].map(([, name]) => name));
    expect(names.size).toBeGreaterThan(10);
    expect([...names].filter((name) => !read('README.md').includes(`\`${name}`))).toEqual([]);
  });

  test('show the two commands', () => {
    expect(read('README.md')).toContain('npm ci && npm run demo');
    expect(read('README.md')).toContain('npm ci && npm test');
  });
});
