import { Stack } from 'aws-cdk-lib';
import { CfnIntermediateTable } from 'aws-cdk-lib/aws-cleanrooms';
import { IConstruct } from 'constructs';
import { AllowedAnalysis } from '../../allowed-analysis';
import { IntermediateTableProps } from '../../intermediate-table-props';
import { weak } from '../references';

/** Whether it is the analysis providers that say whose analyses are allowed. */
export const isAny = ({ value }: AllowedAnalysis): boolean => value === AllowedAnalysis.ANY_QUERY.value || value === AllowedAnalysis.ANY_JOB.value;

type Rule = CfnIntermediateTable.IntermediateTableAnalysisRuleProperty;

export function analysisRulesOf(scope: IConstruct, props: IntermediateTableProps): Rule[] | undefined {
  const { allowedAnalyses, differentialPrivacyColumns: columns } = props;
  if (!allowedAnalyses) {
    return undefined;
  }
  // Needed with any query: https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_AnalysisRuleCustom.html
  const defaultProviders = allowedAnalyses.some(isAny) ? [Stack.of(scope).account] : undefined;
  const custom: CfnIntermediateTable.IntermediateTableAnalysisRuleCustomProperty = {
    allowedAnalyses: allowedAnalyses.map(({ value }) => weak(scope, value)),
    allowedAnalysisProviders: props.allowedAnalysisProviders ?? defaultProviders,
    allowedResultReceivers: props.allowedResultReceivers,
    additionalAnalyses: props.additionalAnalyses,
    disallowedOutputColumns: props.disallowedOutputColumns,
    differentialPrivacy: columns && { columns: columns.map((name) => ({ name })) },
  };
  return [{ type: 'CUSTOM', policy: { v1: { custom } } }];
}
