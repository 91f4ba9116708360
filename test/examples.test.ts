import { readdirSync } from 'fs';
import { join } from 'path';
import { App, Stack } from 'aws-cdk-lib';

const FOLDER = join(__dirname, '..', 'examples');
const examples = readdirSync(FOLDER).filter((name) => name.endsWith('.ts') && name !== 'demo.ts');

/** The stack class that an example exports. */
function stackOf(name: string): new (scope: App, id: string) => Stack {
  const exported = Object.values(jest.requireActual<Record<string, unknown>>(join(FOLDER, name)));
  return exported.find((value) => typeof value === 'function' && value.prototype instanceof Stack) as new (scope: App, id: string) => Stack;
}

describe('the examples', () => {
  const validation = process.env.CDK_VALIDATION;
  beforeAll(() => { delete process.env.CDK_VALIDATION; });
  afterAll(() => { process.env.CDK_VALIDATION = validation; });

  test('are all here', () => {
    expect(examples).toEqual(expect.arrayContaining([
      'daily-refresh.ts', 'date-parameter.ts', 'chain-of-tables.ts', 'pipeline.ts', 'imported-table.ts', 'failure-notices.ts',
    ]));
  });

  test.each(examples)("synthesize with CDK's own template rules as errors: %s", (name) => {
    const app = new App({ context: { '@aws-cdk/core:validateAgainstDefaultRules': true }, analyticsReporting: false });
    const stack = new (stackOf(name))(app, 'Example');
    const { template } = app.synth().getStackByName(stack.stackName);
    const types = Object.values(template.Resources as Record<string, { Type: string }>).map(({ Type }) => Type);
    expect(types).toContain('Custom::IntermediateTablePopulation');
  });
});
