import { Execution } from './service';
import { PutEventsEntry } from '../events/service';

/** The event by which Step Functions tells of an execution's new status. */
export function statusChange(execution: Execution): PutEventsEntry {
  const { arn, stateMachineArn, name, status, startDate, stopDate = null, input, output = null, error = null, cause = null } = execution;
  return {
    Source: 'aws.states',
    DetailType: 'Step Functions Execution Status Change',
    Resources: [arn],
    Detail: {
      executionArn: arn,
      stateMachineArn,
      name,
      status,
      startDate,
      stopDate,
      input,
      output,
      error,
      cause,
      inputDetails: { included: true },
      outputDetails: output === null ? null : { included: true },
    },
  };
}
