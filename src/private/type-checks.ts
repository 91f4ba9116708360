import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import { known, problem } from './problem';

/** What a caller in a language without types may give instead of what is asked for: each fails at once, and not as something else later. */

type Check = (path: string, prop: string, value: unknown) => void;

const kind = (is: (value: unknown) => boolean, remedy: string): Check => (path, prop, value) => {
  if (value !== undefined && !is(value)) {
    problem(path, prop, value, remedy);
  }
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isMap = (value: unknown) => isObject(value) && known(value);

export const requireMap = kind(isMap, 'Give a map of texts by name; its values may be tokens, the map itself may not.');
export const requireBoolean = kind((value) => typeof value === 'boolean', 'Give true or false.');
export const requireList = kind(Array.isArray, 'Give a list.');
export const requireTexts = kind((value) => Array.isArray(value) && value.every((item) => typeof item === 'string'), 'Give a list of texts.');
export const requireDuration = kind((value) => isObject(value) && typeof (value as Partial<Duration>).toSeconds === 'function',
  'Give a Duration, such as Duration.minutes(30).');
export const requireOptions = kind(isMap, 'Give an object with the options.');
export const requireWorkerType = kind((value) => isObject(value) && typeof value.name === 'string',
  'Give a WorkerType, such as WorkerType.CR_4X, or WorkerType.of() for one that it does not name.');
const isReference = (name: string) => (value: unknown) => isObject(value) && isObject(value[name]);
const areReferences = (name: string) => (value: unknown) => Array.isArray(value) && value.length > 0 && value.every(isReference(name));

export const requireKey = kind(isReference('keyRef'), 'Give a key, such as Key.fromKeyArn().');
export const requireParameter = kind(isReference('parameterRef'), 'Give a parameter, such as StringParameter.fromStringParameterName().');
export const requireVpc = kind(isReference('vpcRef'), 'Give a VPC, such as an ec2.Vpc or a CfnVPC.');
export const requireSubnets = kind(areReferences('subnetRef'), 'Give a list of one subnet or more, such as CfnSubnets.');
export const requireGroups = kind(areReferences('securityGroupRef'), 'Give a list of one security group or more.');
/** Schedules of EventBridge Scheduler look alike, but rules would pass over their time zone. */
export const requireSchedule = kind(
  (value) => isObject(value) && typeof (value as Partial<Schedule>).expressionString === 'string' && !('timeZone' in value),
  'Give an events.Schedule, such as Schedule.rate(Duration.days(1)); rules know no time zone but UTC.');
export const requireQueue = kind((value) => isObject(value) && isObject(value.queueRef), 'Give a queue, such as Queue.fromQueueArn().');
export const requireTracing = kind((value) => Object.values(Tracing).includes(value as Tracing), 'Give a lambda.Tracing, such as Tracing.ACTIVE.');
