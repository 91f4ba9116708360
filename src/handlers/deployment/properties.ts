import { MAX_PARAMETERS_BYTES, parametersBytes, type DeployMode } from '../../contract/custom-resource';
import type { Compute, Definition, ScheduleDefinition, TableIdentifiers, Upstream } from '../../contract/definition';
import { MAX_TIMEOUT_SECONDS, MIN_TIMEOUT_SECONDS } from '../../contract/time';

/** What a Delete needs to know. */
export interface Target {
  readonly stateMachineArn: string;
  readonly table: TableIdentifiers;
}

/** The properties of the resource that starts a population, read: see `PopulationProperties`. */
export interface Properties extends Target {
  readonly definition: Definition;
  readonly mode: DeployMode;
  readonly synthesis?: string;
  readonly waitHandleUrl?: string;
}

const NAMES = [
  'ServiceToken', 'ServiceTimeout', 'StateMachineArn', 'MembershipIdentifier', 'IntermediateTableIdentifier',
  'Parameters', 'Compute', 'AnalysisPayerAccountId', 'KmsKey', 'Triggers', 'TimeoutSeconds', 'CancelOnTimeout',
  'MaxBilledCrpuHoursPerDay', 'Schedules', 'Upstream',
  'PopulateOnDeploy', 'Synthesis',
  // Only there for CloudFormation to see a change.
  'UpstreamVersions', 'VersionParameter', 'WaitHandle',
];
const MODES: readonly DeployMode[] = ['ON_CHANGE', 'ALWAYS', 'IF_UNPOPULATED', 'NEVER'];

type Raw = Readonly<Record<string, unknown>>;

/** @throws InvalidDefinition */
export function readTarget({ StateMachineArn, MembershipIdentifier, IntermediateTableIdentifier }: Raw): Target {
  return {
    stateMachineArn: id(StateMachineArn, 'StateMachineArn'),
    table: {
      membershipIdentifier: id(MembershipIdentifier, 'MembershipIdentifier'),
      intermediateTableIdentifier: id(IntermediateTableIdentifier, 'IntermediateTableIdentifier'),
    },
  };
}

/** @throws InvalidDefinition, also for a property that is not known: a newer library would mean something by it */
export function readProperties(raw: Raw): Properties {
  const given = members(raw, 'ResourceProperties', NAMES);
  const definition: Definition = {
    parameters: map(given.Parameters, 'Parameters'),
    compute: computeIn(given.Compute),
    analysisPayerAccountId: text(given.AnalysisPayerAccountId, 'AnalysisPayerAccountId'),
    kmsKey: text(given.KmsKey, 'KmsKey'),
    triggers: list(given.Triggers, 'Triggers', required),
    timeoutSeconds: integer(required(given.TimeoutSeconds, 'TimeoutSeconds'), 'TimeoutSeconds', MIN_TIMEOUT_SECONDS, MAX_TIMEOUT_SECONDS)!,
    cancelOnTimeout: flag(given.CancelOnTimeout, 'CancelOnTimeout'),
    maxBilledCrpuHoursPerDay: positive(given.MaxBilledCrpuHoursPerDay, 'MaxBilledCrpuHoursPerDay'),
    schedules: list(given.Schedules, 'Schedules', scheduleIn),
    upstream: list(given.Upstream, 'Upstream', upstreamIn),
  };
  const bytes = parametersBytes(given);
  if (bytes > MAX_PARAMETERS_BYTES) {
    fail('Parameters', `has ${bytes} bytes, those of schedules included. At most ${MAX_PARAMETERS_BYTES} can be kept on record`);
  }
  return {
    ...readTarget(given),
    definition,
    mode: MODES.find((mode) => mode === given.PopulateOnDeploy) ?? fail('PopulateOnDeploy', `is none of ${MODES.join(', ')}`),
    synthesis: text(given.Synthesis, 'Synthesis'),
    waitHandleUrl: text(given.WaitHandle, 'WaitHandle'),
  };
}

