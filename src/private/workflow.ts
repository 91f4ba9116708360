import { EVENT_SOURCE, POPULATED, POPULATION_FAILED } from '../contract/names';
import { STATE_MACHINE_TIMEOUT_SECONDS } from '../contract/time';
import { NOT_INVOKED, type Ended, type Next, type PopulationKey } from '../contract/workflow';

/** All that differs from one population's state machine to another's; the functions are the stack's. */
export interface WorkflowOptions {
  readonly key: PopulationKey;
  readonly populationFunctionArn: string;
  readonly deploymentFunctionArn: string;
  readonly partition: string;
  /** The SSM parameter that gets the version's id. */
  readonly versionParameterName?: string;
  /** What events call the population; without it there are none. */
  readonly announceAs?: string;
}

type States = Record<string, object>;

const ANY = ['States.ALL'];

/**
 * The state machine of a population: it loops, waits, outlives crashes and reports. All decisions are the population function's,
 * whose answer is the machine's state: see `src/contract/workflow.ts`.
 */
export function workflow(options: WorkflowOptions): object {
  return {
    Comment: 'Populates a Clean Rooms intermediate table once, and ends when its new version can be queried.',
    TimeoutSeconds: STATE_MACHINE_TIMEOUT_SECONDS,
    StartAt: 'Begin',
    States: { ...begin(options), ...advance(options), ...outlive(), ...end(options) },
  };
}

function begin({ key }: WorkflowOptions): States {
  return {
    Begin: {
      Type: 'Pass',
      Parameters: {
        execution: { 'Id.$': '$$.Execution.Id', 'StartTime.$': '$$.Execution.StartTime', 'Input.$': '$' },
        population: key,
        crashes: { wait: NO_CRASH },
      },
      Next: 'Advance',
    },
  };
}

function advance(options: WorkflowOptions): States {
  const { versionParameterName } = options;
  const ends = [{ Variable: '$.next', StringEquals: 'WAIT', Next: 'Wait' }];
  return {
    // Never retried: only a state that is entered anew has the time, and knows of the crash, after which a populate may have been sent.
    Advance: {
      Type: 'Task',
      Resource: options.populationFunctionArn,
      Parameters: { 'state.$': '$', 'now.$': '$$.State.EnteredTime' },
      Catch: [
        { ErrorEquals: NOT_INVOKED, ResultPath: '$.crash', Next: 'Uninvoked' },
        { ErrorEquals: ANY, ResultPath: '$.crash', Next: 'Crashed' },
      ],
      Next: 'Decide',
    },
    Decide: {
      Type: 'Choice',
      Choices: versionParameterName ? [...ends, { Variable: '$.next', StringEquals: 'KEEP_VERSION', Next: 'KeepVersion' }] : ends,
      Default: 'ToReport',
    },
    Wait: { Type: 'Wait', SecondsPath: '$.wait', Next: 'Advance' },
    ...(versionParameterName ? keepVersion(options, versionParameterName) : {}),
  };
}

/** The function makes a failed run of a write that was refused, and gives the lease back only afterwards. */
function keepVersion({ partition }: WorkflowOptions, Name: string): States {
  return {
    KeepVersion: {
      Type: 'Task',
      Resource: `arn:${partition}:states:::aws-sdk:ssm:putParameter`,
      Parameters: { Name, 'Value.$': '$.ended.output.versionId', 'Type': 'String', 'Overwrite': true },
      ResultPath: '$.kept',
      Retry: RETRIED,
      Catch: [{ ErrorEquals: ANY, ResultPath: '$.unkept', Next: 'Advance' }],
      Next: 'Advance',
    },
  };
}

const RETRIED = [{ ErrorEquals: ANY, IntervalSeconds: 2, MaxAttempts: 4, BackoffRate: 2 }];

/** Seconds to wait after a crash: each time more, until the function is taken for broken. */
const NO_CRASH = -3;
const CRASH_STEP = 8;
const LONGEST_CRASH_WAIT = 61;
/** Whoever throttles a function does so for a while; that it has not run is certain, so there is no reason to give up. */
const UNINVOKED_WAIT = 10;

