import { Duration, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { closeClouds, deploy, logicalId, openCloud, populatesIn, Scene, SCHEDULE, STACK, stackOf } from './support';
import { Cloud } from '../../simulator/cloud';
import { PopulationServices } from '../../src';

afterEach(closeClouds);

const schedule = Schedule.rate(Duration.days(1));
const plain: Scene = { schedule };
const regulated: Scene = {
  schedule,
  also: (stack: Stack) => PopulationServices.of(stack).configure({
    recordEncryptionKey: new Key(stack, 'Key'), deadLetterQueue: new Queue(stack, 'Letters'), tracing: Tracing.ACTIVE, reservedConcurrentExecutions: 2,
  }),
};
const otherKey: Scene = {
  schedule, also: (stack: Stack) => PopulationServices.of(stack).configure({ recordEncryptionKey: new Key(stack, 'OtherKey') }),
};

const idsIn = (cloud: Cloud) => Object.fromEntries([...cloud.stack(STACK).resources.values()]
  .filter(({ type }) => /Population$|Function$|StateMachine$|::Rule$|DynamoDB|LogGroup/.test(type)).map(({ logicalId: id, physicalId }) => [id, physicalId]));

async function refresh(cloud: Cloud): Promise<void> {
  cloud.fireRule(logicalId(stackOf(plain), SCHEDULE));
  await cloud.settle();
}

describe('promise 1: one change, one population', () => {
  test('what regulated users ask for can be given, changed and taken away later: nothing is replaced or populated for it, and schedules go on', async () => {
    const cloud = openCloud();
    await deploy(cloud, plain);
    const before = idsIn(cloud);
    for (const [index, scene] of [regulated, otherKey, plain].entries()) {
      await deploy(cloud, scene);
      expect(idsIn(cloud)).toEqual(before);
      expect(populatesIn(cloud)).toHaveLength(index + 1);
      await refresh(cloud);
      expect(populatesIn(cloud)).toHaveLength(index + 2);
    }
  });

  test('a refresh that EventBridge could not start is in the dead-letter queue, and the next one comes by itself', async () => {
    const cloud = openCloud();
    await deploy(cloud, regulated);
    cloud.events.faults.inject({ operation: 'Deliver', fault: { kind: 'error', code: 'ThrottlingException', status: 400 }, first: 3 });
    await refresh(cloud);
    await cloud.advance(Duration.minutes(15).toSeconds());
    const [letters] = [...cloud.stack(STACK).resources.values()].filter(({ type }) => type === 'AWS::SQS::Queue');
    expect(cloud.queues.messages(String(letters.attributes.Arn)).map(({ attributes }) => attributes)).toMatchObject([{ RETRY_ATTEMPTS: '2', ERROR_CODE: 'ThrottlingException' }]);
    expect(populatesIn(cloud)).toHaveLength(1);
    await refresh(cloud);
    expect(populatesIn(cloud)).toHaveLength(2);
  });
});
