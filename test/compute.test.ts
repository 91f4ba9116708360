import { Fn } from 'aws-cdk-lib';
import { WorkerType } from '../src';

test.each([[WorkerType.CR_1X, 'CR.1X'], [WorkerType.CR_4X, 'CR.4X'], [WorkerType.CR_8X, 'CR.8X'], [WorkerType.of('CR.16X'), 'CR.16X']])(
  'a worker type is known by its name in the API: %s', (type, name) => {
    expect(type.name).toBe(name);
    expect(`${type}`).toBe(name);
  });

describe('promise 9: mistakes fail at synthesis', () => {
  test.each(['', ' '])('a worker type without a name fails: %j', (name) => {
    expect(() => WorkerType.of(name)).toThrow(`WorkerType.of: the name is ${JSON.stringify(name)}. Give the Clean Rooms name of a worker type`);
  });
});

test('a name that is known only when deploying passes', () => {
  expect(() => WorkerType.of(Fn.importValue('Type'))).not.toThrow();
});
