/**
 * Makes the compiled library one file, lib/index.js, which asks for aws-cdk-lib once: an app loads it in a third of the time. Node looks
 * through a package's exports for each `require` anew, and aws-cdk-lib has hundreds.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const lib = join(__dirname, '../lib');
// Those who `import` a CommonJS module by name get what Node can tell are its exports without running it.
const names = Object.keys(createRequire(__filename)(lib));

buildSync({
  entryPoints: [join(lib, 'index.js')],
  outfile: join(lib, 'index.js'),
  allowOverwrite: true,
  bundle: true,
  packages: 'external',
  // They find the functions' assets from where they are.
  external: [join(lib, 'handlers/*-function.js')],
  banner: { js: 'require = ((load, kept = {}) => (name) => kept[name] ??= load(name))(require);' },
  footer: { js: `0 && (module.exports = { ${names.join(', ')} });` },
  platform: 'node',
  target: 'node20',
  sourcemap: true,
});
