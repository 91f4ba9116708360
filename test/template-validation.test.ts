import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { makePopulation, makeStack, templateOf } from './support/stacks';

/** CDK's own validation of templates, which other tests turn off for its seconds. */
function validated<T>(synthesize: () => T): T {
  delete process.env.CDK_VALIDATION;
  try {
    return synthesize();
  } finally {
    process.env.CDK_VALIDATION = 'false';
  }
}

test('CDK finds nothing wrong with the template', () => {
  const errors = jest.spyOn(console, 'error').mockImplementation();
  const stack = makeStack();
  makePopulation(stack, 'Population', { schedule: Schedule.rate(Duration.days(1)) });
  makePopulation(stack, 'Long', { timeout: Duration.hours(6), parameters: { a: '1' } });
  expect(() => validated(() => templateOf(stack))).not.toThrow();
  expect(errors.mock.calls).toEqual([]);
});

test('as it would with a property that does not exist', () => {
  const errors = jest.spyOn(console, 'error').mockImplementation();
  const stack = makeStack();
  const population = makePopulation(stack);
  (population.intermediateTable as never as { addPropertyOverride(path: string, value: string): void }).addPropertyOverride('KmsKeyArm', 'typo');
  let message = '';
  try {
    validated(() => templateOf(stack));
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message + JSON.stringify(errors.mock.calls)).toContain('KmsKeyArm');
});
