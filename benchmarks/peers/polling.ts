import { CustomResource, Duration } from 'aws-cdk-lib';
import { RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Code, Function as LambdaHandler, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { bundle } from './bundle';
import { addRule, Candidate, mayPopulate, propertiesOf } from './candidate';

/** One function that polls every two seconds for as long as a function may run; CloudFormation and a rule call it. */
export const polling: Candidate = {
  name: 'polling Lambda',
  open: (stack, { schedule }) => {
    const populate = new LambdaHandler(stack, 'Populate', {
      runtime: Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: Code.fromAsset(bundle('polling')),
      timeout: Duration.minutes(15),
      initialPolicy: [mayPopulate()],
      logGroup: new LogGroup(stack, 'Logs'),
    });
    return (id, table) => {
      new CustomResource(stack, id, { serviceToken: populate.functionArn, properties: propertiesOf(table) });
      addRule(stack, id, schedule, () => new LambdaFunction(populate, { event: RuleTargetInput.fromObject(propertiesOf(table)) }));
    };
  },
};
