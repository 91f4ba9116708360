import { existsSync, readdirSync } from 'node:fs';
import { awscdk, javascript, JsonFile, release } from 'projen';

/** What needs other programs, builds a world of its own, or tests the tests' own world: `npm run test:all` runs it, where nothing is left out. */
const OUTSIDE = 'test/(simulator|benchmarks|languages|examples|first-account|readme|template-validation|e2e/two-ways)';

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-cleanrooms-intermediate-table',
  description: 'Populates AWS Clean Rooms intermediate tables on deploy and on a schedule, once per change.',
  author: 'cdk-cleanrooms-intermediate-table maintainers',
  authorAddress: 'maintainers@cdk-cleanrooms-intermediate-table.example',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk-cleanrooms/cdk-cleanrooms-intermediate-table.git',
  license: 'Apache-2.0',
  // Until it has run on AWS: see docs/first-account.md.
  stability: 'experimental',
  keywords: ['aws', 'cdk', 'awscdk', 'clean-rooms', 'cleanrooms', 'intermediate-table', 'custom-resource'],
  defaultReleaseBranch: 'main',
  packageManager: javascript.NodePackageManager.NPM,
  projenrcTs: true,

  // The first aws-cdk-lib that has AWS::CleanRooms::IntermediateTable: the peer floor, and what we compile against.
  cdkVersion: '2.264.0',
  constructsVersion: '10.5.0',
  jsiiVersion: '~6.0.0',
  typescriptVersion: '~6.0.0',
  minNodeVersion: '20.0.0',
  // What the workflows run on: jsii supports Node 22 for longer than 20.
  workflowNodeVersion: '22.x',

  devDeps: [
    // Bundled into the Lambdas, so that they never depend on the SDK of the Lambda runtime.
    '@aws-sdk/client-cleanrooms',
    '@aws-sdk/client-dynamodb@^3.1163.0',
    '@aws-sdk/client-sfn',
    '@aws-sdk/credential-provider-env',
    '@aws-sdk/util-dynamodb',
    '@smithy/core',
    '@smithy/types',
    '@types/aws-lambda',
    // The simulator, the demo and the tests.
    '@aws-cdk/integ-tests-alpha@2.245.0-alpha.0',
    '@cloud-copilot/iam-simulate',
    'asl-validator',
    // The newest that reads assemblies of today's aws-cdk-lib: 3.0.0 refuses them.
    'aws-cdk@2.1148.1',
    'aws-local-stepfunctions@3.0.0',
    'cdk-nag',
    'dynalite@4.0.0',
    'fast-check',
    // Runs tests in plain Node, where what they import is loaded once and not for each file. 0.8 wants Node 22.
    'jest-light-runner@0.7.13',
    'tsx',
    // What .ci/verify asks of the package.
    '@arethetypeswrong/cli',
    'publint',
  ],

  // Without `mainFields` esbuild takes the SDK's CommonJS builds, which it cannot tree-shake. The alias is what no setting of a
  // client does: even one that is given credentials brings along the clients of all the services that credentials may come from.
  lambdaOptions: {
    runtime: awscdk.LambdaRuntime.NODEJS_24_X,
    awsSdkConnectionReuse: false,
    bundlingOptions: {
      externals: [],
      minify: true,
      mainFields: ['module', 'main'],
      // Tells projenrc/notices.ts what is in the bundles.
      metafile: true,
      esbuildArgs: { '--alias:@aws-sdk/credential-provider-node': './src/handlers/lambda-credentials.ts' },
    } as javascript.BundlingOptions,
  },

  // A person decides that a version comes to be, by CHANGELOG.md: see docs/decisions/releases.md.
  releaseTrigger: release.ReleaseTrigger.workflowDispatch(),
  nextVersionCommand: 'tsx projenrc/changelog.ts version',
  releaseEnvironment: 'release',
  // In pull requests, too.
  postBuildSteps: [{ name: 'Prove what npm test leaves out, and verify what was built', run: 'npm run test:all' }],
  jsiiReleaseVersion: '0.2.1061',
  githubOptions: { pullRequestLint: false },

  // No registry gets a token of ours that could be stolen, where it can ask GitHub instead who publishes.
  npmTrustedPublishing: true,
  publishToPypi: { distName: 'cdk-cleanrooms-intermediate-table', module: 'cdk_cleanrooms_intermediate_table', trustedPublishing: true },
  publishToMaven: {
    javaPackage: 'io.github.cdkcleanrooms.intermediatetable',
    mavenGroupId: 'io.github.cdk-cleanrooms',
    mavenArtifactId: 'cdk-cleanrooms-intermediate-table',
  },
  publishToNuget: { dotNetNamespace: 'CdkCleanRooms.IntermediateTable', packageId: 'CdkCleanRooms.IntermediateTable', trustedPublishing: true },
  publishToGo: { moduleName: 'github.com/cdk-cleanrooms/cdk-cleanrooms-intermediate-table-go' },

  eslintOptions: {
    dirs: ['src'],
    devdirs: ['test', 'simulator', 'examples', 'benchmarks', 'docs'],
    commandOptions: { extraArgs: ['--cache', '--cache-location=node_modules/.cache/eslint/'] },
  },
  // Maps make half of the package, of lines that nobody debugs who has the sources' repository.
  tsconfig: { compilerOptions: { inlineSourceMap: false, inlineSources: false } },
  tsconfigDev: {
    // Examples import the library as their copies outside do.
    compilerOptions: { paths: { 'cdk-cleanrooms-intermediate-table': ['../src'] } },
    include: ['../src/**/*.ts', '../simulator/**/*.ts', '../examples/**/*.ts', '../benchmarks/**/*.ts', '../docs/**/*.ts'],
  },
  jestOptions: {
    extraCliOptions: [`--testPathIgnorePatterns=${OUTSIDE}`],
    jestConfig: {
      // Nobody's clock ends a test: virtual time does, in words, where nothing is left to happen.
      runner: 'jest-light-runner',
      setupFiles: ['<rootDir>/test/setup.mjs'],
      // Jest leaves one core to itself, which halves a machine of two.
      maxWorkers: 2,
      // What counts here is whether breaking the code turns a test red; instrumented bundles take twice as long.
      collectCoverage: false,
    },
  },
  npmIgnoreOptions: { ignorePatterns: ['/simulator/', '/examples/', '/benchmarks/', '/.ci/', '/docs/', '/CONTRIBUTING.md', '/CODE_OF_CONDUCT.md', '/.engines/'] },
  gitignore: ['/cdk.out/', '/.demo/', '/.engines/', '*.tmp'],
});

