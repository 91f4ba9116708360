import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { measureContention } from '../../benchmarks/contention';
import { footprintOf } from '../../benchmarks/footprint';
import { awsCustomResource, ours, polling, provider } from '../../benchmarks/peers';
import { openCloud, synthesize } from '../../benchmarks/simulation';
import { bill } from '../../benchmarks/waiting/bill';
import { measureScheduleLag, measureWait } from '../../benchmarks/waiting/measure';

describe('waiting', () => {
  test('with the Provider framework goes through its own runtime and waiter', async () => {
    const { cannot, invocations, transitions, lagSeconds } = await measureWait(provider, Duration.minutes(1));
    expect(cannot).toBeUndefined();
    // Each check is the framework's function and the user's.
    expect(invocations).toBeGreaterThan(2 * transitions);
    expect(lagSeconds).toBeLessThan(7);
  });

  test('with AwsCustomResource is none at all', async () => {
    expect(await measureWait(awsCustomResource, Duration.minutes(1))).toMatchObject({ cannot: 'does not wait', invocations: 1, cleanRoomsRequests: 1 });
  });

  test('with a polling function ends with the function', async () => {
    expect(await measureWait(polling, Duration.minutes(1))).not.toHaveProperty('cannot');
    expect(await measureWait(polling, Duration.minutes(20))).toMatchObject({ cannot: 'the function ends after 15 minutes' });
  });

  test('with the library is counted from one end of the deploy to the other, and the execution\'s history with it', async () => {
    const { cannot, invocations, transitions, lagSeconds, events } = await measureWait(ours, Duration.minutes(2));
    expect(cannot).toBeUndefined();
    expect(transitions).toBeGreaterThan(invocations);
    expect(events).toBeGreaterThan(2 * transitions);
    expect(lagSeconds).toBeLessThan(6);
  });

  test('with a schedule of the library\'s is counted to the end of its run', async () => {
    const lag = await measureScheduleLag(Duration.seconds(33));
    expect(lag).toBeGreaterThan(0);
    expect(lag).toBeLessThan(6);
  });
});

test('two stacks take turns for one quota, and each one\'s longest wait is told apart', async () => {
  const { longestWaits, populations, surplus, ratio } = await measureContention(4, 'rejected', Duration.minutes(1), 2);
  expect({ populations, surplus }).toEqual({ populations: 4, surplus: 0 });
  expect(ratio).toBeGreaterThan(1);
  expect(longestWaits).toHaveLength(2);
  // With two queries at a time, the last of each stack may have waited for one that came before.
  longestWaits.forEach((wait) => expect(wait).toBeLessThan(0.8));
  expect(Math.max(...longestWaits)).toBeGreaterThan(0.5);
});

test('a peer populates every table that its stack has, once', async () => {
  for (const candidate of [provider, awsCustomResource, polling]) {
    const cloud = openCloud(Duration.minutes(1));
    expect((await cloud.deploy(synthesize(candidate, 3))).status).toBe('CREATE_COMPLETE');
    expect(new Set(cloud.cleanRooms.journal.acceptedPopulates().map(({ tableId }) => tableId)).size).toBe(3);
    cloud.close();
  }
});

test('a bill is of requests, gigabyte-seconds by memory and architecture, transitions, and what the record takes', () => {
  const template = {
    Resources: {
      Small: { Type: 'AWS::Lambda::Function', Properties: {} },
      Arm: { Type: 'AWS::Lambda::Function', Properties: { MemorySize: 1024, Architectures: ['arm64'] } },
    },
  };
  const nothing = { invocations: [], transitions: 0, records: [] };
  expect(bill(template, { ...nothing, transitions: 40 })).toBeCloseTo(0.001, 10);
  expect(bill(template, { ...nothing, invocations: [{ function: 'Small', start: 0, end: 8_000 }] })).toBeCloseTo(0.0000166667 + 0.0000002, 12);
  expect(bill(template, { ...nothing, invocations: [{ function: 'Arm', start: 0, end: 999.2 }] })).toBeCloseTo(0.0000133334 + 0.0000002, 12);
  expect(bill(template, { ...nothing, records: [{ operation: 'GetItem', input: {} }] })).toBeCloseTo(0.000000125, 12);
  expect(bill(template, { ...nothing, records: [{ operation: 'PutItem', input: { item: 'x'.repeat(1_024) } }] })).toBeCloseTo(2 * 0.000000625, 12);
});

describe('a footprint', () => {
  test('counts everything but the tables', () => {
    const { resources, templateBytes } = footprintOf(ours, 2)!;
    expect(resources).toBe(Object.keys(synthesize(ours, 2, { schedule: Schedule.rate(Duration.days(1)) }).template.Resources).length - 2);
    expect(templateBytes).toBeGreaterThan(10_000);
  });

  test('is none where CDK or the library refuses so many', () => {
    expect([ours, polling].map((candidate) => footprintOf(candidate, 130))).toEqual([undefined, undefined]);
  });
});
