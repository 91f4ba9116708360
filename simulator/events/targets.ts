import { createHash } from 'node:crypto';
import { TargetCaller } from './service';
import { AccessDenied, IamService } from '../iam/service';
import { Permissions } from '../lambda/permissions';
import { LambdaService } from '../lambda/service';
import { Random } from '../random';
import { StepFunctionsService } from '../step-functions/service';

export interface TargetServices {
  readonly iam: IamService;
  readonly lambda: LambdaService;
  readonly permissions: Permissions;
  readonly stepFunctions: StepFunctionsService;
  readonly random: Random;
}

const EVENTS = 'events.amazonaws.com';

/**
 * What EventBridge calls the executions that it starts is not documented: after the event, and so the same when it delivers that again
 * (seen in 2025: https://yufushiro.dev/articles/20250827_eventbridge_sfn_dedup), or with something of the delivery's own.
 */
export type ExecutionNames = 'by-event' | 'by-delivery';

/** Calls functions and state machines, as far as they let EventBridge. Targets of other services get a delivery, and do nothing with it. */
export function targetCaller(services: () => TargetServices, names: ExecutionNames = 'by-event'): TargetCaller {
  return ({ Arn: arn, RoleArn: role, Id }, input, { arn: ruleArn }, event) => {
    const { iam, lambda, permissions, stepFunctions, random } = services();
    const service = arn.split(':')[2];
    if (service === 'lambda') {
      if (!permissions.allow(arn, EVENTS, ruleArn)) throw new AccessDenied(`${EVENTS} may not invoke ${arn}: no AWS::Lambda::Permission lets rule ${ruleArn}.`);
      lambda.invokeAsync(arn, input);
    } else if (service === 'states') {
      if (!role || !iam.mayBeAssumedBy(role, EVENTS)) throw new AccessDenied(`Rule ${ruleArn} has no role that EventBridge may assume to start ${arn}.`);
      iam.authorize(role, 'events', 'states:StartExecution', [arn]);
      stepFunctions.start(arn, input, `${event.id}_${names === 'by-event' ? nameOf(ruleArn, Id) : random.uuid()}`);
    }
  };
}

/** The same for each delivery to a target. */
function nameOf(ruleArn: string, targetId: string): string {
  const hash = createHash('sha256').update(`${ruleArn} ${targetId}`).digest('hex');
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]].map(([from, to]) => hash.slice(from, to)).join('-');
}
