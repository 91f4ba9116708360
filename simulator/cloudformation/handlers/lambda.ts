import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Change, Made, ResourceHandler } from '../services';
import { ResourceFailure } from '../stack';

interface Code {
  readonly S3Key?: string;
  readonly ZipFile?: string;
}

const DEFAULT_TIMEOUT_SECONDS = 3;
const DEFAULT_MEMORY = 128;
const LAMBDA = 'lambda.amazonaws.com';

const lambdaFunction: ResourceHandler = {
  seconds: 5,
  replacedBy: ['FunctionName', 'PackageType'],
  create: (change) => putFunction(change, String(change.properties.FunctionName ?? change.generatedName)),
  update: (change, { physicalId }) => putFunction(change, physicalId),
  delete: ({ services }, { attributes }) => services.lambda.delete(attributes.Arn as string),
};

function putFunction({ services, properties, logicalId, assets }: Change, name: string): Made {
  const { lambda, iam, region, account } = services;
  const arn = `arn:aws:lambda:${region}:${account}:function:${name}`;
  const roleArn = String(properties.Role);
  if (!iam.mayBeAssumedBy(roleArn, LAMBDA)) throw new ResourceFailure('The role defined for the function cannot be assumed by Lambda.');
  lambda.deploy({
    logicalId,
    name,
    arn,
    issueAccessKey: (environment) => iam.issueAccessKey(roleArn, `ASIA${name}.${environment}`),
    codeFolder: folderOf(properties.Code as Code, logicalId, assets),
    runtime: String(properties.Runtime),
    handler: String(properties.Handler),
    timeoutSeconds: Number(properties.Timeout ?? DEFAULT_TIMEOUT_SECONDS),
    reservedConcurrency: given(properties.ReservedConcurrentExecutions),
    memorySize: Number(properties.MemorySize ?? DEFAULT_MEMORY),
    env: (properties.Environment as { Variables?: Record<string, string> } | undefined)?.Variables ?? {},
  });
  return { physicalId: name, attributes: { Arn: arn } };
}

const given = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));

function folderOf({ S3Key, ZipFile }: Code, logicalId: string, assets: Change['assets']): string {
  if (ZipFile !== undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'inline-function-'));
    writeFileSync(join(folder, 'index.js'), ZipFile);
    return folder;
  }
  const folder = S3Key === undefined ? undefined : assets[S3Key];
  if (folder === undefined) throw new ResourceFailure(`Function ${logicalId}: its code ${String(S3Key)} is not among the assembly's assets.`);
  return folder;
}

const permission: ResourceHandler = {
  seconds: 2,
  create({ services, properties, generatedName, logicalId }) {
    const functionArn = services.lambda.arnOf(String(properties.FunctionName));
    if (functionArn === undefined) throw new ResourceFailure(`Permission ${logicalId}: function not found: ${String(properties.FunctionName)}`);
    services.permissions.put(generatedName, {
      functionArn,
      principal: String(properties.Principal),
      action: String(properties.Action),
      sourceArn: properties.SourceArn as string | undefined,
    });
    return { physicalId: generatedName };
  },
  delete: ({ services }, { physicalId }) => services.permissions.delete(physicalId),
};

const eventInvokeConfig: ResourceHandler = {
  seconds: 2,
  replacedBy: ['FunctionName', 'Qualifier'],
  create: (change) => configureAsync(change, change.generatedName),
  update: (change, { physicalId }) => configureAsync(change, physicalId),
  delete: ({ services }, { properties }) => services.lambda.configureAsync(String(properties.FunctionName), {}),
};

function configureAsync({ services, properties }: Change, physicalId: string): Made {
  const { FunctionName, MaximumRetryAttempts, MaximumEventAgeInSeconds } = properties;
  services.lambda.configureAsync(String(FunctionName), { retries: given(MaximumRetryAttempts), maxAgeSeconds: given(MaximumEventAgeInSeconds) });
  return { physicalId };
}

export const lambdaHandlers: Record<string, ResourceHandler> = {
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::Lambda::Permission': permission,
  'AWS::Lambda::EventInvokeConfig': eventInvokeConfig,
};
