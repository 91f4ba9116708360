import { TargetCaller } from './service';
import { AccessDenied, IamService } from '../iam/service';
import { Permissions } from '../lambda/permissions';
import { LambdaService } from '../lambda/service';
import { StepFunctionsService } from '../step-functions/service';

export interface TargetServices {
  readonly iam: IamService;
  readonly lambda: LambdaService;
  readonly permissions: Permissions;
  readonly stepFunctions: StepFunctionsService;
}

const EVENTS = 'events.amazonaws.com';

/** Calls functions and state machines, as far as they let EventBridge. Targets of other services get a delivery, and do nothing with it. */
export function targetCaller(services: () => TargetServices): TargetCaller {
  return ({ Arn: arn, RoleArn: role }, input, { arn: ruleArn }) => {
    const { iam, lambda, permissions, stepFunctions } = services();
    const service = arn.split(':')[2];
    if (service === 'lambda') {
      if (!permissions.allow(arn, EVENTS, ruleArn)) throw new AccessDenied(`${EVENTS} may not invoke ${arn}: no AWS::Lambda::Permission lets rule ${ruleArn}.`);
      lambda.invokeAsync(arn, input);
    } else if (service === 'states') {
      if (!role || !iam.mayBeAssumedBy(role, EVENTS)) throw new AccessDenied(`Rule ${ruleArn} has no role that EventBridge may assume to start ${arn}.`);
      iam.authorize(role, 'events', 'states:StartExecution', [arn]);
      stepFunctions.start(arn, input);
    }
  };
}
