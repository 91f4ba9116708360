/**
 * Lints the templates of all examples and scenes by cfn-lint: `tsx test/cfn-lint/run.ts`.
 * Where Python or its packages are not at hand it says so and goes on.
 */
import { spawnSync } from 'child_process';
import { mkdtempSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join, relative } from 'path';
import { synthesizeAll } from './templates';
import { succeeds } from '../languages/shell';

const PACKAGE = 'cfn-lint==1.58.0';

interface Finding {
  readonly Filename: string;
  readonly Message: string;
  readonly Level: string;
  readonly Location: { readonly Path: (string | number)[] };
  readonly Rule: { readonly Id: string };
}

/** CDK itself writes dependencies that a reference implies. */
const IGNORED = 'W3005';

/** Nothing outside of the folder is touched; answers whether the program is there now. */
const install = (packages: string) =>
  succeeds('python3', '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-compile', '--target', packages, PACKAGE);

function lint(packages: string, templates: string[]): Finding[] {
  const { status, stdout, stderr } = spawnSync('python3', [join(packages, 'bin/cfn-lint'), '--ignore-checks', IGNORED, '--format', 'json', '--', ...templates], {
    env: { ...process.env, PYTHONPATH: packages },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  // A sum of 2 for errors, 4 for warnings and 8 for information; anything else is a failure of the program itself.
  if (status === null || status % 2 !== 0 || status > 14) {
    throw new Error(`cfn-lint ended with ${status}:\n${stderr || stdout}`);
  }
  return JSON.parse(stdout || '[]') as Finding[];
}

const folder = mkdtempSync(join(tmpdir(), 'cfn-lint-'));
try {
  const packages = join(folder, 'packages');
  if (install(packages)) {
    const templates = synthesizeAll(folder);
    const findings = lint(packages, templates);
    findings.forEach(({ Rule, Filename, Location, Message }) => console.log(`${Rule.Id} ${relative(folder, Filename)} ${Location.Path.join('/')}: ${Message}`));
    console.log(`${PACKAGE}: ${templates.length} templates, ${findings.length} findings`);
    process.exitCode = findings.length ? 1 : 0;
  } else {
    console.log(`SKIPPED: this machine has no Python with pip, or cannot get ${PACKAGE}.`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
