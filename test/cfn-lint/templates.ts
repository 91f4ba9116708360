import { readdirSync } from 'fs';
import { createRequire } from 'module';
import { join } from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { exampleNames, EXAMPLES } from '../support/examples';
import { sceneIn, scenes } from '../support/scenes';

const load = createRequire(__filename);

function exampleIn(app: App, name: string): void {
  const exported = Object.values(load(join(EXAMPLES, name, 'app')) as Record<string, unknown>);
  const stack = exported.find((value): value is typeof Stack => typeof value === 'function' && value.prototype instanceof Stack)!;
  new stack(app, 'Example');
}

/** Synthesizes every example and every scene below a folder; answers the paths of their templates, those of nested stacks too. */
export function synthesizeAll(folder: string): string[] {
  const builds = [
    ...exampleNames().map((name) => [name, (app: App) => exampleIn(app, name)] as const),
    ...Object.keys(scenes).map((name) => [name.replace(/\W+/g, '-'), (app: App) => { sceneIn(app, name); }] as const),
  ];
  return builds.flatMap(([name, build]) => {
    const outdir = join(folder, name);
    const app = new App({ outdir, analyticsReporting: false, context: { 'aws:cdk:disable-asset-staging': true } });
    build(app);
    app.synth();
    return readdirSync(outdir).filter((file) => file.endsWith('.template.json')).map((file) => join(outdir, file));
  });
}
