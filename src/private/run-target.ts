import { Duration, aws_events as events, aws_events_targets as targets, aws_stepfunctions as sfn } from 'aws-cdk-lib';
import type { SharedResources } from './shared-resources';

/** Starts a run from a rule. */
export class RunTarget extends targets.SfnStateMachine {
  constructor(machine: sfn.IStateMachine, private readonly shared: SharedResources, input: events.RuleTargetInput) {
    super(machine, {
      input,
      // EventBridge's default, 185 attempts in a day, is for jobs that cost nothing.
      retryAttempts: 2,
      maxEventAge: Duration.minutes(15),
      // The shared role has the permission already.
      role: shared.starterRole.withoutPolicyUpdates(),
    });
  }

  /** The queue may be given later. By itself, CDK's target would add a statement for each rule to its policy, which takes twenty. */
  public override bind(rule: events.IRule, id?: string): events.RuleTargetConfig {
    return { ...super.bind(rule, id), deadLetterConfig: this.shared.deadLetterConfig };
  }
}
