import { Fn } from 'aws-cdk-lib';
import { WorkerType } from '../src';

test.each([
  [WorkerType.CR_1X, 'CR.1X'], [WorkerType.CR_4X, 'CR.4X'], [WorkerType.CR_8X, 'CR.8X'], [WorkerType.of('CR.16X'), 'CR.16X'],
])('a worker type is known by its name in the API: %s', (type, name) => {
  expect([type.name, `${type}`]).toEqual([name, name]);
});

test.each(['', ' '])('promise 9: a worker type without a name fails at synthesis, unless that is known only when deploying: %j', (name) => {
  expect(() => WorkerType.of(name)).toThrow(`WorkerType.of: the name is ${JSON.stringify(name)}. Give the Clean Rooms name of a worker type`);
  expect(() => WorkerType.of(Fn.importValue('Type'))).not.toThrow();
});
