import { aws_dynamodb as dynamodb, aws_iam as iam, aws_kms as kms, aws_lambda as lambda } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { acceptUndelivered } from './dead-letters';
import { LatePolicy } from './late';
import { expressionOf, weak } from './references';
import { recordKeyStatements, tracingStatements } from './statements';
import { canonical, hash } from '../contract/hashing';
import type { PopulationFunctionOptions } from '../function-options';

/** What options are of. */
export interface Services {
  readonly scope: Construct;
  readonly record: dynamodb.CfnTable;
  readonly functions: readonly lambda.Function[];
  readonly roles: readonly iam.Role[];
}

/**
 * Gives what populations share the options that are given now, which may be others later.
 *
 * @param current what is given in the end
 */
export function applyOptions(services: Services, options: PopulationFunctionOptions, current: () => PopulationFunctionOptions): void {
  const { recordEncryptionKey: key, deadLetterQueue, tracing, reservedConcurrentExecutions } = options;
  const { scope, record } = services;
  const functions = services.functions.map(({ node }) => node.defaultChild as lambda.CfnFunction);
  const arn = key && weak(scope, key.keyRef.keyArn);
  if ('recordEncryptionKey' in options) {
    record.sseSpecification = arn ? { sseEnabled: true, sseType: 'KMS', kmsMasterKeyId: arn } : undefined;
  }
  if (arn) {
    // One for each key: of two, the new one is allowed before the record has it, and the old one until it has it no more.
    const id = keyPolicyId(scope, key);
    allow(services, id, () => (keyPolicyId(scope, current().recordEncryptionKey) === id ? recordKeyStatements(scope, arn, 'WRITE') : []));
  }
  if ('tracing' in options) {
    functions.forEach((each) => { each.tracingConfig = isTraced(tracing) ? { mode: tracing } : undefined; });
    allow(services, 'TracingPolicy', () => (isTraced(current().tracing) ? tracingStatements() : []));
  }
  if ('reservedConcurrentExecutions' in options) {
    functions.forEach((each) => { each.reservedConcurrentExecutions = reservedConcurrentExecutions; });
  }
  if (deadLetterQueue) {
    acceptUndelivered(scope, deadLetterQueue);
  }
}

const keyPolicyId = (scope: Construct, key?: kms.IKeyRef): string =>
  `RecordKeyPolicy${hash(canonical(expressionOf(scope, weak(scope, key?.keyRef.keyArn ?? ''))), 8)}`;

const isTraced = (tracing?: lambda.Tracing): tracing is lambda.Tracing => tracing !== undefined && tracing !== lambda.Tracing.DISABLED;

/** Lets the functions do what an option needs: before they have it, and until they have it no more. */
function allow({ scope, functions, roles }: Services, id: string, statements: () => iam.PolicyStatement[]): void {
  if (!scope.node.tryFindChild(id)) {
    const policy = new LatePolicy(scope, id, statements);
    roles.forEach((role) => role.attachInlinePolicy(policy));
    functions.forEach(({ node }) => node.addDependency(policy));
  }
}
