import { cpSync, readdirSync, readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import { Language } from '../language';
import { pack, packageJson } from '../package';
import { run, succeeds } from '../shell';

const CDK = 'github.com/aws/aws-cdk-go/awscdk/v2';

/** The folder of the only module that is packed. */
const moduleIn = (copy: string) => join(copy, 'dist/go', readdirSync(join(copy, 'dist/go'))[0]);
const moduleName = (copy: string) => `${packageJson().jsii.targets.go.moduleName}/${readdirSync(join(copy, 'dist/go'))[0]}`;

export const go: Language = {
  name: 'Go',
  fence: 'go',
  app: 'go/main.go',
  notServed: new RegExp(`${CDK}@[^\\n]*(unknown revision|not available|404)`),

  lacks: () => succeeds('go', 'version') ? undefined : 'go',

  pack({ copy }) {
    // A Go module is its source: it is compiled with the app.
    pack(copy, 'go', '--code-only');
    return moduleName(copy);
  },

  install({ copy, folder: cwd, cdk }) {
    const goMod = join(moduleIn(copy), 'go.mod');
    // What pacmak found in node_modules may be too new for the Go proxy: those that aws-cdk-go asks for will do.
    writeFileSync(goMod, readFileSync(goMod, 'utf8').replace(/^.*\/\/ indirect\n/gm, ''));
    cpSync(join(__dirname, '../apps/go'), cwd, { recursive: true });
    run('go', ['mod', 'init', 'audiences'], { cwd });
    run('go', ['mod', 'edit', `-require=${CDK}@v${cdk}`, `-require=${moduleName(copy)}@v0.0.0`, `-replace=${moduleName(copy)}=${moduleIn(copy)}`], { cwd });
    run('go', ['mod', 'tidy'], { cwd });
    const modules = [CDK, 'github.com/aws/constructs-go/constructs/v10', 'github.com/aws/jsii-runtime-go'];
    return run('go', ['list', '-m', ...modules], { cwd }).trim().replace(/github\.com\/aws\//g, '').replace(/\n/g, ', ');
  },

  synthesize({ folder, folder: cwd }, source, outdir) {
    writeFileSync(join(folder, 'main.go'), source);
    run('go', ['build', '-o', 'audiences', '.'], { cwd });
    run(join(folder, 'audiences'), [], { cwd: folder, env: { CDK_OUTDIR: outdir } });
  },
};
