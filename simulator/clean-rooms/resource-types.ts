export type Parameters = Record<string, string>;

export interface Resource {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
}

export type Collaboration = Resource;
export type ConfiguredTable = Resource;

export interface Membership extends Resource {
  readonly collaboration: Collaboration;
}

export interface Association extends Resource {
  readonly membership: Membership;
  readonly configuredTable: ConfiguredTable;
  /** How many more analyses may read it; without one, any number. */
  accessBudget?: number;
}

export interface AnalysisTemplate extends Resource {
  readonly membership: Membership;
  readonly queryString: string;
  readonly defaults: Parameters;
}

export interface SqlParameters {
  readonly queryString?: string;
  readonly analysisTemplateArn?: string;
}

export interface JobParameters {
  readonly analysisTemplateArn: string;
}

/** What populates a table: a SQL query, or a PySpark job. */
export type AnalysisType = 'QUERY' | 'JOB';

export interface Column {
  readonly name: string;
  readonly type: string;
}

export type ImposedStatus = 'DISALLOWED_BY_DATA_PROVIDER' | 'BASE_TABLE_REMOVED' | 'RETENTION_PERIOD_EXPIRED';

export interface IntermediateTable extends Resource {
  readonly membership: Membership;
  readonly createdAt: number;
  readonly populationAnalysisConfiguration: { readonly sqlParameters?: SqlParameters; readonly jobParameters?: JobParameters };
  readonly retentionInDays: number;
  readonly defaults: Parameters;
  updatedAt: number;
  description?: string;
  kmsKeyArn?: string;
  columns?: Column[];
  analysisRuleTypes: string[];
  /** A status that comes from outside, such as from another company. */
  imposed?: { readonly status: ImposedStatus; readonly reason?: string };
}

export function analysisTypeOf({ populationAnalysisConfiguration }: Pick<IntermediateTable, 'populationAnalysisConfiguration'>): AnalysisType {
  return populationAnalysisConfiguration.jobParameters ? 'JOB' : 'QUERY';
}
