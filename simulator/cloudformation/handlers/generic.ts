import { Change, Made, ResourceHandler } from '../services';

/** Where a type's ARN differs from `arn:aws:service:region:account:type/name`. */
const ARNS: Record<string, (region: string, account: string, name: string) => string> = {
  'AWS::S3::Bucket': (_region, _account, name) => `arn:aws:s3:::${name}`,
  'AWS::SNS::Topic': (region, account, name) => `arn:aws:sns:${region}:${account}:${name}`,
  'AWS::SQS::Queue': (region, account, name) => `arn:aws:sqs:${region}:${account}:${name}`,
  'AWS::KMS::Key': (region, account, name) => `arn:aws:kms:${region}:${account}:key/${name}`,
  'AWS::Logs::LogGroup': (region, account, name) => `arn:aws:logs:${region}:${account}:log-group:${name}:*`,
  'AWS::SecretsManager::Secret': (region, account, name) => `arn:aws:secretsmanager:${region}:${account}:secret:${name}-AbCdEf`,
  'AWS::CloudWatch::Alarm': (region, account, name) => `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`,
};

/** Types whose `Ref` is the ARN. */
const REF_IS_ARN = new Set(['AWS::SNS::Topic', 'AWS::SecretsManager::Secret']);

const NAME_PROPERTIES = ['BucketName', 'TopicName', 'QueueName', 'LogGroupName', 'AlarmName', 'AliasName', 'DashboardName', 'Name'];

/** Resources that nothing in the simulator acts on: they have a name, an ARN, and the attributes that their properties give them. */
export const generic: ResourceHandler = {
  seconds: 2,
  replacedBy: NAME_PROPERTIES,
  create: (change) => make(change),
  update: (change, { physicalId }) => ({ ...make(change), physicalId }),
  delete({ services, type }, { physicalId, attributes }) {
    if (type === 'AWS::SQS::Queue') services.queues.delete(String(attributes.Arn));
    if (type === 'AWS::SSM::Parameter') services.ssm.delete(physicalId);
    if (type === 'AWS::SecretsManager::Secret') services.secrets.delete(String(attributes.Name));
  },
};

function make({ type, properties, generatedName, services }: Change): Made {
  const { region, account, ssm, secrets, queues, random } = services;
  const named = NAME_PROPERTIES.map((name) => properties[name]).find((name) => typeof name === 'string') as string | undefined;
  const name = named ?? (type === 'AWS::KMS::Key' ? random.uuid() : generatedName);
  const arn = (ARNS[type] ?? genericArn(type))(region, account, name);
  if (type === 'AWS::SSM::Parameter') ssm.set(name, String(properties.Value), properties.AllowedPattern as string | undefined);
  if (type === 'AWS::SecretsManager::Secret') secrets.set(name, String(properties.SecretString ?? secrets.get(name) ?? random.uuid()));
  if (type === 'AWS::SQS::Queue') queues.put(arn);
  if (type === 'AWS::SQS::Queue') return { physicalId: `https://sqs.${region}.amazonaws.com/${account}/${name}`, attributes: { Arn: arn, QueueName: name } };
  const scalars = Object.fromEntries(Object.entries(properties).filter(([, value]) => typeof value !== 'object'));
  return {
    physicalId: REF_IS_ARN.has(type) ? arn : name,
    attributes: { ...scalars, Arn: arn, Id: name, Name: name, KeyId: name, GroupId: name, TopicArn: arn, TopicName: name },
  };
}

function genericArn(type: string): (region: string, account: string, name: string) => string {
  const [, service, kind] = type.toLowerCase().split('::');
  return (region, account, name) => `arn:aws:${service}:${region}:${account}:${kind}/${name}`;
}
