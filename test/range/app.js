// An app in plain JavaScript, by somebody who only has the published packages.
const { App, Duration, Stack } = require('aws-cdk-lib');
const cleanrooms = require('aws-cdk-lib/aws-cleanrooms');
const events = require('aws-cdk-lib/aws-events');
const { IntermediateTable, IntermediateTablePopulation, PopulationDashboard } = require('cdk-cleanrooms-intermediate-table');

const app = new App();
const stack = new Stack(app, 'Range');
const membershipIdentifier = '11111111-1111-4111-8111-111111111111';

const table = new cleanrooms.CfnIntermediateTable(stack, 'Audience', {
  membershipIdentifier,
  name: 'audience',
  populationAnalysisConfiguration: { sqlParameters: { queryString: 'SELECT customer FROM orders' } },
  analysisRules: [{
    type: 'CUSTOM',
    policy: { v1: { custom: { allowedAnalyses: ['ANY_QUERY'], allowedAnalysisProviders: [stack.account] } } },
  }],
});
const daily = new IntermediateTablePopulation(stack, 'Daily', {
  intermediateTable: table,
  parameters: { day: '2026-11-01' },
  schedule: events.Schedule.rate(Duration.days(1)),
});
const weekly = new IntermediateTablePopulation(stack, 'Weekly', {
  intermediateTable: IntermediateTable.fromIntermediateTableAttributes(stack, 'Imported', {
    membershipIdentifier,
    intermediateTableIdentifier: '22222222-2222-4222-8222-222222222222',
  }),
  refreshAfter: [daily],
  timeout: Duration.hours(6),
});
[daily, weekly].forEach((population) => population.createFailureAlarm('Failed'));
new PopulationDashboard(stack, 'Dashboard', { populations: [daily, weekly] });
app.synth();
