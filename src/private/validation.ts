import { Duration, Stack } from 'aws-cdk-lib';
import { IIntermediateTableRef } from 'aws-cdk-lib/aws-cleanrooms';
import { CfnParameter, IParameter, IParameterRef } from 'aws-cdk-lib/aws-ssm';
import { IConstruct } from 'constructs';
import { PopulationCompute } from '../compute';
import { PopulationFunctionOptions } from '../function-options';
import { requireHere, requireSame } from './environments';
import { resourceBehind } from './final-properties';
import { isVpc } from './function-network';
import { fail, known, problem } from './problem';
import { validateSchedule } from './schedules';
import { identityOf, kmsKeyArnOf, isSql } from './table';
import { requireText } from './texts';
import {
  requireBoolean, requireDuration, requireGroups, requireKey, requireList, requireMap, requireOptions, requireParameter, requireSubnets, requireTexts,
  requireVpc, requireWorkerType,
} from './type-checks';
import { MAX_TIMEOUT_SECONDS, MIN_TIMEOUT_SECONDS } from '../contract/time';
import { PopulateOnDeploy } from '../populate-on-deploy';
import { IntermediateTablePopulationProps } from '../population-props';

/**
 * What can be said at synth of the values that are known then: tokens pass. Every message names the construct's path, the prop,
 * the value and what to do. The limits are those of the Clean Rooms API:
 * https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_PopulateIntermediateTable.html
 */

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const A_VERSION = 'a1b2c3d4-5678-90ab-cdef-1234567890ab';
const MEMBERSHIP_ARN = /^arn:aws[-a-z]*:cleanrooms:[\w-]+:\d{12}:membership\/([^/]+)$/;
const TABLE_ARN = /^arn:aws[-a-z]*:cleanrooms:[\w-]+:\d{12}:membership\/([^/]+)\/intermediatetable\/([^/]+)$/;

const pathOf = (scope: IConstruct, id: string) => [scope.node.path, id].filter(Boolean).join('/');

export function requireIdentifier(scope: IConstruct, id: string, prop: string, value: string): void {
  if (known(value) && !UUID.test(value)) {
    problem(pathOf(scope, id), prop, value, 'Give a UUID in lower case, such as a1b2c3d4-5678-90ab-cdef-1234567890ab.');
  }
}

export function requireTableArn(scope: IConstruct, id: string, arn: string): void {
  requireArn(scope, id, arn, TABLE_ARN, 'membership/MEMBERSHIP/intermediatetable/TABLE, with UUIDs for the last two');
}

export function requireMembershipArn(scope: IConstruct, id: string, arn: string): void {
  requireArn(scope, id, arn, MEMBERSHIP_ARN, 'membership/MEMBERSHIP, with a UUID for the last part');
}

function requireArn(scope: IConstruct, id: string, arn: string, form: RegExp, resource: string): void {
  if (!known(arn)) {
    return;
  }
  const [, ...identifiers] = String(arn).match(form) ?? [];
  if (identifiers.length === 0 || !identifiers.every((identifier) => UUID.test(identifier))) {
    problem(pathOf(scope, id), 'arn', arn, `Give an ARN of the form arn:aws:cleanrooms:REGION:ACCOUNT:${resource}.`);
  }
}

/** CloudFormation creates what is in one account and region, and only a table's owner may populate it, in the table's region. */
export function validateTable(scope: IConstruct, table: IIntermediateTableRef): void {
  if (!table?.env) {
    problem(scope.node.path, 'intermediateTable', table ?? null, 'Give an IntermediateTable, a CfnIntermediateTable, or a table of IntermediateTable.fromIntermediateTableAttributes().');
  }
  const { membershipIdentifier, intermediateTableIdentifier } = identityOf(table);
  requireIdentifier(scope, '', 'intermediateTable.membershipIdentifier', membershipIdentifier);
  requireIdentifier(scope, '', 'intermediateTable.intermediateTableIdentifier', intermediateTableIdentifier);
  requireHere(scope, 'intermediateTable', table, 'Refer to it by IntermediateTable.fromIntermediateTableAttributes().');
}

