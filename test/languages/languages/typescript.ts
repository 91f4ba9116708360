import { writeFileSync } from 'fs';
import { basename, join } from 'path';
import { Language } from '../language';
import { fileIn, pack, ROOT } from '../package';
import { run } from '../shell';

/** The reference, in a foreign project that compiles strictly against the package's declarations. */
export const typescript: Language = {
  name: 'TypeScript',
  fence: 'ts',
  app: 'typescript/app.mts',
  notServed: /No matching version found for aws-cdk-lib/,

  lacks: () => undefined,

  pack({ copy }) {
    return basename(fileIn(pack(copy, 'js'), '.tgz'));
  },

  install({ copy, folder, cdk }) {
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    run('npm', ['install', '--no-audit', '--no-fund', fileIn(join(copy, 'dist/js'), '.tgz'), `aws-cdk-lib@${cdk}`, 'constructs@10'], { cwd: folder });
    const { dependencies } = JSON.parse(run('npm', ['ls', '--json', '--depth=0'], { cwd: folder }));
    return ['aws-cdk-lib', 'constructs'].map((name) => `${name} ${dependencies[name].version}`).join(', ');
  },

  synthesize({ folder }, source, outdir) {
    writeFileSync(join(folder, 'program.mts'), source);
    run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'),
      '--ignoreConfig', '--strict', '--module', 'nodenext', '--target', 'es2022', '--skipLibCheck', 'program.mts'], { cwd: folder });
    run(process.execPath, ['program.mjs'], { cwd: folder, env: { CDK_OUTDIR: outdir } });
  },
};
