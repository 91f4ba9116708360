import { CfnParameter, Duration, Fn, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import { CfnQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { PopulationFunctionOptions, PopulationServices } from '../src';
import { permissionsOf } from './support/policies';
import { makePopulation, makeStack, templateOf } from './support/stacks';
import { CfnTemplate, idOf, idsOf, propertiesOf, resourceOf, Values } from './support/template';

type Options = (stack: Stack) => PopulationFunctionOptions;

const KEY = 'arn:aws:kms:ap-southeast-1:123456789012:key/a1b2c3d4-5678-90ab-cdef-111111111111';
const OTHER_KEY = KEY.replace(/1{12}/, '222222222222');
const QUEUE = 'arn:aws:sqs:ap-southeast-1:123456789012:letters';
const ROLES = ['PopulationRole', 'StarterRole'] as const;
const schedule = Schedule.rate(Duration.days(1));

const env = { account: '123456789012', region: 'ap-southeast-1' };

function stackWith(...options: Options[]): Stack {
  const stack = makeStack('Stack', { env });
  const upstream = makePopulation(stack, 'Upstream', { schedule });
  makePopulation(stack, 'Population', { refreshAfter: [upstream] }).enableFreshnessMetrics();
  options.forEach((each) => PopulationServices.of(stack).configure(each(stack)));
  return stack;
}
const templateWith = (...options: Options[]) => templateOf(stackWith(...options));
const ofFunctions = (template: CfnTemplate, name: string) =>
  propertiesOf(template, 'AWS::Lambda::Function').map((properties) => properties[name]);
const may = (template: CfnTemplate, role: typeof ROLES[number], action: string, resource: string, viaService?: string) =>
  permissionsOf(template, role)(action, resource, viaService ? { 'kms:ViaService': `${viaService}.ap-southeast-1.amazonaws.com` } : {});
const keyFrom = (arn: string): Options => (stack) => ({ recordEncryptionKey: Key.fromKeyArn(stack, arn.slice(-12), arn) });

describe('the key of the record', () => {
  test.each<[string, Options]>([
    ['a key', (stack) => ({ recordEncryptionKey: new Key(stack, 'Key') })],
    ['a key as a reference', (stack) => ({ recordEncryptionKey: new CfnKey(stack, 'Key') })],
  ])('encrypts it: %s', (_, options) => {
    const template = templateWith(options);
    expect(resourceOf(template, 'AWS::DynamoDB::Table').Properties.SSESpecification)
      .toEqual({ SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: { 'Fn::GetAtt': [idOf(template, 'AWS::KMS::Key'), 'Arn'] } });
  });

  test('may be used by both roles through DynamoDB only, the last one that was given alone', () => {
    const template = templateWith(keyFrom(OTHER_KEY), keyFrom(KEY));
    for (const role of ROLES) {
      for (const action of ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom']) {
        expect(may(template, role, action, KEY, 'dynamodb')).toBe(true);
        expect(may(template, role, action, KEY, 's3')).toBe(false);
        expect(may(template, role, action, OTHER_KEY, 'dynamodb')).toBe(false);
      }
      expect(may(template, role, 'kms:CreateGrant', KEY, 'dynamodb')).toBe(false);
    }
  });

  test('another one has a policy of its own, so that the old one is allowed until the record has changed', () => {
    const policies = [KEY, OTHER_KEY].map((arn) => idsOf(templateWith(keyFrom(arn)), 'AWS::IAM::Policy').filter((id) => id.includes('RecordKey')));
    expect(policies.map(({ length }) => length)).toEqual([1, 1]);
    expect(policies[0]).not.toEqual(policies[1]);
  });

  test('may be read with by populations of other stacks that are built on the stack\'s, however late it is given', () => {
    const stack = makeStack('Stack', { env });
    const upstream = new Stack(stack.node.root, 'Other', { env });
    makePopulation(stack, 'Population', { refreshAfter: [makePopulation(upstream)] });
    PopulationServices.of(upstream).configure(keyFrom(KEY)(upstream));
    const template = templateOf(stack);
    expect(may(template, 'PopulationRole', 'kms:Decrypt', KEY, 'dynamodb')).toBe(true);
    expect(may(template, 'PopulationRole', 'kms:Encrypt', KEY, 'dynamodb')).toBe(false);
    expect(may(template, 'StarterRole', 'kms:Decrypt', KEY, 'dynamodb')).toBe(false);
  });
});

describe('the dead-letter queue', () => {
  const letters: Options = (stack) => ({ deadLetterQueue: new Queue(stack, 'Letters', { encryptionMasterKey: new Key(stack, 'Key') }) });
  const template = templateWith(letters);
  const targetsIn = (of: CfnTemplate) =>
    propertiesOf(of, 'AWS::Events::Rule').flatMap(({ Targets }) => Targets as { DeadLetterConfig?: object }[]);

  test('gets what no rule can deliver: of schedules, refreshes, freshness and executions that were stopped', () => {
    const queue = { Arn: { 'Fn::GetAtt': [idOf(template, 'AWS::SQS::Queue'), 'Arn'] } };
    expect(targetsIn(template).map(({ DeadLetterConfig }) => DeadLetterConfig)).toEqual([queue, queue, queue, queue]);
    expect(targetsIn(templateWith()).every((target) => !('DeadLetterConfig' in target))).toBe(true);
  });

  test.each<[string, CfnTemplate]>([
    ['a queue', template], ['a queue as a reference', templateWith((stack) => ({ deadLetterQueue: new CfnQueue(stack, 'Letters') }))],
  ])('takes them from rules of its account and region alone, in one statement: %s', (_, withQueue) => {
    expect(new Values(withQueue).of(resourceOf(withQueue, 'AWS::SQS::QueuePolicy').Properties.PolicyDocument)).toMatchObject({
      Statement: [{
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:events:ap-southeast-1:123456789012:rule/*' } },
      }],
    });
  });

  test('takes them encrypted, where its key\'s policy can be changed', () => {
    expect(JSON.stringify(resourceOf(template, 'AWS::KMS::Key').Properties.KeyPolicy))
      .toContain('{"Action":["kms:Decrypt","kms:GenerateDataKey"],"Effect":"Allow",'
        + '"Principal":{"Service":"events.amazonaws.com"},"Resource":"*"}');
  });

  test('of another app has to let them itself, which a warning says', () => {
    const warning = Match.stringLikeRegexp('let events.amazonaws.com send messages to it');
    const imported = stackWith((stack) => ({ deadLetterQueue: Queue.fromQueueArn(stack, 'Letters', QUEUE) }));
    Annotations.fromStack(imported).hasWarning('*', warning);
    expect(targetsIn(templateOf(imported)).map(({ DeadLetterConfig }) => DeadLetterConfig)).toContainEqual({ Arn: QUEUE });
    Annotations.fromStack(stackWith(letters)).hasNoWarning('*', warning);
  });

  test('of another stack of the app makes no circle, and may be another one later', () => {
    const stack = stackWith();
    const other = new Stack(stack.node.root, 'Queues', { env });
    PopulationServices.of(stack).configure({ deadLetterQueue: new Queue(other, 'Letters') });
    expect(JSON.stringify(targetsIn(templateOf(stack)))).not.toContain('Fn::ImportValue');
    expect(other.dependencies).toEqual([]);
  });
});

test.each([
  [Tracing.ACTIVE, 'Active'], [Tracing.PASS_THROUGH, 'PassThrough'], [Tracing.DISABLED, undefined],
])('traces are %s, and the roles may send them if so', (tracing, Mode) => {
  const template = templateWith(() => ({ tracing: Tracing.ACTIVE }), () => ({ tracing }));
  expect(ofFunctions(template, 'TracingConfig')).toEqual(Mode ? [{ Mode }, { Mode }] : [undefined, undefined]);
  for (const action of ['xray:PutTraceSegments', 'xray:PutTelemetryRecords']) {
    expect(ROLES.map((role) => may(template, role, action, '*'))).toEqual([Boolean(Mode), Boolean(Mode)]);
  }
});

test.each<[string, Options, unknown]>([
  ['two', () => ({ reservedConcurrentExecutions: 2 }), 2],
  ['as many as are known only when deploying',
    (stack) => ({ reservedConcurrentExecutions: new CfnParameter(stack, 'Most', { type: 'Number' }).valueAsNumber }), { Ref: 'Most' }],
])('reserved concurrency is of each function: %s', (_, options, reserved) => {
  expect(ofFunctions(templateWith(options), 'ReservedConcurrentExecutions')).toEqual([reserved, reserved]);
});

const elsewhere = (stack: Stack) => new Stack(stack.node.root, 'Elsewhere', { env: { ...env, region: 'eu-west-1' } });

test.each<[string, Options, string]>([
  ['no key', () => ({ recordEncryptionKey: KEY as never }), `Stack: recordEncryptionKey is "${KEY}". Give a key`],
  ['a key of another region', (stack) => ({ recordEncryptionKey: new Key(elsewhere(stack), 'Key') }), 'the region of recordEncryptionKey Elsewhere/Key is "eu-west-1"'],
  ['a key of another app', () => ({ recordEncryptionKey: new Key(new Stack(), 'Key') }),
    'is of another app or stage, whose stacks are deployed apart. Refer to it by Key.fromKeyArn()'],
  ['no queue', () => ({ deadLetterQueue: QUEUE as never }), `Stack: deadLetterQueue is "${QUEUE}". Give a queue`],
  ['a queue of another region', (stack) => ({ deadLetterQueue: new Queue(elsewhere(stack), 'Queue') }), 'the region of deadLetterQueue Elsewhere/Queue is "eu-west-1"'],
  ['a FIFO queue', (stack) => ({ deadLetterQueue: new Queue(stack, 'Queue', { fifo: true }) }), 'Stack: deadLetterQueue is "Stack/Queue". Give a standard queue'],
  ['a FIFO queue as a reference', (stack) => ({ deadLetterQueue: new CfnQueue(stack, 'Queue', { fifoQueue: true }) }), 'Give a standard queue'],
  ['no way to trace', () => ({ tracing: true as never }), 'Stack: tracing is true. Give a lambda.Tracing'],
  ...[1, 0, -2, 2.5, NaN].map((count): [string, Options, string] => [
    `${count} invocations`, () => ({ reservedConcurrentExecutions: count }), `Stack: reservedConcurrentExecutions is ${count}. Give a whole number from 2 on`,
  ]),
])('%s cannot be', (_, options, message) => {
  expect(() => stackWith(options)).toThrow(message);
});

test('what is known only when deploying passes', () => {
  expect(() => templateWith((stack) => ({
    recordEncryptionKey: Key.fromKeyArn(stack, 'Key', Fn.importValue('Key')),
    deadLetterQueue: Queue.fromQueueArn(stack, 'Queue', Fn.importValue('Queue')),
  }))).not.toThrow();
});
