import { CustomResource, Duration } from 'aws-cdk-lib';
import { RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Function as LambdaHandler, Code, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { bundle } from './bundle';
import { addRule, Candidate, mayPopulate, propertiesOf } from './candidate';

/** The longest that a Provider waits: https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources.ProviderProps.html#totaltimeout */
const LONGEST = Duration.hours(1);

/** `custom_resources.Provider` in its asynchronous form, as its documentation shows it, and a rule to a function. One serves the whole stack. */
export const provider: Candidate = {
  name: 'Provider framework',
  open: (stack, { schedule }) => {
    const logGroup = new LogGroup(stack, 'Logs');
    const handler = (name: string) => new LambdaHandler(stack, name, {
      runtime: Runtime.NODEJS_22_X,
      handler: `index.${name}`,
      code: Code.fromAsset(bundle('provider')),
      timeout: Duration.minutes(1),
      initialPolicy: [mayPopulate()],
      logGroup,
    });
    const { serviceToken } = new Provider(stack, 'Provider', {
      onEventHandler: handler('onEvent'), isCompleteHandler: handler('isComplete'), totalTimeout: LONGEST, logGroup,
    });
    const onSchedule = schedule && handler('onSchedule');
    return (id, table) => {
      new CustomResource(stack, id, { serviceToken, properties: propertiesOf(table) });
      addRule(stack, id, schedule, () => new LambdaFunction(onSchedule!, { event: RuleTargetInput.fromObject(propertiesOf(table)) }));
    };
  },
};
