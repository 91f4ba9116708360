import { IAnalysisTemplateRef } from 'aws-cdk-lib/aws-cleanrooms';

/** What a stored query is for one table: SQL or a template, never both. */
export interface StoredQueryConfiguration {
  readonly queryString?: string;
  readonly analysisTemplateArn?: string;
  readonly template?: IAnalysisTemplateRef;
}