/** The machine's own part where the function does not answer. A deployment gives up in time for CloudFormation. */
function outlive(): States {
  const answerBy = '$.execution.Input.deployment.answerBy';
  const late = {
    And: [{ Variable: answerBy, IsPresent: true }, { Variable: '$.crashes.at', TimestampGreaterThanPath: answerBy }],
  };
  const counted = (wait: string, Next: string) => (
    { Type: 'Pass', Parameters: { 'wait.$': wait, 'at.$': '$$.State.EnteredTime' }, ResultPath: '$.crashes', Next });
  return {
    Crashed: counted(`States.MathAdd($.crashes.wait, ${CRASH_STEP})`, 'TooOften'),
    TooOften: {
      Type: 'Choice',
      Choices: [{ Variable: '$.crashes.wait', NumericGreaterThan: LONGEST_CRASH_WAIT, Next: 'Broken' }, { ...late, Next: 'Broken' }],
      Default: 'Again',
    },
    Again: { Type: 'Wait', SecondsPath: '$.crashes.wait', Next: 'Advance' },
    Uninvoked: counted('$.crashes.wait', 'TooLate'),
    TooLate: { Type: 'Choice', Choices: [{ ...late, Next: 'Broken' }], Default: 'UntilInvoked' },
    UntilInvoked: { Type: 'Wait', Seconds: UNINVOKED_WAIT, Next: 'Advance' },
    Broken: { Type: 'Pass', Result: BROKEN, ResultPath: '$.ended', Next: 'GiveUp' },
    GiveUp: { Type: 'Pass', Result: END, ResultPath: '$.next', Next: 'ToReport' },
  };
}

const END: Next = 'END';

const BROKEN: Ended = {
  failure: {
    error: 'PopulationFunctionFailed',
    cause: 'The population function cannot run; its log group tells why. A population that it had started may still be running.',
    analysisId: '',
    retryable: null,
  },
};

function end(options: WorkflowOptions): States {
  const { deploymentFunctionArn, announceAs } = options;
  const reported = announceAs ? 'ToAnnounce' : 'Ended';
  return {
    ToReport: {
      Type: 'Choice', Choices: [{ Variable: '$.execution.Input.deployment', IsPresent: true, Next: 'Report' }], Default: reported,
    },
    // For about an hour: as long as CloudFormation waits.
    Report: {
      Type: 'Task',
      Resource: deploymentFunctionArn,
      Parameters: { 'execution.$': '$.execution.Id', 'ended.$': '$.ended' },
      ResultPath: '$.reported',
      Retry: [{ ErrorEquals: ANY, IntervalSeconds: 5, MaxAttempts: 60, BackoffRate: 2, MaxDelaySeconds: 60 }],
      Catch: [{ ErrorEquals: ANY, ResultPath: '$.crash', Next: 'Unreported' }],
      Next: 'Reported',
    },
    Reported: { Type: 'Choice', Choices: [{ Variable: '$.next', StringEquals: 'REPORT', Next: 'Advance' }], Default: reported },
    Unreported: { Type: 'Fail', Error: 'Unreported', Cause: 'CloudFormation could not be told how the population ended.' },
    ...(announceAs ? announce(options, announceAs) : {}),
    Ended: { Type: 'Choice', Choices: [{ Variable: '$.ended.failure', IsPresent: true, Next: 'Failed' }], Default: 'Succeeded' },
    Succeeded: { Type: 'Succeed', OutputPath: '$.ended.output' },
    Failed: { Type: 'Fail', ErrorPath: '$.ended.failure.error', CausePath: '$.ended.failure.cause' },
  };
}

function announce({ partition }: WorkflowOptions, population: string): States {
  const putEvent = (DetailType: string, path: string, names: string[]) => ({
    Type: 'Task',
    Resource: `arn:${partition}:states:::events:putEvents`,
    Parameters: {
      Entries: [{
        Source: EVENT_SOURCE,
        DetailType,
        Detail: {
          'membershipIdentifier.$': '$.population.membershipIdentifier',
          'intermediateTableIdentifier.$': '$.population.intermediateTableIdentifier',
          population,
          'execution.$': '$$.Execution.Id',
          ...Object.fromEntries(names.map((name) => [`${name}.$`, `${path}.${name}`])),
        },
      }],
    },
    ResultPath: '$.announced',
    Retry: RETRIED,
    // A population that has ended well must not fail of this.
    Catch: [{ ErrorEquals: ANY, ResultPath: '$.ignored', Next: 'Ended' }],
    Next: 'Ended',
  });
  return {
    ToAnnounce: {
      Type: 'Choice',
      Choices: [
        { Variable: '$.ended.failure', IsPresent: true, Next: 'AnnounceFailed' },
        { Variable: '$.ended.output.status', StringEquals: 'POPULATED', Next: 'AnnouncePopulated' },
      ],
      Default: 'Ended',
    },
    AnnouncePopulated: putEvent(POPULATED, '$.ended.output',
      ['versionId', 'analysisId', 'analysisType', 'populatedAt', 'durationMillis', 'billedCrpuHours']),
    AnnounceFailed: putEvent(POPULATION_FAILED, '$.ended.failure', ['error', 'cause', 'analysisId', 'retryable']),
  };
}