// Otherwise Node.js has to guess it.
project.package.addField('type', 'commonjs');

// unrs-resolver 1.13.0 makes `npm ci` refuse the lock file that `npm install` has just written.
project.package.addField('overrides', {
  'unrs-resolver': '1.12.2',
  // It asks for a patch more than aws-cdk-lib, whose own range is what users get.
  'cdk-nag': { constructs: '$constructs' },
});

// The handlers' modules are bundled, so what they import are dev dependencies.
project.eslint?.allowDevDeps('src/handlers/**');
for (const folder of ['simulator', 'examples', 'benchmarks', 'docs']) {
  project.eslint?.allowDevDeps(`${folder}/**`);
  // Editors and the linter look for the nearest one.
  new JsonFile(project, `${folder}/tsconfig.json`, { obj: { extends: '../test/tsconfig.json', include: ['**/*.ts'] } });
}

// What makes an example an app that can be copied out of here.
for (const folder of readdirSync('examples').map((name) => `examples/${name}`).filter((name) => existsSync(`${name}/app.ts`))) {
  new JsonFile(project, `${folder}/cdk.json`, { marker: false, obj: { app: 'npx tsx app.ts' } });
  new JsonFile(project, `${folder}/package.json`, {
    marker: false,
    obj: {
      private: true,
      scripts: { synth: 'cdk synth', deploy: 'cdk deploy' },
      dependencies: { 'aws-cdk-lib': '^2.264.0', 'cdk-cleanrooms-intermediate-table': '*', 'constructs': '^10.5.1' },
      devDependencies: { '@types/node': '^22.0.0', 'aws-cdk': '^2.1148.1', 'tsx': '^4.0.0', 'typescript': '~6.0.0' },
    },
  });
}
project.eslint?.addOverride({ files: ['examples/**/*.ts'], rules: { 'import/no-unresolved': ['error', { ignore: ['^cdk-cleanrooms-intermediate-table$'] }] } });
// By the paths that examples need.
project.tasks.addEnvironment('TSX_TSCONFIG_PATH', 'test/tsconfig.json');

// Jest transforms nothing: see test/setup.mjs.
project.deps.removeDependency('ts-jest');
delete project.jest!.config.transform;

// jsii's Node 20 end-of-life banner drowns the output.
project.tasks.addEnvironment('JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION', '20');

