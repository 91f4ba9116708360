import { statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundle, defaultBundle } from '../peers/bundle';
import { ROOT, WORKSPACE } from '../workspace';

/** A function, and the event of its first call. */
export interface Subject {
  readonly name: string;
  readonly file: string;
  readonly handler: string;
  readonly event: object;
  readonly env?: Record<string, string>;
  /** The packages that it takes from Lambda's runtime come on top of its own size. */
  readonly needsRuntimeSdk?: boolean;
}

const PROPERTIES = { MembershipIdentifier: 'm', IntermediateTableIdentifier: 't' };
const CUSTOM_RESOURCE = {
  RequestType: 'Create',
  ResponseURL: 'https://127.0.0.1:1/',
  StackId: 's',
  RequestId: 'r',
  LogicalResourceId: 'l',
  ResourceProperties: PROPERTIES,
  Data: { analysisId: 'a' },
};

const POPULATION = { membershipIdentifier: 'm', intermediateTableIdentifier: 't', timeoutSeconds: 600, cancelOnTimeout: true };
const FIRST_STEP = { population: POPULATION, execution: { Id: 'arn:aws:states:us-east-1:111122223333:execution:m:e', Input: {} } };
const DEPLOY = {
  ...CUSTOM_RESOURCE,
  ResourceType: 'Custom::IntermediateTablePopulation',
  ResourceProperties: {
    StateMachineArn: 'arn:aws:states:us-east-1:111122223333:stateMachine:m', Population: JSON.stringify(POPULATION), Change: '{}', PopulateOnDeploy: 'ON_CHANGE',
  },
};

const CDK = dirname(require.resolve('aws-cdk-lib/package.json'));
const FRAMEWORK = join(CDK, 'custom-resources/lib/provider-framework/runtime/framework.js');
const published = (name: string) => join(ROOT, `assets/handlers/${name}.lambda/index.js`);

export function subjects(): Subject[] {
  const empty = join(WORKSPACE, 'empty.js');
  writeFileSync(empty, 'exports.handler = async () => ({});\n');
  const framework = { file: FRAMEWORK, event: CUSTOM_RESOURCE, needsRuntimeSdk: true };
  const query = { service: '@aws-sdk/client-cleanrooms', action: 'getProtectedQuery', parameters: { membershipIdentifier: 'm', protectedQueryIdentifier: 'q' } };
  return [
    { name: 'empty handler', file: empty, handler: 'handler', event: {} },
    { name: 'population', file: published('population'), handler: 'handler', event: FIRST_STEP },
    { name: 'population, default bundle', file: join(defaultBundle('population'), 'index.js'), handler: 'handler', event: FIRST_STEP },
    { name: 'deployment', file: published('deployment'), handler: 'handler', event: DEPLOY },
    { name: 'deployment, default bundle', file: join(defaultBundle('deployment'), 'index.js'), handler: 'handler', event: DEPLOY },
    { name: 'Provider framework: onEvent', ...framework, handler: 'onEvent', env: { USER_ON_EVENT_FUNCTION_ARN: 'f', USER_IS_COMPLETE_FUNCTION_ARN: 'f', WAITER_STATE_MACHINE_ARN: 'm' } },
    { name: 'Provider framework: isComplete', ...framework, handler: 'isComplete', env: { USER_IS_COMPLETE_FUNCTION_ARN: 'f' } },
    { name: 'its user\'s handlers', file: join(bundle('provider'), 'index.js'), handler: 'isComplete', event: CUSTOM_RESOURCE },
    {
      name: 'AwsCustomResource',
      file: join(CDK, 'custom-resource-handlers/dist/custom-resources/aws-custom-resource-handler/index.js'),
      handler: 'handler',
      event: { ...CUSTOM_RESOURCE, ResourceProperties: { Create: JSON.stringify(query), InstallLatestAwsSdk: 'false' } },
      needsRuntimeSdk: true,
    },
    { name: 'polling Lambda', file: join(bundle('polling'), 'index.js'), handler: 'handler', event: PROPERTIES },
  ];
}

export const bytesOf = ({ file }: Subject): number => statSync(file).size;
