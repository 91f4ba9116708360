import { cpSync, readFileSync, writeFileSync } from 'fs';
import { basename, delimiter, join } from 'path';
import { pathToFileURL } from 'url';
import { Language } from '../language';
import { fileIn, pack, packageJson } from '../package';
import { run, succeeds } from '../shell';

/** Not the user's own, which would keep the package under its version. */
const cacheIn = (folder: string) => join(folder, 'm2');
const classpathIn = (folder: string) => readFileSync(join(folder, 'classpath'), 'utf8').trim();

export const java: Language = {
  name: 'Java',
  fence: 'java',
  app: 'java/Audiences.java',
  notServed: /(No versions available for|Could not find artifact) software\.amazon\.awscdk:aws-cdk-lib:\S+/,

  lacks: () => ['javac', 'mvn'].find((program) => !succeeds(program, '-version')),

  pack({ copy, folder }) {
    const packed = pack(copy, 'java', '--maven-local-repository', cacheIn(folder));
    // Neither the jar of the sources nor Javadoc's.
    return basename(fileIn(packed, `${packageJson().version}.jar`));
  },

  install({ copy, folder, cdk }) {
    cpSync(join(__dirname, '../apps/java'), folder, { recursive: true });
    run('mvn', [
      '--batch-mode',
      'dependency:build-classpath',
      `-Dmaven.repo.local=${cacheIn(folder)}`,
      `-Dpacked=${pathToFileURL(join(copy, 'dist/java'))}`,
      `-Dpackage.version=${packageJson().version}`,
      `-Dcdk.version=${cdk}`,
      '-Dmdep.outputFile=classpath',
    ], { cwd: folder });
    const jars = classpathIn(folder).split(delimiter).map((path) => basename(path, '.jar'));
    return jars.filter((jar) => /^(aws-cdk-lib|constructs|jsii-runtime)-\d/.test(jar)).map((jar) => jar.replace(/-(?=\d)/, ' ')).join(', ');
  },

  synthesize({ folder }, source, outdir) {
    writeFileSync(join(folder, 'Audiences.java'), source);
    // Compiles the one file and runs it.
    run('java', ['--class-path', classpathIn(folder), 'Audiences.java'], { cwd: folder, env: { CDK_OUTDIR: outdir } });
  },
};
