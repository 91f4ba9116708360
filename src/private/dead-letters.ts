import { Annotations, aws_events as events, aws_iam as iam, aws_sqs as sqs, Lazy, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { resourceBehind } from './final-properties';
import { weak } from './references';

/** Where rules send what they could not deliver, which may be another queue later. A CDK queue's own text for its ARN cannot be made weak. */
export const deadLetterConfig = (scope: Construct, queue: () => sqs.IQueueRef | undefined): events.CfnRule.DeadLetterConfigProperty => Lazy.any({
  produce() {
    const found = queue();
    const { attrArn } = (found ? resourceBehind(found) ?? {} : {}) as Partial<sqs.CfnQueue>;
    return found && { arn: weak(scope, attrArn ?? found.queueRef.queueArn) };
  },
}) as events.CfnRule.DeadLetterConfigProperty;

const EVENTS = new iam.ServicePrincipal('events.amazonaws.com');

/**
 * Lets EventBridge send to a queue what rules of the scope's stack could not deliver. All rules of its account and region may: a queue's policy
 * has no room for a statement of each, and what named them would make the queue's stack depend on the populations'.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export function acceptUndelivered(scope: Construct, queue: sqs.IQueueRef): void {
  const rules = Stack.of(scope).formatArn({ service: 'events', resource: 'rule', resourceName: '*' });
  const accepted = iam.ResourceWithPolicies.of(queue)?.addToResourcePolicy(new iam.PolicyStatement({
    principals: [EVENTS],
    actions: ['sqs:SendMessage'],
    resources: [queue.queueRef.queueArn],
    conditions: { ArnLike: { 'aws:SourceArn': rules } },
  }));
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
  iam.EncryptedResources.of(queue)?.grantOnKey(EVENTS, 'kms:Decrypt', 'kms:GenerateDataKey');
  if (!accepted?.statementAdded) {
    Annotations.of(scope).addWarningV2('cdk-cleanrooms-intermediate-table:deadLetterQueuePolicy',
      `deadLetterQueue ${queue.node.path} is not defined by this app, and so its policy is not changed: let events.amazonaws.com send messages to it, for the rules of this account and region.`);
  }
}