export function validateVersionParameter(scope: IConstruct, parameter: IParameterRef): void {
  requireParameter(scope.node.path, 'versionParameter', parameter);
  requireHere(scope, 'versionParameter', parameter, 'Refer to it by StringParameter.fromStringParameterName().');
  const describe = (what: string) => `the ${what} of versionParameter ${parameter.node.path}`;
  // A parameter of this app tells its type as a token.
  const { parameterType } = parameter as Partial<IParameter>;
  const { type = parameterType, dataType, allowedPattern } = (resourceBehind(parameter) ?? {}) as Partial<CfnParameter>;
  if (type !== undefined && known(type) && type !== 'String') {
    problem(scope.node.path, describe('type'), type, 'Give a parameter of type String.');
  }
  if (dataType !== undefined && known(dataType) && dataType !== 'text') {
    problem(scope.node.path, describe('data type'), dataType, 'Give a parameter for text.');
  }
  if (typeof allowedPattern === 'string' && known(allowedPattern) && !new RegExp(allowedPattern).test(A_VERSION)) {
    problem(scope.node.path, describe('allowedPattern'), allowedPattern, `The id of a version is a UUID, such as ${A_VERSION}, and has to fit.`);
  }
}

/** A table of this app tells its key: who gives another one does so by mistake. */
export function validateKey(scope: IConstruct, { encryptionKey: key, intermediateTable: table }: IntermediateTablePopulationProps): void {
  if (key === undefined) {
    return;
  }
  requireKey(scope.node.path, 'encryptionKey', key);
  requireSame(scope, 'encryptionKey', key, ['region']);
  const [given, own] = [key.keyRef.keyArn, kmsKeyArnOf(table)].map((arn) => knownKey(scope, arn));
  if (given && own && given !== own) {
    problem(scope.node.path, 'encryptionKey', given, `The table is encrypted with ${own}, which is read off it: leave encryptionKey out.`);
  }
}

/** An ARN, or a key of this app; not what may turn out to be anything, such as the value of a parameter. */
function knownKey(scope: IConstruct, arn?: string): string | undefined {
  const resolved = Stack.of(scope).resolve(arn) as string | { readonly 'Fn::GetAtt'?: string[] } | undefined;
  return known(arn) ? arn : typeof resolved === 'object' ? resolved['Fn::GetAtt']?.join('.') : undefined;
}

export function validateFunctionOptions(path: string, options: PopulationFunctionOptions, before: PopulationFunctionOptions): void {
  requireOptions(path, 'options', options);
  requireVpc(path, 'vpc', options.vpc);
  requireSubnets(path, 'subnets', options.subnets);
  requireGroups(path, 'securityGroups', options.securityGroups);
  requireKey(path, 'environmentEncryption', options.environmentEncryption);
  requireKey(path, 'logEncryptionKey', options.logEncryptionKey);
  const { vpc, subnets, vpcSubnets, securityGroups } = { ...before, ...options };
  for (const [prop, value] of Object.entries({ vpcSubnets, subnets, securityGroups })) {
    if (value && !vpc) {
      fail(path, `${prop} of the populations' functions is given, and vpc is not`, 'Give the VPC that they are of, too.');
    }
  }
  if (subnets && vpcSubnets) {
    fail(path, 'subnets and vpcSubnets of the populations\' functions are both given', 'Give one of them, and undefined for one that was given before.');
  }
  if (vpc && !subnets && !isVpc(vpc)) {
    fail(path, `vpc of the populations' functions is ${vpc.node.path}, a reference that does not know its subnets`, 'Give their references as subnets, or an ec2.Vpc.');
  }
}

export function validateProps(scope: IConstruct, props: IntermediateTablePopulationProps): void {
  validateTable(scope, props.intermediateTable);
  validateParameters(scope, 'parameters', props.parameters);
  validateCompute(scope, props.compute, isSql(props.intermediateTable));
  validatePayer(scope, props.analysisPayerAccountId);
  if (props.versionParameter !== undefined) {
    validateVersionParameter(scope, props.versionParameter);
  }
  validateKey(scope, props);
  if (props.timeout !== undefined) {
    validateTimeout(scope, props.timeout);
  }
  requireBoolean(scope.node.path, 'cancelOnTimeout', props.cancelOnTimeout);
  validateLimit(scope, props.maxBilledCrpuHoursPerDay);
  requireBoolean(scope.node.path, 'versionIdOutput', props.versionIdOutput);
  requireTexts(scope.node.path, 'triggers', props.triggers);
  requireList(scope.node.path, 'refreshAfter', props.refreshAfter);
  const mode = props.populateOnDeploy ?? PopulateOnDeploy.ON_CHANGE;
  validateMode(scope, mode);
  validateTriggers(scope, props.triggers, mode);
  if (props.schedule !== undefined) {
    validateSchedule(scope, 'schedule', props.schedule);
  }
}

