/**
 * The state machine of a population: it loops, waits, outlives crashes and reports. All decisions are the population function's,
 * whose answer is the machine's state: see `src/handlers/population/advance.ts`.
 */
export function workflow(population: object, populationFunctionArn: string, deploymentFunctionArn: string, timeoutSeconds: number): object {
  return {
    Comment: 'Populates a Clean Rooms intermediate table once, and ends when its new version can be queried.',
    TimeoutSeconds: timeoutSeconds,
    StartAt: 'Define',
    States: {
      // A literal result, so that no key of the user's is taken for a path.
      Define: { Type: 'Pass', Result: population, ResultPath: '$.population', Next: 'Begin' },
      Begin: { Type: 'Pass', Parameters: { 'population.$': '$.population', 'execution.$': '$$.Execution' }, Next: 'Advance' },
      // Never retried: a crashed step may have populated, which only a step that knows of the crash can look for.
      Advance: {
        Type: 'Task',
        Resource: populationFunctionArn,
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.crash', Next: 'Recover' }],
        Next: 'Decide',
      },
      // Calls nothing but the function itself, so it may be retried.
      Recover: {
        Type: 'Task',
        Resource: populationFunctionArn,
        Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 4, BackoffRate: 2 }],
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.crash', Next: 'Broken' }],
        Next: 'Decide',
      },
      Decide: {
        Type: 'Choice',
        Choices: [
          { Variable: '$.next', StringEquals: 'WAIT', Next: 'Wait' },
          { Variable: '$.next', StringEquals: 'REPORT', Next: 'Report' },
          { Variable: '$.next', StringEquals: 'SUCCEED', Next: 'Succeeded' },
        ],
        Default: 'Failed',
      },
      Wait: { Type: 'Wait', SecondsPath: '$.wait', Next: 'Advance' },
      Broken: {
        Type: 'Pass',
        Result: { error: 'PopulationFunctionFailed', cause: 'The population function cannot run; its log group tells why.' },
        ResultPath: '$.failure',
        Next: 'Report',
      },
      Report: {
        Type: 'Task',
        Resource: deploymentFunctionArn,
        ResultPath: '$.reported',
        Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 5, BackoffRate: 2 }],
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.crash', Next: 'Unreported' }],
        Next: 'Ended',
      },
      Ended: { Type: 'Choice', Choices: [{ Variable: '$.failure', IsPresent: true, Next: 'Failed' }], Default: 'Succeeded' },
      Succeeded: { Type: 'Succeed', OutputPath: '$.output' },
      Failed: { Type: 'Fail', ErrorPath: '$.failure.error', CausePath: '$.failure.cause' },
      Unreported: { Type: 'Fail', Error: 'Unreported', Cause: 'CloudFormation could not be told how the population ended.' },
    },
  };
}
