import { Tokenization } from 'aws-cdk-lib';
import { CfnAnalysisTemplate } from 'aws-cdk-lib/aws-cleanrooms';
import { AllowedAnalysis } from '../../allowed-analysis';
import { referenceOf } from '../tokens-in';

/** What may be run on a table, as far as is known: SQL queries, PySpark jobs. */
export type AnalysisKind =
  | 'Query'
  | 'Job';

/** Returns which kinds a table's rule allows; queries where it allows nothing yet. */
export function kindsOf(analyses: readonly AllowedAnalysis[] = []): AnalysisKind[] {
  const kinds = new Set(analyses.flatMap(kindsOfAnalysis));
  return kinds.size ? [...kinds].sort().reverse() : ['Query'];
}

function kindsOfAnalysis(analysis: AllowedAnalysis): AnalysisKind[] {
  if (analysis === AllowedAnalysis.ANY_QUERY || analysis === AllowedAnalysis.ANY_JOB) {
    return analysis === AllowedAnalysis.ANY_QUERY ? ['Query'] : ['Job'];
  }
  const template = referenceOf(Tokenization.reverseString(analysis.value).firstToken)?.target;
  // The ARN of a template that is not of this app may be of either kind.
  return CfnAnalysisTemplate.isCfnAnalysisTemplate(template) ? [template.format === 'SQL' ? 'Query' : 'Job'] : ['Query', 'Job'];
}
