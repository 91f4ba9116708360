/**
 * The properties of the two custom resources. What users give stands in them as it is; maps of theirs are lists, since CloudFormation takes
 * a key such as `Ref` for its own. CloudFormation hands over every scalar as text: `src/handlers/deployment/properties.ts` reads them back.
 */

export type DeployMode =
  | 'ON_CHANGE'
  | 'ALWAYS'
  | 'IF_UNPOPULATED'
  | 'NEVER';

export interface NameValue {
  readonly Name: string;
  readonly Value: string;
}

/** Of the resource that starts a population. */
export interface PopulationProperties {
  readonly StateMachineArn: string;
  readonly MembershipIdentifier: string;
  readonly IntermediateTableIdentifier: string;
  readonly Parameters?: readonly NameValue[];
  readonly Compute?: ComputeProperties;
  readonly AnalysisPayerAccountId?: string;
  readonly KmsKey?: string;
  readonly Triggers?: readonly string[];
  readonly TimeoutSeconds: number | string;
  readonly CancelOnTimeout: boolean | string;
  readonly MaxBilledCrpuHoursPerDay?: number | string;
  readonly Schedules?: readonly ScheduleProperties[];
  readonly Upstream?: readonly UpstreamProperties[];
  readonly PopulateOnDeploy: DeployMode;
  /** With `ALWAYS`: another text in each synthesis, so that every deploy is an update. */
  readonly Synthesis?: string;
  /** The versions of the stack's own upstream tables: a new one there is an update here. */
  readonly UpstreamVersions?: readonly string[];
  /** A hash of the SSM parameter's own properties: CloudFormation writes the template's value when one of them changes. */
  readonly VersionParameter?: string;
  /** Where a wait condition listens, where CloudFormation may have to wait for more than an hour. */
  readonly WaitHandle?: string;
}

export interface ComputeProperties {
  readonly WorkerType?: string;
  readonly Workers?: number | string;
  readonly SparkProperties?: readonly NameValue[];
}

export interface ScheduleProperties {
  readonly Name: string;
  readonly Parameters?: readonly NameValue[];
}

export interface UpstreamProperties {
  /** The logical id of its custom resource. */
  readonly Population: string;
  /** The name of its stack's record, where that is another stack. */
  readonly RecordTable?: string;
  /** The name of its table, where that is known before it is deployed. */
  readonly TableName?: string;
}

/** Of the resource that reads what a wait condition has waited for. */
export interface ResultProperties {
  /** The execution, as the other resource's attribute names it. */
  readonly Execution: string;
  /** The other resource's attributes as JSON, where it has waited itself; otherwise empty. */
  readonly Result?: string;
  /** The wait condition's data. Of an earlier run, where this one had no wait condition of its own. */
  readonly Signal?: string;
}

/** The attributes of the first resource that the second one reads. */
export const EXECUTION_ATTRIBUTE = 'Execution';
export const RESULT_ATTRIBUTE = 'Result';

/** What all parameters together may have in bytes: the record holds them, and an item of DynamoDB has at most 400 kB. */
export const MAX_PARAMETERS_BYTES = 64 * 1_024;

/** Returns how many bytes all parameters have, those of schedules included, as JSON of the lists that they travel in. */
export const parametersBytes = ({ Parameters, Schedules = [] }: Pick<PopulationProperties, 'Parameters' | 'Schedules'>): number =>
  [Parameters, ...Schedules.map((schedule) => schedule.Parameters)]
    .reduce((sum, list) => sum + (list ? Buffer.byteLength(JSON.stringify(list), 'utf8') : 0), 0);
