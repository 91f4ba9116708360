/**
 * A mail when a population fails, with the query's own error: on deploy, by schedule, or started by hand.
 *
 * The mail goes to the address that the deploy names: `cdk deploy --parameters Mail=data-team@example.com`.
 */
import { App, CfnParameter, Duration, Stack, StackProps } from 'aws-cdk-lib';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import { AllowedAnalysis, IntermediateTable, Membership, StoredQuery } from 'cdk-cleanrooms-intermediate-table';
import { Construct } from 'constructs';

const MEMBERSHIP = 'a1b2c3d4-5678-90ab-cdef-1234567890ab';

export class FailureNoticesStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    const mail = new CfnParameter(this, 'Mail', { description: 'Who is told of failures', default: 'data-team@example.com' });
    const topic = new sns.Topic(this, 'Notices', { enforceSSL: true });
    topic.addSubscription(new subscriptions.EmailSubscription(mail.valueAsString));

    const table = new IntermediateTable(this, 'Reach', {
      membership: Membership.fromMembershipIdentifier(this, 'Membership', MEMBERSHIP),
      tableName: 'reach',
      query: StoredQuery.fromSql('SELECT publisher_id, COUNT(*) AS reach FROM visits GROUP BY publisher_id'),
      allowedAnalyses: [AllowedAnalysis.ANY_QUERY],
    });
    const population = table.addPopulation('Population', { schedule: events.Schedule.rate(Duration.days(7)) });

    population.onPopulationFailed('Failed', {
      target: new targets.SnsTopic(topic, {
        message: events.RuleTargetInput.fromMultilineText([
          `Population ${events.EventField.fromPath('$.detail.population')} failed: ${events.EventField.fromPath('$.detail.error')}.`,
          events.EventField.fromPath('$.detail.cause'),
        ].join('\n')),
      }),
    });

    // The data expires 30 days after it was made, and no event tells of that.
    population.createExpiryAlarm('Expiring', { before: Duration.days(7) }).addAlarmAction(new actions.SnsAction(topic));
  }
}

if (require.main === module) {
  const app = new App();
  new FailureNoticesStack(app, 'FailureNotices');
  app.synth();
}
