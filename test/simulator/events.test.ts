import { COUNTDOWN, machine, role, stackOf, WORKER } from './templates';
import { Cloud, CloudBehaviours } from '../../simulator/cloud';
import { TemplateResource } from '../../simulator/cloudformation/assembly';
import { inputFor } from '../../simulator/events/input';
import { checkPattern, matches, Pattern } from '../../simulator/events/pattern';
import { Fault } from '../../simulator/faults';

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
  const InputPathsMap = { s: '$.detail.status', n: '$.detail.count', l: '$.list[1]' };
  test.each([
    ['the event', {}, JSON.stringify(EVENT)],
    ['a constant', { Input: '{"a":1}' }, '{"a":1}'],
    ['a part', { InputPath: '$.detail.status' }, '"FAILED"'],
    ['a template', { InputTransformer: { InputPathsMap, InputTemplate: '{"s":<s>,"n":<n>,"t":"is <s> <l>"}' } },
      '{"s":"FAILED","n":5,"t":"is FAILED b"}'],
  ])('is %s', (_what, selection, expected) => {
    expect(inputFor(selection, EVENT, 'arn')).toBe(expected);
  });
});

describe('a rule', () => {
  const rule = (properties: object): TemplateResource => ({ Type: 'AWS::Events::Rule', Properties: { ...properties } });
  const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
  const startBy = (Action: string) => ({ Effect: 'Allow', Action, Resource: { Ref: 'Machine' } });
  const [MAY, MAY_NOT] = [startBy('states:StartExecution'), startBy('states:Describe*')];

  /** A machine that is started every night by whoever may do this, and a function that is told of its end. */
  async function deployed(statement = MAY, behaviours: CloudBehaviours = {}, target = {}, more = {}): Promise<Cloud> {
    const detailType = 'Step Functions Execution Status Change';
    const EventPattern = { 'source': ['aws.states'], 'detail-type': [detailType], 'detail': { status: ['SUCCEEDED'] } };
    const Principal = 'events.amazonaws.com';
    const invoke = { Action: 'lambda:InvokeFunction', FunctionName: { Ref: 'WorkerFunction' }, Principal, SourceArn: arnOf('Ended') };
    const cloud = new Cloud({ behaviours });
    expect(await cloud.deploy(stackOf({
      ...WORKER,
      ...machine('Machine', COUNTDOWN),
      Starter: role(Principal, statement),
      Nightly: rule({
        ScheduleExpression: 'rate(1 day)',
        Targets: [{ Id: 'T', Arn: { Ref: 'Machine' }, RoleArn: arnOf('Starter'), Input: '{"left":1}', ...target }],
      }),
      Ended: rule({
        EventPattern,
        Targets: [{ Id: 'T', Arn: arnOf('WorkerFunction'), InputPath: '$.detail.name' }, { Id: 'U', Arn: 'arn:aws:sqs:us-east-1:1:q' }],
      }),
      MayInvoke: { Type: 'AWS::Lambda::Permission', Properties: invoke },
      ...more,
    }))).toMatchObject({ failures: [] });
    return cloud;
  }

  test('starts its state machine when its schedule comes due, whose end reaches the rules on it', async () => {
    const cloud = await deployed();
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

  describe('whose target has a dead-letter queue', () => {
    const withQueue = (sourceArn: unknown): Record<string, TemplateResource> => ({
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
              Resource: arnOf('Letters'),
              Condition: { ArnLike: { 'aws:SourceArn': sourceArn } },
            }],
          },
        },
      },
    });
    const NIGHTLY = arnOf('Nightly');
    const exhausted = { ERROR_CODE: 'ThrottlingException', RETRY_ATTEMPTS: '2', EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts' };
    const [RULE_ARN, TARGET_ARN, ERROR_MESSAGE] = [expect.any(String), expect.any(String), expect.any(String)];

    test.each<[string, object, number, unknown, number, unknown[], string | undefined]>([
      ['tries again what may pass', MAY, 2, NIGHTLY, 1, [], undefined],
      ['sends there what did not pass so often', MAY, 3, NIGHTLY, 0, [expect.objectContaining(exhausted)], 'ThrottlingException'],
      ['sends there at once what cannot pass', MAY_NOT, 0, NIGHTLY, 0,
        [{ ERROR_CODE: 'AccessDeniedException', RETRY_ATTEMPTS: '0', RULE_ARN, TARGET_ARN, ERROR_MESSAGE }],
        'not authorized to perform: states:StartExecution'],
      ['loses what the queue\'s policy does not let it send there', MAY, 3, 'arn:aws:events:us-east-1:111122223333:rule/another', 0, [],
        'its policy does not let it'],
    ])('%s', async (_what, statement, failures, sourceArn, executions, letters, error) => {
      const target = { RetryPolicy: { MaximumRetryAttempts: 2 }, DeadLetterConfig: { Arn: arnOf('Letters') } };
      const cloud = await deployed(statement as typeof MAY, {}, target, withQueue(sourceArn));
      const fault: Fault = { kind: 'error', code: 'ThrottlingException', status: 400 };
      cloud.events.faults.inject({ operation: 'Deliver', fault, first: failures });
      cloud.fireRule('Nightly');
      await cloud.advance(100);
      const messages = cloud.queues.messages(String(cloud.stack('Stack').resources.get('Letters')!.attributes.Arn));
      expect([cloud.executions('Machine').length, messages.map(({ attributes }) => attributes)]).toEqual([executions, letters]);
      if (error) expect(cloud.events.deliveries.at(-1)!.error).toContain(error);
    });
  });

  test.each([
    ['by-delivery', 0, 2, undefined],
    ['by-event', 0, 1, undefined],
    ['by-event', 60, 1, expect.stringContaining('ExecutionAlreadyExists')],
  ] as const)('delivers twice where AWS does: with executions named %s, %s s later, there are %s', async (names, later, count, why) => {
    const cloud = await deployed(MAY, { eventDeliveries: 2, eventDeliveredAgainAfterSeconds: later, eventExecutionNames: names });
    cloud.fireRule('Nightly');
    await cloud.advance(100);
    const own = cloud.events.deliveries.filter((delivery) => delivery.rule === cloud.events.deliveries[0].rule);
    expect(own.map((delivery) => delivery.error)).toEqual([undefined, why]);
    expect(cloud.executions('Machine')).toHaveLength(count);
    const [event] = cloud.executions('Machine')[0].name.split('_');
    expect(cloud.executions('Machine').every(({ name }) => name.startsWith(`${event}_`))).toBe(true);
  });
});
