/**
 * A date as a parameter of the stored query. Who deploys says which day to begin with:
 * `cdk deploy --parameters Day=2026-11-21`. Every night a state machine populates with the day before.
 *
 * A schedule of the population itself always has the same parameters, so this one starts a state machine that works them out.
 */
import { App, CfnParameter, Stack, StackProps } from 'aws-cdk-lib';
import * as cleanrooms from 'aws-cdk-lib/aws-cleanrooms';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { AllowedAnalysis, IntermediateTable, Membership, StoredQuery } from 'cdk-cleanrooms-intermediate-table';
import { Construct } from 'constructs';

const MEMBERSHIP = 'a1b2c3d4-5678-90ab-cdef-1234567890ab';

/** In JSONata; EventBridge says for which time it started the execution. */
export const YESTERDAY = "$fromMillis($toMillis($states.input.time) - 86400000, '[Y0001]-[M01]-[D01]')";

export class DateParameterStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    const day = new CfnParameter(this, 'Day', {
      description: 'The day to populate the table with, YYYY-MM-DD',
      default: '2026-11-01',
      allowedPattern: '\\d{4}-\\d{2}-\\d{2}',
    });

    const query = new cleanrooms.CfnAnalysisTemplate(this, 'OrdersOfADayQuery', {
      membershipIdentifier: MEMBERSHIP,
      name: 'orders_of_a_day_query',
      format: 'SQL',
      source: { text: 'SELECT customer_id, COUNT(*) AS orders FROM orders WHERE ordered_on = :day GROUP BY customer_id' },
      analysisParameters: [{ name: 'day', type: 'DATE' }],
    });
    const table = new IntermediateTable(this, 'OrdersOfADay', {
      membership: Membership.fromMembershipIdentifier(this, 'Membership', MEMBERSHIP),
      tableName: 'orders_of_a_day',
      query: StoredQuery.fromAnalysisTemplate(query),
      allowedAnalyses: [AllowedAnalysis.ANY_QUERY],
    });
    const population = table.addPopulation('Population', { parameters: { day: day.valueAsString } });

    const yesterday = new sfn.StateMachine(this, 'PopulateWithYesterday', {
      queryLanguage: sfn.QueryLanguage.JSONATA,
      definitionBody: sfn.DefinitionBody.fromChainable(tasks.StepFunctionsStartExecution.jsonata(this, 'Populate', {
        stateMachine: population.stateMachine,
        integrationPattern: sfn.IntegrationPattern.RUN_JOB,
        input: sfn.TaskInput.fromObject({ parameters: { day: `{% ${YESTERDAY} %}` } }),
      })),
    });
    new events.Rule(this, 'EveryNight', {
      schedule: events.Schedule.cron({ hour: '3', minute: '0' }),
      // EventBridge's default, 185 attempts, is for what costs nothing.
      targets: [new targets.SfnStateMachine(yesterday, { retryAttempts: 2 })],
    });
  }
}

if (require.main === module) {
  const app = new App();
  new DateParameterStack(app, 'DateParameter');
  app.synth();
}
