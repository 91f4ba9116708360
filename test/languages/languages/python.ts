import { writeFileSync } from 'fs';
import { basename, join } from 'path';
import { Language, Workshop } from '../language';
import { fileIn, pack } from '../package';
import { run, succeeds } from '../shell';

const python = ({ folder }: Workshop) => join(folder, 'venv/bin/python');

export const pythonLanguage: Language = {
  name: 'Python',
  fence: 'python',
  app: 'python/app.py',
  notServed: /No matching distribution found for aws-cdk-lib/,

  lacks: () => succeeds('python3', '-c', 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))') ? undefined : 'Python 3.10 or newer with venv',

  pack({ copy }) {
    return basename(fileIn(pack(copy, 'python'), '.whl'));
  },

  install(workshop) {
    const { copy, folder: cwd, cdk } = workshop;
    run('python3', ['-m', 'venv', 'venv'], { cwd });
    run(python(workshop), ['-m', 'pip', 'install', '--quiet', fileIn(join(copy, 'dist/python'), '.whl'), `aws-cdk-lib==${cdk}`], { cwd });
    const installed: { name: string; version: string }[] = JSON.parse(run(python(workshop), ['-m', 'pip', 'list', '--format=json'], { cwd }));
    return installed.filter(({ name }) => ['aws-cdk-lib', 'constructs', 'jsii'].includes(name)).map(({ name, version }) => `${name} ${version}`).join(', ');
  },

  synthesize(workshop, source, outdir) {
    const program = join(workshop.folder, 'program.py');
    writeFileSync(program, source);
    run(python(workshop), [program], { cwd: workshop.folder, env: { CDK_OUTDIR: outdir } });
  },
};
