import { App, PropertyInjectors, Stack } from 'aws-cdk-lib';
import { IntermediateTable, IntermediateTablePopulation, PopulationDashboard } from '../src';
import { makeApp, makePopulation, templateOf } from './support/stacks';
import { makeIntermediateTable } from './support/tables';
import { resourceOf } from './support/template';

/** What a platform team gives to all constructs of a kind. */
function appThatGives(kind: { readonly PROPERTY_INJECTION_ID: string }, props: object): App {
  const app = makeApp();
  PropertyInjectors.of(app).add({ constructUniqueId: kind.PROPERTY_INJECTION_ID, inject: (given: object) => ({ ...props, ...given }) });
  return app;
}

test('a table has what an injector gives it', () => {
  const stack = new Stack(appThatGives(IntermediateTable, { description: 'Ours' }), 'Stack');
  makeIntermediateTable(stack);
  expect(resourceOf(templateOf(stack), 'AWS::CleanRooms::IntermediateTable').Properties.Description).toBe('Ours');
});

test('a population has it, whether it is made or added to a table', () => {
  const stack = new Stack(appThatGives(IntermediateTablePopulation, { versionIdOutput: false }), 'Stack');
  makePopulation(stack);
  makeIntermediateTable(stack).addPopulation('Population');
  expect(templateOf(stack).Outputs).toBeUndefined();
});

test('a dashboard has it', () => {
  const stack = new Stack(appThatGives(PopulationDashboard, { dashboardName: 'ours' }), 'Stack');
  new PopulationDashboard(stack, 'Dashboard', { populations: [makePopulation(stack)] });
  expect(resourceOf(templateOf(stack), 'AWS::CloudWatch::Dashboard').Properties.DashboardName).toBe('ours');
});

test.each([IntermediateTable, IntermediateTablePopulation, PopulationDashboard])('each kind has an id of its own, and its name', (kind) => {
  expect(kind.PROPERTY_INJECTION_ID).toBe(`cdk-cleanrooms-intermediate-table.${kind.name}`);
});
