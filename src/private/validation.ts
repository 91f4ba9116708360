import { Duration } from 'aws-cdk-lib';
import { IIntermediateTableRef } from 'aws-cdk-lib/aws-cleanrooms';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { IParameter } from 'aws-cdk-lib/aws-ssm';
import { IConstruct } from 'constructs';
import { PopulationCompute } from '../compute';
import { LONGEST_TIMEOUT, SHORTEST_TIMEOUT } from '../contract/time';
import { PopulateOnDeploy } from '../populate-on-deploy';
import { IntermediateTablePopulationProps } from '../population-props';
import { requireHere, requireSame } from './environments';
import { known, problem } from './problem';
import { identityOf } from './table';

/**
 * What can be said at synth of the values that are known then: tokens pass. Every message names the construct's path, the prop,
 * the value and what to do. The limits are those of the Clean Rooms API:
 * https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_PopulateIntermediateTable.html
 */

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const TABLE_ARN = /^arn:aws[-a-z]*:cleanrooms:[\w-]+:\d{12}:membership\/([^/]+)\/intermediatetable\/([^/]+)$/;

const pathOf = (scope: IConstruct, id: string) => [scope.node.path, id].filter(Boolean).join('/');

export function requireIdentifier(scope: IConstruct, id: string, prop: string, value: string): void {
  if (known(value) && !UUID.test(value)) {
    problem(pathOf(scope, id), prop, value, 'Give a UUID in lower case, such as a1b2c3d4-5678-90ab-cdef-1234567890ab.');
  }
}

export function requireTableArn(scope: IConstruct, id: string, arn: string): void {
  if (!known(arn)) {
    return;
  }
  const [, membership, table] = arn.match(TABLE_ARN) ?? [];
  if (!UUID.test(membership ?? '') || !UUID.test(table ?? '')) {
    problem(pathOf(scope, id), 'arn', arn,
      'Give an ARN of the form arn:aws:cleanrooms:REGION:ACCOUNT:membership/MEMBERSHIP/intermediatetable/TABLE, with UUIDs for the last two.');
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

export function validateVersionParameter(scope: IConstruct, parameter: IParameter): void {
  requireHere(scope, 'versionParameter', parameter, 'Refer to it by StringParameter.fromStringParameterName().');
  if (known(parameter.parameterType) && parameter.parameterType !== 'String') {
    problem(scope.node.path, `the type of versionParameter ${parameter.node.path}`, parameter.parameterType, 'Give a parameter of type String.');
  }
}

export function validateProps(scope: IConstruct, props: IntermediateTablePopulationProps): void {
  validateTable(scope, props.intermediateTable);
  validateParameters(scope, 'parameters', props.parameters);
  validateCompute(scope, props.compute);
  validatePayer(scope, props.analysisPayerAccountId);
  if (props.versionParameter) {
    validateVersionParameter(scope, props.versionParameter);
  }
  if (props.encryptionKey) {
    requireSame(scope, 'encryptionKey', props.encryptionKey, ['region']);
  }
  if (props.timeout) {
    validateTimeout(scope, props.timeout);
  }
  const mode = props.populateOnDeploy ?? PopulateOnDeploy.ON_CHANGE;
  validateMode(scope, mode);
  validateTriggers(scope, props.triggers, mode);
  if (props.schedule) {
    validateSchedule(scope, 'schedule', props.schedule);
  }
}

export function validateParameters(scope: IConstruct, prop: string, parameters: { [name: string]: string } = {}): void {
  for (const [name, value] of Object.entries(parameters)) {
    if (known(name) && !/^[0-9a-zA-Z_]{1,100}$/.test(name)) {
      problem(scope.node.path, `a name in ${prop}`, name, 'Use 1 to 100 letters, digits and underscores.');
    }
    requireText(scope, `${prop}.${name}`, value, 1000);
  }
}

function requireText(scope: IConstruct, prop: string, value: string, longest: number): void {
  if (known(value) && typeof value !== 'string') {
    problem(scope.node.path, prop, value, 'Give a string.');
  }
  if (known(value) && value.length > longest) {
    problem(scope.node.path, prop, `${value.slice(0, 20)}… (${value.length} characters)`, `Give at most ${longest} characters.`);
  }
}

export function validateCompute(scope: IConstruct, compute: PopulationCompute = {}): void {
  const { workers, sparkProperties = {} } = compute;
  if (workers !== undefined && known(workers) && !(Number.isInteger(workers) && workers >= 2 && workers <= 400)) {
    problem(scope.node.path, 'compute.workers', workers, 'Give a whole number from 2 to 400.');
  }
  const entries = Object.entries(sparkProperties);
  if (entries.length > 50) {
    problem(scope.node.path, 'the number of compute.sparkProperties', entries.length, 'Give at most 50.');
  }
  for (const [key, value] of entries) {
    if (known(key) && (key.length < 1 || key.length > 200)) {
      problem(scope.node.path, 'a key in compute.sparkProperties', key, 'Use 1 to 200 characters.');
    }
    requireText(scope, `compute.sparkProperties['${key}']`, value, 500);
  }
}

export function validatePayer(scope: IConstruct, account?: string): void {
  if (account !== undefined && known(account) && !(typeof account === 'string' && /^\d{12}$/.test(account))) {
    problem(scope.node.path, 'analysisPayerAccountId', account, 'Give the 12 digits of an account id, as a string.');
  }
}

export function validateTimeout(scope: IConstruct, timeout: Duration): void {
  if (timeout.isUnresolved()) {
    if (timeout.unitLabel() !== 'seconds') {
      problem(scope.node.path, 'timeout', `a number of ${timeout.unitLabel()} that is known only when deploying`, 'Give it in seconds, by Duration.seconds().');
    }
    return;
  }
  const seconds = timeout.toSeconds({ integral: false });
  if (seconds < SHORTEST_TIMEOUT || seconds > LONGEST_TIMEOUT) {
    problem(scope.node.path, 'timeout', timeout.toHumanString(), 'Give 1 minute to 12 hours, the longest that CloudFormation can wait.');
  }
  if (!Number.isInteger(seconds)) {
    problem(scope.node.path, 'timeout', `${seconds} seconds`, 'Give whole seconds.');
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

export function validateSchedule(scope: IConstruct, prop: string, schedule: Schedule): void {
  const expression = schedule.expressionString;
  if (!known(expression)) {
    return;
  }
  if (!/^(rate|cron)\(.+\)$/.test(expression)) {
    problem(scope.node.path, prop, expression, 'Give a rate or a cron expression, which is all that EventBridge rules know.');
  }
  const years = expression.match(/^cron\(.* ([\d,-]+)\)$/)?.[1].split(/[,-]/) ?? [];
  if (years.length && Math.max(...years.map(Number)) < new Date().getUTCFullYear()) {
    problem(scope.node.path, prop, expression, 'Its years have passed, so it never fires: leave the year out.');
  }
}
