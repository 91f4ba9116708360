import { Annotations, Aspects, aws_events as events, Stack } from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { requireSame } from './environments';
import { requireName, ruleDescription } from './texts';

/** A rule on what a population's state machine announces. */
export function eventRule(
  population: Construct, id: string, patternFor: (rule: events.Rule) => events.EventPattern, options: events.OnEventOptions,
): events.Rule {
  const scope = options.crossStackScope ?? population;
  // A rule sees the events of its own account and region.
  requireSame(population, 'crossStackScope', { node: scope.node, env: Stack.of(scope) }, ['account', 'region']);
  requireName(population.node.path, 'ruleName', options.ruleName, 64, /^[\w.-]+$/, 'Use letters, digits, dots, dashes and underscores.');
  const rule = new events.Rule(scope, id, {
    ruleName: options.ruleName,
    description: ruleDescription(population.node.path, 'description', options.description),
    eventPattern: options.eventPattern,
  });
  rule.addEventPattern(patternFor(rule));
  rule.addTarget(options.target);
  return rule;
}

/**
 * Warns at synthesis, once it is known whether somebody is told of failures. Not of the population itself: CDK overlooks an
 * acknowledgement that is older than its warning, except from a scope around it.
 */
export function warnUnlessWatched(schedule: events.Rule, isWatched: () => boolean): void {
  Aspects.of(schedule).add({
    visit(node: IConstruct) {
      if (node === schedule && !isWatched()) {
        Annotations.of(schedule).addWarningV2('cdk-cleanrooms-intermediate-table:unwatchedSchedule',
          'A schedule populates this table, and nobody is told when that fails: use onPopulationFailed() or createFailureAlarm().');
      }
    },
  });
}
