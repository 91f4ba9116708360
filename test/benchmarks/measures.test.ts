import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { footprintOf } from '../../benchmarks/footprint';
import { awsCustomResource, ours, polling, provider } from '../../benchmarks/peers';
import { openCloud, synthesize } from '../../benchmarks/simulation';
import { bill } from '../../benchmarks/waiting/bill';
import { measureWait } from '../../benchmarks/waiting/measure';
import { fewestChecks, lagsOfChecks } from '../../benchmarks/waiting/series';

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

  test('with the library is counted from one end of the deploy to the other, the second time only the second deploy', async () => {
    const first = await measureWait(ours, Duration.minutes(5));
    const second = await measureWait(ours, Duration.minutes(5), true);
    expect(first.cannot ?? second.cannot).toBeUndefined();
    expect(Math.abs(second.invocations - first.invocations)).toBeLessThan(8);
    expect(second.lagSeconds).toBeLessThan(10);
  });
});

test('a peer populates every table that its stack has, once', async () => {
  for (const candidate of [provider, awsCustomResource, polling]) {
    const cloud = openCloud(Duration.minutes(1));
    expect((await cloud.deploy(synthesize(candidate, 3))).status).toBe('CREATE_COMPLETE');
    expect(new Set(cloud.cleanRooms.journal.acceptedPopulates().map(({ tableId }) => tableId)).size).toBe(3);
    cloud.close();
  }
});

test('no lesser number of checks keeps the bound on the lag, and ours are no more', () => {
  expect(fewestChecks(5)).toBe(1);
  expect(fewestChecks(50)).toBe(10);
  expect(fewestChecks(1800)).toBe(57);
  const lags = lagsOfChecks(50);
  expect([lags.length, lags[1], lags[5], lags[6], lags[50]]).toEqual([51, 4, 0, 4, 0]);
});

test('a bill is of requests, gigabyte-seconds by memory and architecture, and transitions', () => {
  const template = {
    Resources: {
      Small: { Type: 'AWS::Lambda::Function', Properties: {} },
      Arm: { Type: 'AWS::Lambda::Function', Properties: { MemorySize: 1024, Architectures: ['arm64'] } },
    },
  };
  expect(bill(template, [], 40)).toBeCloseTo(0.001, 10);
  expect(bill(template, [{ function: 'Small', start: 0, end: 8_000 }], 0)).toBeCloseTo(0.0000166667 + 0.0000002, 12);
  expect(bill(template, [{ function: 'Arm', start: 0, end: 999.2 }], 0)).toBeCloseTo(0.0000133334 + 0.0000002, 12);
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
