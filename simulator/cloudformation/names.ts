import { ResourceFailure } from './stack';

/** The property by which a user names a resource. Clean Rooms itself looks after the names in a collaboration. */
const NAME_PROPERTIES: Readonly<Record<string, string>> = {
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::Events::Rule': 'Name',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::KMS::Alias': 'AliasName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SSM::Parameter': 'Name',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
};

interface Named {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/**
 * Names of resources in one account and region, each of which may be used once in a type. A resource keeps its name for as long
 * as it is there: until the cleanup where it was replaced, for good where it was retained.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
 */
export class Names {
  private readonly taken = new Set<string>();

  /**
   * Takes the name that a new resource is given, if it is given one.
   * Code: https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
   */
  take({ logicalId, type, properties }: Named): void {
    const name = customName(type, properties);
    if (name === undefined) return;
    if (this.taken.has(keyOf(type, name))) {
      throw new ResourceFailure(
        `Resource of type '${type}' with identifier '${name}' already exists. (${logicalId}, HandlerErrorCode: AlreadyExists)`,
      );
    }
    this.taken.add(keyOf(type, name));
  }

  release({ type, properties }: Named): void {
    const name = customName(type, properties);
    if (name !== undefined) this.taken.delete(keyOf(type, name));
  }

  /** Refuses to replace a resource under the name that it has: https://repost.aws/knowledge-center/cloudformation-custom-name */
  rejectReplacementOf(before: Named, after: Named): void {
    const name = customName(after.type, after.properties);
    if (name === undefined || before.type !== after.type || name !== customName(before.type, before.properties)) return;
    throw new ResourceFailure(
      `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${name} and update the stack again.`,
    );
  }
}

function customName(type: string, properties: Readonly<Record<string, unknown>>): string | undefined {
  const name = properties[NAME_PROPERTIES[type]];
  return name === undefined ? undefined : String(name);
}

function keyOf(type: string, name: string): string {
  return `${type} ${name}`;
}