const bundle = project.tasks.tryFind('bundle')!;
// Whoever passes on what is bundled passes on its licences, too.
bundle.exec('tsx projenrc/notices.ts');
bundle.exec('tsx projenrc/sbom.ts');
// A fresh clone has no bundles yet, and the tests deploy the real ones.
project.testTask.prependSpawn(bundle);
// For CI, whose build comes right after the tests.
project.testTask.addCondition('node -e "process.exit(process.env.TESTED ? 1 : 0)"');
const sideBySide = (...commands: string[]) => `tsx projenrc/side-by-side.ts ${commands.map((command) => `"${command}"`).join(' ')}`;
// In place of a step of its own, which leaves a processor idle.
project.testTask.removeStep(project.testTask.steps.findIndex(({ spawn }) => spawn === 'eslint'));
project.testTask.exec(sideBySide(
  'projen eslint',
  // Tests run with their types stripped.
  'tsc --noEmit --project test/tsconfig.json --incremental --tsBuildInfoFile node_modules/.cache/tests.tsbuildinfo',
  // Always the same schedules, so that a red run is red again.
  'tsx test/lives/cli.ts --runs 200 --seed 20261122',
  'tsx test/faults/cli.ts --runs 100 --seed 20261122 --workers 2',
));

const testLong = project.addTask('test:long', { description: 'As shipped, over HTTP, and long runs: the half of test:all that computes' });
testLong.exec(`jest "${OUTSIDE}"`);
testLong.exec('jest test/e2e --testPathIgnorePatterns=two-ways', { env: { SHIPPED: 'true' } });
// On two workers, whatever machine it is: each has a seed of its own.
testLong.exec('tsx test/faults/cli.ts --runs 2000 --seed 610431 --workers 2');
testLong.exec('tsx test/lives/cli.ts --runs 1000 --seed 5000');
testLong.exec('tsx test/faults/cli.ts --runs 50 --seed 20261122 --workers 2', { env: { SHIPPED: 'true' } });

const testAll = project.addTask('test:all', { description: 'What npm test leaves out: as shipped, over HTTP; long runs; other programs' });
// Nothing bundles any more once others read the bundles.
testAll.exec('.ci/pack');
testAll.exec(sideBySide(
  'tsx test/cfn-lint/run.ts',
  // Mocks and clients that nobody here has written.
  'tsx test/engines/run.ts',
  '.ci/verify',
  'projen test:long',
));

// What a person has written of the version, in place of the commits.
project.tasks.tryFind('bump')!.exec('tsx projenrc/changelog.ts notes > dist/changelog.md');

const pictures = project.addTask('pictures', { description: 'Draws the pictures in docs/ from the simulator, and from the rows of decide.ts' });
pictures.spawn(bundle);
for (const name of ['dashboard', 'lifecycle', 'timelines']) {
  pictures.exec(`tsx docs/draw-${name}.ts`);
}
// CI refuses a build that changes what is committed.
project.postCompileTask.spawn(pictures);

const demo = project.addTask('demo', { description: 'Deploys an example app to the local simulator and shows what happens' });
demo.spawn(bundle);
demo.exec('tsx examples/demo.ts');

const faults = project.addTask('test:faults', {
  description: 'Plays many random lives of whole stacks with faults, and as many of the functions alone, and prints what went wrong: -- --runs 10000',
});
faults.exec('tsx test/faults/cli.ts', { receiveArgs: true });
faults.exec('tsx test/lives/cli.ts', { receiveArgs: true });

const bench = project.addTask('bench', { description: 'Measures the library beside what people would build instead' });
bench.spawn(bundle);
bench.exec('tsx benchmarks/run.ts', { receiveArgs: true });

const languages = project.addTask('test:languages', { description: 'Synthesizes one app in each language whose toolchain is at hand, and compares the templates' });
languages.spawn(bundle);
languages.exec('tsx test/languages/run.ts', { receiveArgs: true });

const range = project.addTask('test:range', { description: 'Uses the packed library beside the oldest and the newest aws-cdk-lib' });
range.exec('tsx test/range/run.ts', { receiveArgs: true });

const lint = project.addTask('test:cfn-lint', { description: 'Lints the templates of all examples and scenes by cfn-lint, where Python is at hand' });
lint.spawn(bundle);
lint.exec('tsx test/cfn-lint/run.ts');

const engines = project.addTask('test:engines', { description: 'Tries it all on botocore, on moto and by the CDK CLI, where Python is at hand, beside the simulator' });
engines.spawn(bundle);
engines.exec('tsx test/engines/run.ts', { receiveArgs: true });

// Functions come bundled: of what they are made of, users get the constructs that projen has written, and nothing that misses its imports.
project.npmignore?.exclude('/lib/handlers/**');
project.npmignore?.include('/lib/handlers/*-function.*');
project.npmignore?.exclude('/assets/**/*.meta.json');

project.synth();
