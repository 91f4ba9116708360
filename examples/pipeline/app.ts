/**
 * A population as a step of a state machine of one's own: it waits for the new version, and goes on with the version's id.
 *
 * The pipeline is the only one to populate: the population has no schedule, and only the very first deploy populates.
 */
import { App, Duration, Stack, StackProps } from 'aws-cdk-lib';
import * as cleanrooms from 'aws-cdk-lib/aws-cleanrooms';
import * as events from 'aws-cdk-lib/aws-events';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { IntermediateTablePopulation, PopulateOnDeploy } from 'cdk-cleanrooms-intermediate-table';
import { Construct } from 'constructs';

const MEMBERSHIP = 'a1b2c3d4-5678-90ab-cdef-1234567890ab';

export class PipelineStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    // CDK's own construct for the table, which a population takes as well as ours.
    const table = new cleanrooms.CfnIntermediateTable(this, 'ActiveCustomers', {
      membershipIdentifier: MEMBERSHIP,
      name: 'active_customers',
      populationAnalysisConfiguration: { sqlParameters: { queryString: 'SELECT DISTINCT customer_id FROM orders' } },
    });
    const population = new IntermediateTablePopulation(this, 'ActiveCustomersPopulation', {
      intermediateTable: table,
      populateOnDeploy: PopulateOnDeploy.IF_UNPOPULATED,
    });

    // Put before it what the table waits for, such as the job that writes the orders.
    const populate = new tasks.StepFunctionsStartExecution(this, 'Populate', {
      stateMachine: population.stateMachine,
      // Waits for the end, and fails with the population.
      integrationPattern: sfn.IntegrationPattern.RUN_JOB,
      input: sfn.TaskInput.fromObject({}),
      resultSelector: {
        'versionId.$': '$.Output.versionId',
        'populatedAt.$': '$.Output.populatedAt',
        'billedCrpuHours.$': '$.Output.billedCrpuHours',
      },
    });
    const announce = new tasks.EventBridgePutEvents(this, 'Announce', {
      entries: [{
        source: 'shop.pipeline',
        detailType: 'Active Customers Ready',
        eventBus: events.EventBus.fromEventBusName(this, 'Bus', 'default'),
        detail: sfn.TaskInput.fromObject({
          versionId: sfn.JsonPath.stringAt('$.versionId'),
          populatedAt: sfn.JsonPath.stringAt('$.populatedAt'),
        }),
      }],
    });

    new sfn.StateMachine(this, 'Pipeline', {
      definitionBody: sfn.DefinitionBody.fromChainable(populate.next(announce)),
      timeout: Duration.hours(2),
    });
  }
}

if (require.main === module) {
  const app = new App();
  new PipelineStack(app, 'Pipeline');
  app.synth();
}
