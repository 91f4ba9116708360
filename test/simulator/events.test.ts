import { COUNTDOWN, machine, role, stackOf, WORKER } from './templates';
import { Cloud } from '../../simulator/cloud';
import { TemplateResource } from '../../simulator/cloudformation/assembly';
import { inputFor } from '../../simulator/events/input';
import { checkPattern, matches, Pattern } from '../../simulator/events/pattern';

const EVENT = { source: 'aws.x', list: ['a', 'b'], detail: { status: 'FAILED', count: 5, nothing: null, name: 'Nightly-7' } };

describe('an event pattern', () => {
  test.each<[boolean, Pattern]>([
    [true, { source: ['aws.x', 'aws.y'] }],
    [false, { source: ['aws.y'] }],
    [true, { list: ['b'] }],
    [true, { detail: { status: [{ 'anything-but': ['SUCCEEDED'] }] } }],
    [false, { detail: { status: [{ 'anything-but': 'FAILED' }] } }],
    [true, { detail: { name: [{ prefix: 'Night' }], count: [{ numeric: ['>', 1, '<=', 5] }] } }],
    [false, { detail: { count: [{ numeric: ['>', 5] }] } }],
    [true, { detail: { missing: [{ exists: false }], nothing: [null] } }],
    [false, { detail: { missing: ['x'] } }],
    [true, { detail: { name: [{ suffix: '7' }, 'x'] } }],
    [true, { detail: { name: [{ wildcard: 'N*-7' }] } }],
    [true, { detail: { name: [{ 'anything-but': { prefix: 'Day' } }] } }],
    [true, { detail: { status: [{ 'equals-ignore-case': 'failed' }] } }],
    [true, { $or: [{ source: ['no'] }, { detail: { count: [5] } }] as never }],
  ])('matches: %p %j', (expected, pattern) => {
    checkPattern(pattern);
    expect(matches(pattern, EVENT)).toBe(expected);
  });

  test('with an unknown operator is refused at once', () => {
    expect(() => checkPattern({ detail: { x: [{ cidr: '10.0.0.0/8' }] } })).toThrow('does not know the operator "cidr" of field "x"');
  });
});

describe("a target's input", () => {
  test.each([
    ['the event', {}, JSON.stringify(EVENT)],
    ['a constant', { Input: '{"a":1}' }, '{"a":1}'],
    ['a part', { InputPath: '$.detail.status' }, '"FAILED"'],
    ['a template', { InputTransformer: { InputPathsMap: { s: '$.detail.status', n: '$.detail.count', l: '$.list[1]' }, InputTemplate: '{"s":<s>,"n":<n>,"t":"is <s> <l>"}' } },
      '{"s":"FAILED","n":5,"t":"is FAILED b"}'],
  ])('is %s', (_what, selection, expected) => {
    expect(inputFor(selection, EVENT, 'arn')).toBe(expected);
  });
});