export function validateParameters(scope: IConstruct, prop: string, parameters: { [name: string]: string } = {}): void {
  requireMap(scope.node.path, prop, parameters);
  for (const [name, value] of Object.entries(parameters)) {
    if (known(name) && !/^[0-9a-zA-Z_]{1,100}$/.test(name)) {
      problem(scope.node.path, `a name in ${prop}`, name, 'Use 1 to 100 letters, digits and underscores.');
    }
    requireValue(scope, `${prop}.${name}`, value, 1000);
  }
}

function requireValue(scope: IConstruct, prop: string, value: string, longest: number): void {
  if (value === undefined) {
    problem(scope.node.path, prop, value, 'Give a string.');
  }
  requireText(scope.node.path, prop, value, longest);
  // What JavaScript makes of a number token in a text.
  if (known(value) && value !== '' && !known(Number(value))) {
    problem(scope.node.path, prop, value, 'It stands for a number that is known only when deploying: use valueAsString, or Token.asString() of it.');
  }
}

/** SQL takes 2 to 400 workers, a PySpark job 4 to 1,024; which of them populates a table that somebody else has made is seen at run time. */
export function validateCompute(scope: IConstruct, compute: PopulationCompute = {}, takesSql = true): void {
  requireOptions(scope.node.path, 'compute', compute);
  const { workerType, workers, sparkProperties = {} } = compute;
  requireWorkerType(scope.node.path, 'compute.workerType', workerType);
  requireMap(scope.node.path, 'compute.sparkProperties', sparkProperties);
  const most = takesSql ? 400 : 1_024;
  if (workers !== undefined && known(workers) && !(Number.isInteger(workers) && workers >= 2 && workers <= most)) {
    problem(scope.node.path, 'compute.workers', workers,
      takesSql ? 'Give a whole number from 2 to 400.' : 'Give a whole number: 2 to 400 for SQL, 4 to 1,024 for a PySpark job.');
  }
  const entries = Object.entries(sparkProperties);
  if (entries.length > 50) {
    problem(scope.node.path, 'the number of compute.sparkProperties', entries.length, 'Give at most 50.');
  }
  for (const [key, value] of entries) {
    if (known(key) && (key.length < 1 || key.length > 200)) {
      problem(scope.node.path, 'a key in compute.sparkProperties', key, 'Use 1 to 200 characters.');
    }
    requireValue(scope, `compute.sparkProperties['${key}']`, value, 500);
  }
}

export function validatePayer(scope: IConstruct, account?: string): void {
  if (account !== undefined && known(account) && !(typeof account === 'string' && /^\d{12}$/.test(account))) {
    problem(scope.node.path, 'analysisPayerAccountId', account, 'Give the 12 digits of an account id, as a string.');
  }
}

export function validateTimeout(scope: IConstruct, timeout: Duration): void {
  requireDuration(scope.node.path, 'timeout', timeout);
  if (timeout.isUnresolved()) {
    if (timeout.unitLabel() !== 'seconds') {
      problem(scope.node.path, 'timeout', `a number of ${timeout.unitLabel()} that is known only when deploying`, 'Give it in seconds, by Duration.seconds().');
    }
    return;
  }
  const seconds = timeout.toSeconds({ integral: false });
  if (seconds < MIN_TIMEOUT_SECONDS || seconds > MAX_TIMEOUT_SECONDS) {
    problem(scope.node.path, 'timeout', timeout.toHumanString(), 'Give 1 minute to 12 hours, the longest that CloudFormation can wait.');
  }
  if (!Number.isInteger(seconds)) {
    problem(scope.node.path, 'timeout', `${seconds} seconds`, 'Give whole seconds.');
  }
}

function validateLimit(scope: IConstruct, limit?: number): void {
  if (limit !== undefined && known(limit) && !(typeof limit === 'number' && limit > 0 && limit < Infinity)) {
    problem(scope.node.path, 'maxBilledCrpuHoursPerDay', limit, 'Give a number above 0, or leave it out for no limit.');
  }
}

export function validateMode(scope: IConstruct, mode: PopulateOnDeploy): void {
  if (!Object.values(PopulateOnDeploy).includes(mode)) {
    problem(scope.node.path, 'populateOnDeploy', mode, `Use PopulateOnDeploy.${Object.values(PopulateOnDeploy).join(', ')}.`);
  }
}

export function validateTriggers(scope: IConstruct, triggers: string[] | undefined, mode: PopulateOnDeploy): void {
  if (triggers?.length && mode !== PopulateOnDeploy.ON_CHANGE) {
    problem(scope.node.path, 'triggers', triggers,
      `They have no effect with populateOnDeploy ${mode}: leave them out, or use PopulateOnDeploy.ON_CHANGE.`);
  }
}
