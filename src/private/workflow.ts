import { EVENT_SOURCE, POPULATED, POPULATION_FAILED } from '../handlers/shared-names';

/** What a state machine does besides populating. */
export interface WorkflowOptions {
  readonly population: object;
  readonly populationFunctionArn: string;
  readonly deploymentFunctionArn: string;
  readonly timeoutSeconds: number;
  readonly partition: string;
  /** The SSM parameter that gets the version's id. */
  readonly versionParameterName?: string;
  /** What events say of the population; without it there are none. */
  readonly announceAs?: { readonly [key: string]: string };
}

type States = Record<string, object>;

/** A failure of these steps must not make a population fail that has ended well. */
const IGNORED = (next: string) => [{ ErrorEquals: ['States.ALL'], ResultPath: '$.ignored', Next: next }];
const RETRIED = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 4, BackoffRate: 2 }];

/**
 * The state machine of a population: it loops, waits, outlives crashes and reports. All decisions are the population function's,
 * whose answer is the machine's state: see `src/handlers/population/advance.ts`.
 */
export function workflow(options: WorkflowOptions): object {
  const { population, populationFunctionArn, timeoutSeconds, versionParameterName, announceAs } = options;
  const reported = announceAs ? 'IsPopulated' : 'Ended';
  const ended = versionParameterName ? 'HasVersion' : 'ToReport';
  return {
    Comment: 'Populates a Clean Rooms intermediate table once, and ends when its new version can be queried.',
    TimeoutSeconds: timeoutSeconds,
    StartAt: 'Begin',
    States: {
      // Of the context no more than the id: interpreters of the language differ in what else they have.
      Begin: { Type: 'Pass', Parameters: { execution: { 'Id.$': '$$.Execution.Id', 'Input.$': '$' } }, Next: 'Define' },
      // A literal result, so that no key of the user's is taken for a path.
      Define: { Type: 'Pass', Result: population, ResultPath: '$.population', Next: 'Advance' },
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
        Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 6, BackoffRate: 2, MaxDelaySeconds: 60 }],
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.crash', Next: 'Broken' }],
        Next: 'Decide',
      },
      Decide: { Type: 'Choice', Choices: [{ Variable: '$.next', StringEquals: 'WAIT', Next: 'Wait' }], Default: ended },
      Wait: { Type: 'Wait', SecondsPath: '$.wait', Next: 'Advance' },
      ...(versionParameterName ? keepVersion(options, versionParameterName) : {}),
      ToReport: { Type: 'Choice', Choices: [{ Variable: '$.next', StringEquals: 'REPORT', Next: 'Report' }], Default: reported },
      ...report(options, reported),
      ...(announceAs ? announce(options, announceAs) : {}),
      Ended: { Type: 'Choice', Choices: [{ Variable: '$.failure', IsPresent: true, Next: 'Failed' }], Default: 'Succeeded' },
      Succeeded: { Type: 'Succeed', OutputPath: '$.output' },
      Failed: { Type: 'Fail', ErrorPath: '$.failure.error', CausePath: '$.failure.cause' },
    },
  };
}

function report({ deploymentFunctionArn }: WorkflowOptions, next: string): States {
  return {
    Broken: {
      Type: 'Pass',
      Result: { error: 'PopulationFunctionFailed', cause: 'The population function cannot run; its log group tells why.', analysisId: '' },
      ResultPath: '$.failure',
      Next: 'Report',
    },
    // Does nothing where no deployment waits.
    Report: {
      Type: 'Task',
      Resource: deploymentFunctionArn,
      ResultPath: '$.reported',
      Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 20, BackoffRate: 2, MaxDelaySeconds: 60 }],
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.crash', Next: 'Unreported' }],
      Next: next,
    },
    Unreported: { Type: 'Fail', Error: 'Unreported', Cause: 'CloudFormation could not be told how the population ended.' },
  };
}

/** Before the report, so that a deploy that has ended can rely on the parameter. */
function keepVersion({ partition }: WorkflowOptions, Name: string): States {
  return {
    HasVersion: {
      Type: 'Choice',
      Choices: [{
        And: [{ Variable: '$.output.versionId', IsPresent: true }, { Not: { Variable: '$.output.versionId', StringEquals: '' } }], Next: 'KeepVersion',
      }],
      Default: 'ToReport',
    },
    KeepVersion: {
      Type: 'Task',
      Resource: `arn:${partition}:states:::aws-sdk:ssm:putParameter`,
      Parameters: { Name, 'Value.$': '$.output.versionId', 'Type': 'String', 'Overwrite': true },
      ResultPath: '$.kept',
      Retry: RETRIED,
      Catch: IGNORED('ToReport'),
      Next: 'ToReport',
    },
  };
}

function announce({ partition }: WorkflowOptions, population: object): States {
  const putEvent = (DetailType: string, detail: Record<string, string>) => ({
    Type: 'Task',
    Resource: `arn:${partition}:states:::events:putEvents`,
    Parameters: { Entries: [{ Source: EVENT_SOURCE, DetailType, Detail: { ...population, ...detail, 'execution.$': '$$.Execution.Id' } }] },
    ResultPath: '$.announced',
    Retry: RETRIED,
    Catch: IGNORED('Ended'),
    Next: 'Ended',
  });
  const fields = (path: string, names: string[]) => Object.fromEntries(names.map((name) => [`${name}.$`, `${path}.${name}`]));
  return {
    IsPopulated: {
      Type: 'Choice',
      Choices: [
        { Variable: '$.failure', IsPresent: true, Next: 'AnnounceFailed' },
        { Variable: '$.output.status', StringEquals: 'POPULATED', Next: 'AnnouncePopulated' },
      ],
      Default: 'Ended',
    },
    AnnouncePopulated: putEvent(POPULATED,
      fields('$.output', ['versionId', 'analysisId', 'analysisType', 'populatedAt', 'durationMillis', 'billedCrpuHours'])),
    AnnounceFailed: putEvent(POPULATION_FAILED, fields('$.failure', ['error', 'cause', 'analysisId'])),
  };
}
