import { Annotations, aws_events as events, Stack } from 'aws-cdk-lib';
import type { Machinery } from './machinery';
import { requireSame } from './nearness';

/** A rule on what a population's state machine announces. */
export function eventRule(machinery: Machinery, id: string, detailType: string, options: events.OnEventOptions): events.Rule {
  const scope = options.crossStackScope ?? machinery.scope;
  // A rule sees the events of its own account and region.
  requireSame(machinery.scope, 'crossStackScope', { node: scope.node, env: Stack.of(scope) }, ['account', 'region']);
  const rule = new events.Rule(scope, id, {
    ruleName: options.ruleName,
    description: options.description,
    eventPattern: options.eventPattern,
  });
  rule.addEventPattern(machinery.eventPattern(detailType));
  rule.addTarget(options.target);
  return rule;
}

/** Not of the population itself: CDK overlooks an acknowledgement that is older than its warning, except from a scope around it. */
export function warnOfUnwatched(schedule: events.Rule): void {
  Annotations.of(schedule).addWarningV2('cdk-cleanrooms-intermediate-table:unwatchedSchedule',
    'A schedule populates this table, and nobody is told when that fails: use onPopulationFailed() or createFailureAlarm().');
}
