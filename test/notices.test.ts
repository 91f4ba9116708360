import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Metafile, noticesOf, packagesIn } from '../projenrc/notices';

describe.each(['deployment', 'population'])('the bundle of the %s function', (name) => {
  const bundle = `assets/handlers/${name}.lambda`;
  const packages = packagesIn(JSON.parse(readFileSync(`${bundle}.meta.json`, 'utf8')));
  const notices = readFileSync(`${bundle}/NOTICES.txt`, 'utf8');

  test('is known to hold what it cannot do without', () => {
    expect(packages).toEqual(expect.arrayContaining(['node_modules/@aws-sdk/client-dynamodb', 'node_modules/@smithy/core']));
  });

  test.each(packages)('brings the notice of %s, in full', (folder) => {
    const { name: packageName, version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    const [licence] = readdirSync(folder).filter((file) => file.startsWith('LICENSE'));
    expect(notices).toContain(`${packageName} ${version} (`);
    expect(notices).toContain(readFileSync(join(folder, licence), 'utf8').trim());
  });
});

test('a package that is shaken out of a bundle needs no notice, one within another has its own', () => {
  const inputs = {
    'node_modules/shaken/index.js': { bytesInOutput: 0 },
    'node_modules/@scope/outer/node_modules/inner/dist/a.js': { bytesInOutput: 1 },
    'node_modules/@scope/outer/a.js': { bytesInOutput: 1 },
    'src/handlers/a.ts': { bytesInOutput: 1 },
  };
  const metafile: Metafile = { outputs: { 'index.js': { inputs } } };
  expect(packagesIn(metafile)).toEqual(['node_modules/@scope/outer', 'node_modules/@scope/outer/node_modules/inner']);
});

describe('a package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'notices-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Makes a package of this licence, with these files beside its package.json. */
  function packageOf(name: string, license: unknown, files: { [file: string]: string }): string {
    mkdirSync(join(folder, name));
    for (const [file, text] of Object.entries({ 'package.json': JSON.stringify({ name, version: '1.2.3', license }), ...files })) {
      writeFileSync(join(folder, name, file), text);
    }
    return join(folder, name);
  }

  test.each([
    ['copyleft', 'GPL-3.0-only', { LICENSE: 'text' }],
    ['unnamed', undefined, { LICENSE: 'text' }],
    ['textless', 'MIT', { 'README.md': 'MIT' }],
  ])('that is %s may not be bundled', (name, license, files) => {
    const broken = packageOf(name, license, files as {});
    expect(() => noticesOf([broken])).toThrow(`${name} 1.2.3 is in a bundle`);
  });

  test('of Apache passes its NOTICE on, and shares its licence with its equals', () => {
    const folders = [packageOf('one', 'Apache-2.0', { LICENSE: 'terms', NOTICE: 'made by one' }), packageOf('two', 'MIT', { LICENCE: 'free' }),
      packageOf('three', 'MIT', { 'license.md': 'free\n' })];
    expect(noticesOf(folders).split(`\n${'='.repeat(80)}\n\n`)).toEqual([
      'one 1.2.3 (Apache-2.0)\n\nterms\n\nmade by one\n',
      'two 1.2.3 (MIT)\nthree 1.2.3 (MIT)\n\nfree\n',
    ]);
  });
});
