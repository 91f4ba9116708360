// What every language's app says, in TypeScript. The names of parameters and Spark properties are not in alphabetical order on purpose:
// Go sorts the keys of a map.
import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cleanrooms from 'aws-cdk-lib/aws-cleanrooms';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import {
  AdditionalAnalyses,
  AllowedAnalysis,
  IntermediateTable,
  IntermediateTablePopulation,
  Membership,
  PopulateOnDeploy,
  PopulationDashboard,
  PopulationServices,
  StoredQuery,
  WorkerType,
} from 'cdk-cleanrooms-intermediate-table';

const MEMBERSHIP = '11111111-1111-4111-8111-111111111111';

const app = new App();
const stack = new Stack(app, 'Audiences');
const arnOf = (name: string) => stack.formatArn({ service: 'cleanrooms', resource: 'membership', resourceName: `${MEMBERSHIP}/${name}` });
const failures = new sns.Topic(stack, 'Failures');

const orders = new IntermediateTablePopulation(stack, 'OrdersPopulation', {
  intermediateTable: IntermediateTable.fromIntermediateTableAttributes(stack, 'Orders', {
    membershipIdentifier: MEMBERSHIP,
    intermediateTableIdentifier: '22222222-2222-4222-8222-222222222222',
  }),
  populateOnDeploy: PopulateOnDeploy.IF_UNPOPULATED,
  versionParameter: new ssm.StringParameter(stack, 'OrdersVersion', { stringValue: 'none yet' }),
});

const membership = Membership.fromMembershipIdentifier(stack, 'Membership', MEMBERSHIP);
const audience = new IntermediateTable(stack, 'Audience', {
  membership,
  tableName: 'audience',
  versionedName: true,
  query: StoredQuery.fromAnalysisTemplateArn(arnOf('analysistemplate/44444444-4444-4444-8444-444444444444')),
  allowedAnalyses: [AllowedAnalysis.ANY_QUERY],
  encryptionKey: new kms.Key(stack, 'Key'),
});

PopulationServices.of(stack).configure({ logRetention: logs.RetentionDays.ONE_YEAR, logRemovalPolicy: RemovalPolicy.RETAIN });
const population = audience.addPopulation('Population', {
  parameters: { segment: 'loyal', day: '2026-11-01' },
  compute: {
    workerType: WorkerType.CR_4X,
    workers: 32,
    sparkProperties: { 'spark.sql.shuffle.partitions': '400', 'spark.executor.memoryOverhead': '4g' },
  },
  triggers: ['catalogue 7', 'ä "quoted" value'],
  schedule: events.Schedule.rate(Duration.days(1)),
  refreshAfter: [orders],
  timeout: Duration.hours(6),
  cancelOnTimeout: false,
});
population.addSchedule('Mondays', events.Schedule.cron({ weekDay: 'MON', hour: '4', minute: '0' }), { parameters: { day: '2020-01-01' } });
population.onPopulated('Announce', { target: new targets.SnsTopic(failures), description: 'There is a new audience' });
population.onPopulationFailed('Tell', { target: new targets.SnsTopic(failures) });
population.createFailureAlarm('FailureAlarm', { threshold: 2 });
population.createExpiryAlarm('ExpiryAlarm', { before: Duration.days(5) });
population.metricDuration({ statistic: 'p90', period: Duration.hours(1) }).createAlarm(stack, 'SlowAlarm', {
  threshold: 7200,
  evaluationPeriods: 3,
  treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
});

const analyst = new iam.Role(stack, 'Analyst', { assumedBy: new iam.AccountRootPrincipal() });
population.grantPopulate(analyst);
orders.grantReadVersion(analyst);

const loyal = new IntermediateTable(stack, 'Loyal', {
  membership,
  tableName: 'loyal',
  versionedName: true,
  query: StoredQuery.fromSql(`SELECT customer FROM ${audience.tableName} WHERE orders > 9`),
  allowedAnalyses: [AllowedAnalysis.ANY_JOB],
  allowedAnalysisProviders: ['123456789012'],
  additionalAnalyses: AdditionalAnalyses.NOT_ALLOWED,
  disallowedOutputColumns: ['customer'],
});
loyal.addPopulation('Population', { refreshAfter: [population] });
loyal.grantQuery(analyst);

const visitors = new cleanrooms.CfnIntermediateTable(stack, 'Visitors', {
  membershipIdentifier: MEMBERSHIP,
  name: 'visitors',
  populationAnalysisConfiguration: { sqlParameters: { queryString: 'SELECT DISTINCT customer FROM visits' } },
});
new IntermediateTablePopulation(stack, 'VisitorsPopulation', { intermediateTable: visitors });

new IntermediateTablePopulation(stack, 'PartnersPopulation', {
  intermediateTable: IntermediateTable.fromIntermediateTableArn(stack, 'Partners', arnOf('intermediatetable/33333333-3333-4333-8333-333333333333')),
  compute: { workerType: WorkerType.of('CR.16X') },
  analysisPayerAccountId: '123456789012',
  versionIdOutput: false,
});

new PopulationDashboard(stack, 'Dashboard', { populations: [orders, population], dashboardName: 'audiences' });
new CfnOutput(stack, 'Version', { value: population.versionId });
app.synth();
