import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'fs';
import { join, resolve } from 'path';
import { run } from './shell';

export const ROOT = resolve(__dirname, '../..');

/** What compiling and packing read. */
const SOURCES = ['.projen', 'projenrc', 'package.json', 'tsconfig.json', '.npmignore', 'README.md', 'LICENSE', 'src', 'assets', 'rosetta'];

/** A program of this project's dependencies. */
const bin = (name: string) => join(ROOT, 'node_modules/.bin', name);

export const packageJson = () => JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** The lowest version of a library that the package allows beside itself. */
export const lowestOf = (library: string): string => packageJson().peerDependencies[library].replace('^', '');

/** Compiles a copy of the package, so that neither its output nor that of the packers is left in the tree. */
export function compileCopy(folder: string): string {
  if (!existsSync(join(ROOT, 'assets/handlers'))) {
    throw new Error(`${join(ROOT, 'assets/handlers')} does not exist. Run \`npx projen bundle\` first: the package ships the functions' bundles.`);
  }
  const copy = join(folder, 'package');
  mkdirSync(copy);
  SOURCES.filter((name) => existsSync(join(ROOT, name))).forEach((name) => cpSync(join(ROOT, name), join(copy, name), { recursive: true }));
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  run(bin('projen'), ['compile'], { cwd: copy });
  return copy;
}

/** Compiles the examples of README and docstrings strictly and translates them, for the packers to take along; answers how many there are. */
export function translateExamples(copy: string): number {
  run(bin('jsii-rosetta'), ['extract', '--strict', '.'], { cwd: copy });
  const { snippets } = JSON.parse(readFileSync(join(copy, '.jsii.tabl.json'), 'utf8'));
  return Object.keys(snippets).length;
}

export type Target = 'js' | 'python' | 'java' | 'go' | 'dotnet';

/** Packs a compiled copy for a language; answers the folder that holds the package. */
export function pack(copy: string, target: Target, ...options: string[]): string {
  const dist = join(copy, 'dist');
  run(bin('jsii-pacmak'), ['--target', target, '--outdir', dist, ...options], { cwd: copy });
  return join(dist, target);
}

/** The only file in a folder, or the folders below it, whose name ends so. */
export function fileIn(folder: string, ending: string): string {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(ending));
  if (found.length !== 1) {
    throw new Error(`${folder} has ${found.length} files *${ending} and not one: ${found.join(', ') || 'none'}`);
  }
  return join(folder, found[0]);
}
