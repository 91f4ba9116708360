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

  test.each(examples)("synthesize with CDK's own template rules as errors, and with the analysis rules that AWS asks for: %s", (name) => {
    const template = synthesize(name);
    expect(Object.keys(template.findResources('Custom::IntermediateTablePopulation'))).not.toEqual([]);
    // The collaboration's, on each table that is associated with it: before that nothing is queried.
    const associations = Object.values(template.findResources('AWS::CleanRooms::ConfiguredTableAssociation'));
    const rule = { Type: 'CUSTOM', Policy: { V1: { Custom: { AllowedResultReceivers: [{ Ref: 'AWS::AccountId' }] } } } };
    expect(associations.map(({ Properties }) => Properties.ConfiguredTableAssociationAnalysisRules)).toEqual(associations.map(() => [rule]));
    expect(associations.length > 0).toBe(readFileSync(join(EXAMPLES, name, 'app.ts'), 'utf8').includes('CfnConfiguredTableAssociation('));
  });
});
