// An app in plain JavaScript, by somebody who only has the published packages.
const { App, Duration, Stack } = require('aws-cdk-lib');
const cleanrooms = require('aws-cdk-lib/aws-cleanrooms');
const events = require('aws-cdk-lib/aws-events');
const { AllowedAnalysis, IntermediateTable, IntermediateTablePopulation, Membership, PopulationDashboard, StoredQuery } = require('cdk-cleanrooms-intermediate-table');

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
// Names with a hash, which no upgrade may change: it would replace the tables.
const membership = Membership.fromMembershipIdentifier(stack, 'Membership', membershipIdentifier);
const template = new cleanrooms.CfnAnalysisTemplate(stack, 'Template', {
  membershipIdentifier,
  name: 'template',
  format: 'SQL',
  source: { text: 'SELECT customer FROM visits WHERE day = :day' },
  analysisParameters: [{ name: 'day', type: 'DATE', defaultValue: '2026-11-01' }],
});
const versioned = (id, query) => new IntermediateTable(stack, id, {
  membership, tableName: id.toLowerCase(), versionedName: true, query, allowedAnalyses: [AllowedAnalysis.ANY_QUERY],
});
const visitors = versioned('Visitors', StoredQuery.fromAnalysisTemplate(template));
const buyers = versioned('Buyers', StoredQuery.fromSql(`SELECT customer FROM ${visitors.tableName}`));
buyers.addPopulation('Population', { refreshAfter: [visitors.addPopulation('Population')] });
[daily, weekly].forEach((population) => population.createFailureAlarm('Failed'));
new PopulationDashboard(stack, 'Dashboard', { populations: [daily, weekly] });
app.synth();
