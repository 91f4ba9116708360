// Tests run in plain Node, so that what they import is loaded once for all of them: TypeScript has to be known to it.
process.env.TSX_TSCONFIG_PATH ??= 'test/tsconfig.json';
const [requires, imports] = await Promise.all([import('tsx/cjs/api'), import('tsx/esm/api')]);
requires.register();
imports.register();
