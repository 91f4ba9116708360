/** Checks that the packed library is what its users need, and that the tools they run on it find nothing: `tsx test/package/run.ts dist/js/x.tgz`. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'fs';
import { isBuiltin } from 'module';
import { tmpdir } from 'os';
import { dirname, join, resolve } from 'path';
import type { Message } from 'publint' with { 'resolution-mode': 'import' };
import { ROOT } from '../languages/package';
import { run } from '../languages/shell';

const MAX_PACKED_BYTES = 400_000;

/** Says whether a message only asks for `git+`, which would break the links that PyPI, NuGet and Maven make of the same URL. */
const isAccepted = ({ code, args }: Message): boolean => code === 'INVALID_REPOSITORY_VALUE' && args.type === 'shorthand-git-sites';

/** Lists the imports of a file of the package that a user would not have. */
function missingImportsOf(file: string, peers: readonly string[]): string[] {
  const imports = [...readFileSync(file, 'utf8').matchAll(/(?:require\(|import\(|from )['"]([^'"]+)['"]/g)].map(([, name]) => name);
  const isThere = (name: string) => (name.startsWith('.')
    ? existsSync(resolve(dirname(file), name + /(\.d\.ts|\.js)$/.exec(file)![0]))
    : isBuiltin(name) || peers.some((peer) => name === peer || name.startsWith(`${peer}/`)));
  return imports.filter((name) => !isThere(name)).map((name) => `${file} imports ${name}, which the package does not bring.`);
}

async function findingsOf(tarball: string, folder: string): Promise<string[]> {
  const { size } = statSync(tarball);
  run('tar', ['-xzf', tarball, '-C', folder], { cwd: folder });
  const contents = join(folder, 'package');
  const files = readdirSync(contents, { recursive: true, encoding: 'utf8' }).map((name) => join(contents, name)).filter((name) => statSync(name).isFile());
  console.log(`package     ${(size / 1000).toFixed(0)} kB packed, ${files.length} files`);
  const manifest = JSON.parse(readFileSync(join(contents, 'package.json'), 'utf8'));
  const code = files.filter((name) => /^lib\/.*(\.js|\.d\.ts)$/.test(name.slice(contents.length + 1)));
  const [{ publint }, { formatMessage }] = await Promise.all([import('publint'), import('publint/utils')]);
  const { messages } = await publint({ pkgDir: contents, pack: false, strict: true });
  return [
    ...(size > MAX_PACKED_BYTES ? [`The package has ${size} bytes, more than ${MAX_PACKED_BYTES}: look for what users do not need.`] : []),
    ...code.flatMap((name) => missingImportsOf(name, Object.keys(manifest.peerDependencies))),
    ...messages.filter((message) => !isAccepted(message)).map((message) => `publint: ${formatMessage(message, manifest, { color: false })}`),
  ];
}

async function main(): Promise<void> {
  const tarball = resolve(process.argv[2]);
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  try {
    const findings = await findingsOf(tarball, folder);
    findings.forEach((finding) => console.error(finding));
    process.exitCode = findings.length ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
  // Whether the types are found, however a user's app resolves its modules.
  console.log(run(process.execPath, [join(ROOT, 'node_modules/@arethetypeswrong/cli/dist/index.js'), tarball, '--no-definitely-typed', '--no-emoji', '--no-color', '--format', 'ascii'], { cwd: ROOT }));
}

void main();
