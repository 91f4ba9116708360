/** The properties of the two custom resources. CloudFormation turns every scalar into text, so what has numbers is one JSON text. */

export type DeployMode = 'ON_CHANGE' | 'ALWAYS' | 'IF_UNPOPULATED' | 'NEVER';

/** Of the resource that starts a population. */
export interface PopulationProperties {
  readonly StateMachineArn: string;
  /** A `Definition`, as JSON. */
  readonly Definition: string;
  readonly PopulateOnDeploy: DeployMode;
  /** With `ALWAYS`: another text in each synthesis, so that every deploy is an update. */
  readonly Deploy?: string;
  /** The versions of the stack's own upstream tables: a new one there is an update here. */
  readonly UpstreamVersions?: readonly string[];
  /** A hash of the SSM parameter's own properties: CloudFormation writes the template's value when one of them changes. */
  readonly VersionParameter?: string;
  /** Where a wait condition listens, where CloudFormation may have to wait for more than an hour. */
  readonly WaitHandle?: string;
}

/** Of the resource that reads what a wait condition has waited for. */
export interface ResultProperties {
  /** The execution, as the other resource's attribute names it. */
  readonly Execution: string;
  /** The wait condition's data. Of an earlier run, where this one had no wait condition of its own. */
  readonly Signal?: string;
}

/** The attribute of the first resource that the second one reads. */
export const EXECUTION_ATTRIBUTE = 'Execution';
