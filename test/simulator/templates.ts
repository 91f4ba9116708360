import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cloud, CloudOptions } from '../../simulator/cloud';
import { StackSource, TemplateResource } from '../../simulator/cloudformation/assembly';
import { DeployResult } from '../../simulator/cloudformation/service';
import { LambdaFault } from '../../simulator/lambda/faults';

type Resources = Record<string, TemplateResource>;

/** A function's code in a folder of its own, as an asset would be. */
function assetOf(fixture: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'fixture-'));
  cpSync(join(__dirname, 'fixtures', fixture), join(folder, 'index.js'));
  return folder;
}

const ASSETS = { 'provider.zip': assetOf('provider.js'), 'worker.zip': assetOf('worker.js'), 'client.zip': assetOf('client.js') };

export function stackOf(resources: Resources, rest: Partial<StackSource['template']> = {}, stackName = 'Stack'): StackSource {
  return { stackName, template: { Resources: resources, ...rest }, assets: ASSETS };
}

export function role(service: string, ...statements: object[]): TemplateResource {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service } }] },
      Policies: [{ PolicyName: 'own', PolicyDocument: { Statement: statements } }],
    },
  };
}

/** A function with its role: `XFunction` and `XRole`. */
export function lambda(name: string, file: string, properties: object = {}, ...statements: object[]): Resources {
  return {
    [`${name}Role`]: role('lambda.amazonaws.com', ...statements),
    [`${name}Function`]: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { S3Bucket: 'assets', S3Key: file },
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Timeout: 60,
        Role: { 'Fn::GetAtt': [`${name}Role`, 'Arn'] },
        ...properties,
      },
    },
  };
}

export const parameter = (value: unknown, rest: Partial<TemplateResource> = {}): TemplateResource =>
  ({ Type: 'AWS::SSM::Parameter', Properties: { Value: value }, ...rest });

export const topic = (properties: object, rest: Partial<TemplateResource> = {}): TemplateResource =>
  ({ Type: 'AWS::SNS::Topic', Properties: { ...properties }, ...rest });

/** Takes `Seconds`, and then fails if its property `Fail` is "true". */
export const fails = (properties: object = { Fail: 'true' }, rest: Partial<TemplateResource> = {}): TemplateResource =>
  ({ Type: 'Test::Resource::Fails', Properties: { ...properties }, ...rest });

/** A table of DynamoDB whose key is `id`. */
export const dynamoTable = (properties: object = {}, rest: Partial<TemplateResource> = {}): TemplateResource => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    ...properties,
  },
  ...rest,
});

export const MEMBERSHIP = '11111111-1111-4111-8111-111111111111';

/** An intermediate table of that membership. */
export const table = (Name: string, QueryString = 'SELECT 1', properties: object = {}): TemplateResource => ({
  Type: 'AWS::CleanRooms::IntermediateTable',
  Properties: {
    MembershipIdentifier: MEMBERSHIP, Name, PopulationAnalysisConfiguration: { SqlParameters: { QueryString } }, ...properties,
  },
});

/** How a deployment ends: the stack's status, and what failed with which reason. */
export const ending = ({ status, failures }: DeployResult): string[] =>
  [status, ...failures.map(({ logicalId, reason }) => `${logicalId}: ${reason}`)];

/** What happened to the resources of a stack, a line each, as far as it fits the pattern. */
export const lines = ({ events }: DeployResult, pattern = /^/): string[] => events
  .filter(({ type }) => type !== 'AWS::CloudFormation::Stack')
  .map(({ logicalId, status }) => `${logicalId} ${status}`).filter((line) => pattern.test(line));

export function custom(properties: object, rest: Partial<TemplateResource> = {}): TemplateResource {
  return { Type: 'Custom::Thing', Properties: { ServiceToken: { 'Fn::GetAtt': ['ProviderFunction', 'Arn'] }, ...properties }, ...rest };
}

/** A state machine with its role, which may invoke the worker. */
export function machine(name: string, definition: object, ...statements: object[]): Resources {
  return {
    [`${name}Role`]: role('states.amazonaws.com', { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: '*' }, ...statements),
    [name]: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        RoleArn: { 'Fn::GetAtt': [`${name}Role`, 'Arn'] },
        DefinitionString: { 'Fn::Sub': JSON.stringify(definition) },
      },
    },
  };
}

export const COUNTDOWN = {
  StartAt: 'Work',
  States: {
    'Work': { Type: 'Task', Resource: '${WorkerFunction.Arn}', Next: 'Done?' },
    'Done?': { Type: 'Choice', Choices: [{ Variable: '$.done', BooleanEquals: true, Next: 'End' }], Default: 'Wait' },
    'Wait': { Type: 'Wait', SecondsPath: '$.wait', Next: 'Work' },
    'End': { Type: 'Succeed' },
  },
};

export const PROVIDER = lambda('Provider', 'provider.zip');
export const WORKER = lambda('Worker', 'worker.zip');

export interface Answered {
  readonly status?: number;
  readonly type?: string;
  readonly text?: string;
  /** By the function's own clock. */
  readonly at?: number;
  readonly error?: string;
}

/** Calls an AWS API from the function `Client`. */
export async function callFrom(cloud: Cloud, service: string, operation: string, input: object, timeout?: number): Promise<Answered> {
  const { attributes } = cloud.stack('Stack').resources.get('ClientFunction')!;
  const payload = JSON.stringify({ service, operation, input, timeout });
  return JSON.parse(await cloud.clock.drive(cloud.lambda.invoke(String(attributes.Arn), payload), operation)) as Answered;
}

/** A cloud with the worker and, unless told otherwise, a machine that counts down. */
export async function deployed(options: CloudOptions = {}, resources: Resources = machine('Machine', COUNTDOWN)): Promise<Cloud> {
  const cloud = new Cloud({ start: 0, ...options });
  const { status, failures } = await cloud.deploy(stackOf({ ...WORKER, ...resources }));
  expect({ status, failures }).toEqual({ status: 'CREATE_COMPLETE', failures: [] });
  return cloud;
}

/** One execution of a machine with this definition, from its start to its end. */
export async function executed(definition: object, input: object = {}, faults: LambdaFault[] = [], ...statements: object[]) {
  const cloud = await deployed({ faults }, machine('Machine', definition, ...statements));
  const execution = await cloud.execute('Machine', input);
  const { startDate, stopDate, output } = execution;
  const at = (seconds: number): string => new Date(startDate + seconds * 1000).toISOString();
  // The tests read an output as anybody without types would.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const result = output === undefined ? undefined : JSON.parse(output) as any;
  return { ...execution, cloud, at, seconds: (stopDate! - startDate) / 1000, result };
}

/** A machine that calls the worker. */
export const task = (extra: object, next: object = {}): object => ({
  StartAt: 'Work',
  States: { Work: { Type: 'Task', Resource: '${WorkerFunction.Arn}', End: true, ...extra }, ...next },
});
