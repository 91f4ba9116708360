import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { preProcessFile } from 'typescript';

const ROOT = join(__dirname, '..');
const FOLDERS = ['src', 'simulator', 'test', 'examples', 'benchmarks', 'docs'];

const filesIn = (folder: string): string[] => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.includes('node_modules')).map((name) => join(ROOT, folder, name));

/** The files that a file imports; types that are imported as such are no more than words. */
function importedBy(file: string): string[] {
  const text = readFileSync(file, 'utf8').replace(/^(import|export) type [^;]+;/gm, '');
  const paths = preProcessFile(text).importedFiles.map(({ fileName }) => fileName).filter((name) => name.startsWith('.'));
  return paths.flatMap((path) => [`${path}.ts`, `${path}/index.ts`].map((candidate) => join(dirname(file), candidate)).find(existsSync) ?? []);
}

const graph = new Map(FOLDERS.flatMap(filesIn).map((file) => [file, importedBy(file)]));
const named = (file: string): string => relative(ROOT, file);

/** The first circle that a file is part of, found depth first. */
function circle(file: string, path: readonly string[], done: Set<string>): string[] | undefined {
  if (path.includes(file)) return [...path.slice(path.indexOf(file)), file].map(named);
  if (done.has(file)) return undefined;
  done.add(file);
  for (const next of graph.get(file) ?? []) {
    const found = circle(next, [...path, file], done);
    if (found) return found;
  }
  return undefined;
}

test('imports make no circle', () => {
  const done = new Set<string>();
  expect(graph.size).toBeGreaterThan(300);
  expect([...graph.keys()].map((file) => circle(file, [], done)).find(Boolean)).toBeUndefined();
});

test.each([
  ['src/handlers/record', /^src\/handlers\/(population|deployment)\//],
  ['src/contract', /^src\/(?!contract\/)/],
  ['src/private', /^src\/handlers\/.+\//],
  ['simulator', /^(src|test|examples|benchmarks)\//],
])('%s imports nothing of what builds on it', (folder, others) => {
  expect(filesIn(folder).flatMap((file) => importedBy(file).map(named).filter((name) => others.test(name)).map((name) => `${named(file)} imports ${name}`))).toEqual([]);
});
