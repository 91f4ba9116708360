/**
 * Whether the package works at both ends of the aws-cdk-lib range that it allows: a foreign app in plain JavaScript at each end, the types
 * at the newest, and on request the tests there: `tsx test/range/run.ts [--tarball dist/js/x.tgz] [--newest VERSION] [--tests [PATTERN …]]`.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join, resolve } from 'path';
import { parseArgs } from 'util';
import { compileCopy, fileIn, lowestOf, pack, ROOT } from '../languages/package';
import { run } from '../languages/shell';
import { differences, Json } from '../languages/templates';
import { exampleNames, EXAMPLES } from '../support/examples';

type Resources = { [id: string]: { Type: string } & { [key: string]: Json } };

interface End {
  readonly cdk: string;
  readonly folder: string;
  readonly resources: Resources;
}

const say = (end: string, text: string) => console.log(`${end.padEnd(8)}  ${text}`);

/** Installs the package beside these versions and synthesizes the app. */
function tryOut(name: string, folder: string, tarball: string, cdk: string, constructs: string): End {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  run('npm', ['install', '--no-audit', '--no-fund', tarball, `aws-cdk-lib@${cdk}`, `constructs@${constructs}`], { cwd: folder });
  const { dependencies } = JSON.parse(run('npm', ['ls', '--json', '--depth=0'], { cwd: folder }));
  copyFileSync(join(__dirname, 'app.js'), join(folder, 'app.js'));
  run(process.execPath, ['app.js'], { cwd: folder, env: { CDK_OUTDIR: join(folder, 'cdk.out') } });
  const { Resources: resources } = JSON.parse(readFileSync(join(folder, 'cdk.out/Range.template.json'), 'utf8'));
  const installed = dependencies['aws-cdk-lib'].version;
  say(name, `aws-cdk-lib ${installed}, constructs ${dependencies.constructs.version}: ${Object.keys(resources).length} resources`);
  return { cdk: installed, folder, resources };
}

/** The examples as somebody has them who has copied them out. */
function tryExamples({ folder }: End): void {
  for (const name of exampleNames()) {
    const copy = join(folder, name);
    mkdirSync(copy);
    copyFileSync(join(EXAMPLES, name, 'app.ts'), join(copy, 'app.ts'));
    run(process.execPath, [join(ROOT, 'node_modules/tsx/dist/cli.mjs'), 'app.ts'], { cwd: copy, env: { CDK_OUTDIR: join(copy, 'cdk.out'), TSX_TSCONFIG_PATH: '' } });
  }
  say('newest', `${exampleNames().length} examples synthesize`);
}

/** What makes CloudFormation ask for a population when it changes: a table that is replaced, too. */
const asking = (resources: Resources) =>
  Object.fromEntries(Object.entries(resources).filter(([, { Type }]) => /^Custom::|WaitCondition|IntermediateTable$/.test(Type)));

/** An upgrade of aws-cdk-lib is no reason to populate. */
function compare(lowest: End, newest: End): void {
  const found = differences(asking(lowest.resources), asking(newest.resources));
  if (found.length) {
    throw new Error(`An upgrade of aws-cdk-lib from ${lowest.cdk} to ${newest.cdk} would populate again:\n${found.join('\n')}`);
  }
  say('upgrade', `leaves all ${Object.keys(asking(lowest.resources)).length} resources that ask for a population as they are`);
}

const pathsTo = (folder: string) => Object.fromEntries(['aws-cdk-lib', 'constructs'].flatMap((name) => {
  const path = join(folder, 'node_modules', name);
  return [[name, [path]], [`${name}/*`, [`${path}/*`]]];
}));

/** The sources against the newest declarations. */
function compileAgainst({ folder }: End): void {
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      noEmit: true,
      skipLibCheck: true,
      typeRoots: [join(ROOT, 'node_modules/@types')],
      paths: pathsTo(folder),
    },
    include: [join(ROOT, 'src/**/*.ts')],
    exclude: [],
  }));
  const files = run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder, '--listFiles'], { cwd: folder });
  const used = files.split('\n').filter((file) => file.includes('/node_modules/aws-cdk-lib/'));
  if (!used.length || !used.every((file) => file.startsWith(folder))) {
    throw new Error(`The sources were not compiled against ${folder}/node_modules/aws-cdk-lib alone, but against ${used.find((file) => !file.startsWith(folder))}.`);
  }
  say('newest', 'src compiles');
}

/** The sources' tests, whose imports find the newest. */
function testAgainst({ folder, cdk }: End, patterns: string[]): void {
  const tsconfig = join(folder, 'tests.json');
  writeFileSync(tsconfig, JSON.stringify({ extends: join(ROOT, 'test/tsconfig.json'), compilerOptions: { paths: pathsTo(folder) } }));
  const env = { TSX_TSCONFIG_PATH: tsconfig };
  const found = run(process.execPath, [join(ROOT, 'node_modules/tsx/dist/cli.mjs'), 'test/range/version.ts'], { cwd: ROOT, env }).trim();
  if (found !== cdk) {
    throw new Error(`The tests would run against aws-cdk-lib ${found}, not ${cdk}.`);
  }
  run(process.execPath, [join(ROOT, 'node_modules/jest/bin/jest.js'), ...patterns, '--reporters=default'], { cwd: ROOT, env });
  say('newest', `the tests pass${patterns.length ? ` (${patterns.join(' ')})` : ''}`);
}

const { values: options, positionals } = parseArgs({
  options: { tarball: { type: 'string' }, newest: { type: 'string' }, tests: { type: 'boolean' } },
  allowPositionals: true,
});
// As the compiler names it.
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'range-')));
try {
  const tarball = options.tarball ? resolve(options.tarball) : fileIn(pack(compileCopy(folder), 'js'), '.tgz');
  const lowest = tryOut('lowest', join(folder, 'lowest'), tarball, lowestOf('aws-cdk-lib'), lowestOf('constructs'));
  const newest = tryOut('newest', join(folder, 'newest'), tarball, options.newest ?? '2', '10');
  compare(lowest, newest);
  tryExamples(newest);
  compileAgainst(newest);
  if (options.tests) {
    testAgainst(newest, positionals);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
