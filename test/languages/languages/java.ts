import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'fs';
import { basename, delimiter, join } from 'path';
import { Language, Workshop } from '../language';
import { pack, ROOT } from '../package';
import { run, succeeds } from '../shell';

/** Generates a module's Java: Maven is asked for jsii's runtime only, and need not have this aws-cdk-lib. */
const generate = (module: string) => pack(module, 'java', '--code-only');

/** Lists the modules that the package builds on, as npm has installed them. */
function librariesIn(folder: string): string[] {
  const names = ['constructs', 'aws-cdk-lib', ...readdirSync(join(folder, 'node_modules/@aws-cdk')).map((name) => `@aws-cdk/${name}`)];
  return names.map((name) => join(folder, 'node_modules', name)).filter((module) => existsSync(join(module, '.jsii')));
}

const generated = ({ copy, folder }: Workshop, part: 'java' | 'resources') => [copy, ...librariesIn(folder)].map((module) => join(module, 'dist/java/src/main', part));
const classpathIn = (folder: string) => readFileSync(join(folder, 'classpath'), 'utf8').trim().split(delimiter);
const sourcesIn = (folder: string) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.java')).map((name) => join(folder, name));
const versionOf = (module: string): string => JSON.parse(readFileSync(join(module, 'package.json'), 'utf8')).version;

export const java: Language = {
  name: 'Java',
  fence: 'java',
  app: 'java/Audiences.java',
  notServed: /No matching version found for aws-cdk-lib/,

  lacks: () => ['javac', 'mvn'].find((program) => !succeeds(program, '-version')),

  pack({ copy }) {
    return `${sourcesIn(generate(copy)).length} sources`;
  },

  install({ folder, folder: cwd, cdk }) {
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    run('npm', ['install', '--no-audit', '--no-fund', `aws-cdk-lib@${cdk}`, 'constructs@10'], { cwd });
    const libraries = librariesIn(folder);
    libraries.forEach(generate);
    cpSync(join(__dirname, '../apps/java/pom.xml'), join(folder, 'pom.xml'));
    const runtime = `[${versionOf(join(ROOT, 'node_modules/jsii-pacmak'))},2)`;
    run('mvn', ['--batch-mode', 'dependency:build-classpath', `-Djsii.version=${runtime}`, '-Dmdep.outputFile=classpath'], { cwd });
    const jars = classpathIn(folder).map((path) => basename(path, '.jar')).filter((jar) => jar.startsWith('jsii-runtime'));
    return [...libraries.slice(0, 2).map((module) => `${basename(module)} ${versionOf(module)}`), ...jars.map((jar) => jar.replace(/-(?=\d)/, ' '))].join(', ');
  },

  synthesize(workshop, source, outdir) {
    const { copy, folder, folder: cwd } = workshop;
    writeFileSync(join(folder, 'Audiences.java'), source);
    const classpath = ['classes', ...classpathIn(folder)];
    // All of the package, and what it and the app use of aws-cdk-lib.
    run('javac', ['-d', 'classes', '-proc:none', '-nowarn', '-classpath', classpath.join(delimiter), '-sourcepath', generated(workshop, 'java').join(delimiter),
      'Audiences.java', ...sourcesIn(join(copy, 'dist/java'))], { cwd });
    run('java', ['-classpath', [...classpath, ...generated(workshop, 'resources')].join(delimiter), 'Audiences'], { cwd, env: { CDK_OUTDIR: outdir } });
  },
};