describe('a rule', () => {
  const rule = (properties: object): TemplateResource => ({ Type: 'AWS::Events::Rule', Properties: properties as Record<string, unknown> });
  const start = { Effect: 'Allow', Action: 'states:StartExecution', Resource: { Ref: 'Machine' } };
  const resources = (statement: object): Record<string, TemplateResource> => ({
    ...WORKER,
    ...machine('Machine', COUNTDOWN),
    Starter: role('events.amazonaws.com', statement),
    Nightly: rule({
      ScheduleExpression: 'rate(1 day)',
      Targets: [{ Id: 'T', Arn: { Ref: 'Machine' }, RoleArn: { 'Fn::GetAtt': ['Starter', 'Arn'] }, Input: '{"left":1}' }],
    }),
    Ended: rule({
      EventPattern: { 'source': ['aws.states'], 'detail-type': ['Step Functions Execution Status Change'], 'detail': { status: ['SUCCEEDED'] } },
      Targets: [{ Id: 'T', Arn: { 'Fn::GetAtt': ['WorkerFunction', 'Arn'] }, InputPath: '$.detail.name' }, { Id: 'U', Arn: 'arn:aws:sqs:us-east-1:1:q' }],
    }),
    MayInvoke: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: { Ref: 'WorkerFunction' },
        Principal: 'events.amazonaws.com',
        SourceArn: { 'Fn::GetAtt': ['Ended', 'Arn'] },
      },
    },
  });

  test('starts its state machine when its schedule comes due, whose end reaches the rules on it', async () => {
    const cloud = new Cloud();
    await cloud.deploy(stackOf(resources(start)));
    cloud.fireRule('Nightly');
    await cloud.settle();
    const [execution] = cloud.executions('Machine');
    expect(execution).toMatchObject({ status: 'SUCCEEDED', input: '{"left":1}' });
    expect(cloud.events.deliveries.map(({ rule: name, input, error }) => [name, input, error])).toEqual([
      ['Nightly', '{"left":1}', undefined],
      ['Ended', JSON.stringify(execution.name), undefined],
      ['Ended', expect.stringContaining('"status":"SUCCEEDED"'), undefined],
    ]);
    expect(cloud.lambda.invocations).toHaveLength(2);
  });

  test('delivers nothing that its role may not start', async () => {
    const cloud = new Cloud();
    await cloud.deploy(stackOf(resources({ ...start, Action: 'states:Describe*' })));
    cloud.fireRule('Nightly');
    expect(cloud.executions()).toEqual([]);
    expect(cloud.events.deliveries[0].error).toContain('not authorized to perform: states:StartExecution');
  });

  describe('whose target has a dead-letter queue', () => {
    const Letters = { 'Fn::GetAtt': ['Letters', 'Arn'] };
    const withQueue = (statement: object, sourceArn: unknown) => {
      const { Nightly, ...others } = resources(statement);
      const [target] = Nightly.Properties!.Targets as object[];
      return stackOf({
        ...others,
        Nightly: rule({
          ...Nightly.Properties,
          Targets: [{ ...target, RetryPolicy: { MaximumRetryAttempts: 2 }, DeadLetterConfig: { Arn: Letters } }],
        }),
        Letters: { Type: 'AWS::SQS::Queue', Properties: {} },
        Policy: {
          Type: 'AWS::SQS::QueuePolicy',
          Properties: {
            Queues: [{ Ref: 'Letters' }],
            PolicyDocument: {
              Statement: [{
                Effect: 'Allow',
                Principal: { Service: 'events.amazonaws.com' },
                Action: 'sqs:SendMessage',
                Resource: Letters,
                Condition: { ArnLike: { 'aws:SourceArn': sourceArn } },
              }],
            },
          },
        },
      });
    };
    const played = async (statement: object, failures: number, sourceArn: unknown = { 'Fn::GetAtt': ['Nightly', 'Arn'] }) => {
      const cloud = new Cloud();
      expect(await cloud.deploy(withQueue(statement, sourceArn))).toMatchObject({ failures: [] });
      cloud.events.faults.inject({ operation: 'Deliver', fault: { kind: 'error', code: 'ThrottlingException', status: 400 }, first: failures });
      cloud.fireRule('Nightly');
      await cloud.advance(100);
      const messages = cloud.queues.messages(String(cloud.stack('Stack').resources.get('Letters')!.attributes.Arn));
      return { letters: messages.map(({ attributes }) => attributes), executions: cloud.executions('Machine').length, deliveries: cloud.events.deliveries };
    };

    test.each([
      ['tries again what may pass', start, 2, { executions: 1, letters: [] }],
      ['sends there what did not pass so often', start, 3,
        { executions: 0, letters: [expect.objectContaining({ ERROR_CODE: 'ThrottlingException', RETRY_ATTEMPTS: '2', EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts' })] }],
      ['sends there at once what cannot pass', { ...start, Action: 'states:Describe*' }, 0,
        { executions: 0, letters: [{ ERROR_CODE: 'AccessDeniedException', RETRY_ATTEMPTS: '0', RULE_ARN: expect.any(String), TARGET_ARN: expect.any(String), ERROR_MESSAGE: expect.any(String) }] }],
    ])('%s', async (_, statement, failures, expected) => {
      expect(await played(statement, failures)).toMatchObject(expected);
    });

    test('loses what the queue\'s policy does not let it send there', async () => {
      const { letters, deliveries } = await played(start, 3, 'arn:aws:events:us-east-1:111122223333:rule/another');
      expect([letters, deliveries.at(-1)!.error]).toEqual([[], expect.stringContaining('its policy does not let it')]);
    });
  });

  test.each([
    ['by-delivery', 0, 2, undefined],
    ['by-event', 0, 1, undefined],
    ['by-event', 60, 1, expect.stringContaining('ExecutionAlreadyExists')],
  ] as const)('delivers a second time where AWS does: with executions named %s, %s seconds later, there are %s', async (eventExecutionNames, later, count, error) => {
    const cloud = new Cloud({ behaviours: { eventDeliveries: 2, eventDeliveredAgainAfterSeconds: later, eventExecutionNames } });
    await cloud.deploy(stackOf(resources(start)));
    cloud.fireRule('Nightly');
    await cloud.advance(100);
    const own = cloud.events.deliveries.filter((delivery) => delivery.rule === cloud.events.deliveries[0].rule);
    expect(own.map((delivery) => delivery.error)).toEqual([undefined, error]);
    expect(cloud.executions('Machine')).toHaveLength(count);
    const [event] = cloud.executions('Machine')[0].name.split('_');
    expect(cloud.executions('Machine').every(({ name }) => name.startsWith(`${event}_`))).toBe(true);
  });
});
