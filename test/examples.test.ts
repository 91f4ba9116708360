import { readFileSync } from 'fs';
import { createRequire } from 'node:module';
import { join } from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { EXAMPLES, exampleNames } from './support/examples';

const examples = exampleNames();

/** The stack class that an example exports. */
function stackOf(name: string): new (scope: App, id: string) => Stack {
  const exported = Object.values(createRequire(__filename)(join(EXAMPLES, name, 'app')) as Record<string, unknown>);
  return exported.find((value) => typeof value === 'function' && value.prototype instanceof Stack) as new (scope: App, id: string) => Stack;
}

describe('the examples', () => {
  const validation = process.env.CDK_VALIDATION;
  beforeAll(() => { delete process.env.CDK_VALIDATION; });
  afterAll(() => { process.env.CDK_VALIDATION = validation; });

  test('are all here', () => {
    expect(examples).toEqual(expect.arrayContaining([
      'daily-refresh', 'date-parameter', 'chain-of-tables', 'pipeline', 'imported-table', 'failure-notices',
    ]));
  });

  test.each(examples)('bring along what they need where they are copied to: %s', (name) => {
    const read = (file: string) => readFileSync(join(EXAMPLES, name, file), 'utf8');
    const imported = [...read('app.ts').matchAll(/ from '([^'/]+)/g)].map(([, library]) => library);
    expect([...new Set(imported)].sort()).toEqual(Object.keys(JSON.parse(read('package.json')).dependencies));
    expect(JSON.parse(read('cdk.json')).app).toBe('npx tsx app.ts');
  });

  const synthesize = (name: string) => {
    const app = new App({ context: { '@aws-cdk/core:validateAgainstDefaultRules': true }, analyticsReporting: false });
    const stack = new (stackOf(name))(app, 'Example');
    return Template.fromJSON(app.synth().getStackByName(stack.stackName).template);
  };

  test.each(examples)("synthesize with CDK's own template rules as errors: %s", (name) => {
    expect(Object.keys(synthesize(name).findResources('Custom::IntermediateTablePopulation'))).not.toEqual([]);
  });

  const associating = examples.filter((name) => readFileSync(join(EXAMPLES, name, 'app.ts'), 'utf8').includes('CfnConfiguredTableAssociation('));

  test.each(associating)("have the collaboration's analysis rule, which AWS asks for before anything is queried: %s", (name) => {
    synthesize(name).allResourcesProperties('AWS::CleanRooms::ConfiguredTableAssociation', {
      ConfiguredTableAssociationAnalysisRules: [{ Type: 'CUSTOM', Policy: { V1: { Custom: { AllowedResultReceivers: [{ Ref: 'AWS::AccountId' }] } } } }],
    });
  });
});
