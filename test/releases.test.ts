import { readFileSync } from 'node:fs';
import { newestOf } from '../projenrc/changelog';
import { bomOf } from '../projenrc/sbom';

const CHANGELOG = '# Changes\n\n## 0.2.0 (2027-01-15)\n\nFaster.\n\n- By half.\n\n## 0.1.0 (2026-12-31)\n\nThe first.\n';

describe('a release', () => {
  test('is of the version that the changelog begins with, and says what stands there', () => {
    expect(newestOf(CHANGELOG)).toEqual({ version: '0.2.0', notes: 'Faster.\n\n- By half.' });
  });

  test.each(['## 0.2.0 (not released yet)\n', '## 0.2.0\n', '## Next\n', ''])('is none where the changelog begins with "%s"', (heading) => {
    expect(() => newestOf(CHANGELOG.replace(/^## 0\.2\.0.*\n(.|\n)*$/m, heading))).toThrow('CHANGELOG.md begins with');
  });

  test('has a changelog whose versions descend', () => {
    const versions = [...readFileSync('CHANGELOG.md', 'utf8').matchAll(/^## (\S+) \((\d{4}-\d\d-\d\d|not released yet)\)$/gm)].map(([, version]) => version);
    expect(versions.length).toBe(readFileSync('CHANGELOG.md', 'utf8').match(/^## /gm)!.length);
    expect(versions).toEqual([...versions].sort((one, other) => other.localeCompare(one, undefined, { numeric: true })));
  });

  test('names what it is made of in an SBOM, without a time that would make each build another', () => {
    expect(bomOf('node_modules/mnemonist', ['node_modules/@smithy/core'])).toEqual({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      version: 1,
      metadata: { component: expect.objectContaining({ name: 'mnemonist' }) },
      components: [{
        'type': 'library',
        'bom-ref': expect.stringMatching(/^pkg:npm\/%40smithy\/core@3/),
        'name': '@smithy/core',
        'version': expect.stringMatching(/^3\./),
        'licenses': [{ license: { id: 'Apache-2.0' } }],
        'purl': expect.stringMatching(/^pkg:npm\/%40smithy\/core@3/),
      }],
    });
  });

  test('brings the SBOM that lists each bundled package', () => {
    const { components } = JSON.parse(readFileSync('assets/bom.cdx.json', 'utf8'));
    const notices = ['deployment', 'population'].map((name) => readFileSync(`assets/handlers/${name}.lambda/NOTICES.txt`, 'utf8')).join('\n');
    const noticed = new Set([...notices.matchAll(/^(\S+) \d+\.\d+\.\d+ \(.*\)$/gm)].map(([, name]) => name));
    expect(components.map(({ name }: { name: string }) => name)).toEqual([...noticed].sort());
  });
});