function computeIn(raw: unknown = {}): Compute | undefined {
  const { WorkerType, Workers, SparkProperties } = members(raw, 'Compute', ['WorkerType', 'Workers', 'SparkProperties']);
  const [type, number] = [text(WorkerType, 'Compute.WorkerType'), integer(Workers, 'Compute.Workers', 1)];
  const spark = map(SparkProperties, 'Compute.SparkProperties');
  return type === undefined && number === undefined && !spark ? undefined : { type, number, properties: spark && { spark } };
}

function scheduleIn(raw: unknown, path: string): ScheduleDefinition {
  const { Name, Parameters } = members(raw, path, ['Name', 'Parameters']);
  return { name: id(Name, `${path}.Name`), parameters: map(Parameters, `${path}.Parameters`) };
}

function upstreamIn(raw: unknown, path: string): Upstream {
  const { Population, RecordTable, TableName } = members(raw, path, ['Population', 'RecordTable', 'TableName']);
  return {
    population: id(Population, `${path}.Population`),
    recordTable: text(RecordTable, `${path}.RecordTable`),
    tableName: text(TableName, `${path}.TableName`),
  };
}

// CloudFormation hands over every scalar as text, and leaves out what is AWS::NoValue.

/** Names a property, and never quotes its value, which may be a parameter's. */
function fail(path: string, problem: string): never {
  throw Object.assign(new Error(`The property ${path} of the custom resource ${problem}.`), { name: 'InvalidDefinition' });
}

function text(raw: unknown, path: string): string | undefined {
  if (raw === undefined) {
    return undefined;
  }
  const value = typeof raw === 'object' ? fail(path, 'is not a text') : String(raw);
  return value.includes('{{resolve:') ? fail(path, UNRESOLVED) : value;
}

const UNRESOLVED = 'still holds a dynamic reference ({{resolve:…}}), which CloudFormation did not fill in. '
  + 'Take StringParameter.valueForStringParameter() for it';

const required = (raw: unknown, path: string): string => text(raw, path) ?? fail(path, 'is missing');
const id = (raw: unknown, path: string): string => required(raw, path) || fail(path, 'is empty');

function integer(raw: unknown, path: string, min: number, max = Number.MAX_SAFE_INTEGER): number | undefined {
  const value = text(raw, path);
  if (value === undefined) {
    return undefined;
  }
  return /^\d+$/.test(value) && Number(value) >= min && Number(value) <= max ? Number(value) : fail(path, 'is not a number in its range');
}

function positive(raw: unknown, path: string): number | undefined {
  const value = raw === undefined ? raw : Number(required(raw, path));
  return value === undefined || (value > 0 && value < Infinity) ? value : fail(path, 'is not a number above 0');
}

const flag = (raw: unknown, path: string): boolean => {
  const value = required(raw, path);
  return ['true', 'false'].includes(value) ? value === 'true' : fail(path, 'is neither true nor false');
};

function members(raw: unknown, path: string, names: readonly string[]): Raw {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return fail(path, 'is not an object');
  }
  const unknown = Object.keys(raw).find((name) => !names.includes(name));
  return unknown === undefined ? raw as Raw : fail(`${path}.${unknown}`, 'is not known');
}

/** Reads a list. An empty one is the same as none. */
function list<T>(raw: unknown, path: string, read: (raw: unknown, path: string) => T): T[] | undefined {
  const values = raw === undefined || Array.isArray(raw) ? raw : fail(path, 'is not a list');
  return values?.length ? values.map((each, index) => read(each, `${path}.${index}`)) : undefined;
}

/** Reads a user's map, which travels as a list of names and values. One without a value is left out. */
function map(raw: unknown, path: string): Record<string, string> | undefined {
  const entries = list(raw, path, (each, eachPath) => {
    const { Name, Value } = members(each, eachPath, ['Name', 'Value']);
    const name = id(Name, `${eachPath}.Name`);
    return [name, text(Value, `${path}.${name}`)] as const;
  })?.filter((entry): entry is [string, string] => entry[1] !== undefined);
  return entries?.length ? Object.fromEntries(entries) : undefined;
}
