import { CfnResource, Stack } from 'aws-cdk-lib';
import { CfnIntermediateTable } from 'aws-cdk-lib/aws-cleanrooms';
import { IConstruct } from 'constructs';
import { AllowedAnalysis } from '../../allowed-analysis';
import { IntermediateTableProps } from '../../intermediate-table-props';
import { AggregateExpressionType, AggregationThreshold, ComparisonControls } from '../../privacy-controls';
import { finalProperties } from '../final-properties';
import { weak } from '../references';

export const isAnyJob = ({ value }: AllowedAnalysis): boolean => value === AllowedAnalysis.ANY_JOB.value;

/** Says whether it takes analysis providers to know whose analyses are allowed. */
export const isAny = (analysis: AllowedAnalysis): boolean => analysis.value === AllowedAnalysis.ANY_QUERY.value || isAnyJob(analysis);

type Rule = CfnIntermediateTable.IntermediateTableAnalysisRuleProperty;

/** What aws-cdk-lib has since 2.269.0 only. An older one leaves it out of the template without a word. */
interface PrivacyControls {
  readonly aggregationThresholds?: object[];
  readonly comparisonControls?: object;
}

const CONTROLS = { aggregationThresholds: 'AggregationThresholds', comparisonControls: 'ComparisonControls' } as const;

export function analysisRulesOf(scope: IConstruct, props: IntermediateTableProps): Rule[] | undefined {
  const { allowedAnalyses, differentialPrivacyColumns: columns } = props;
  if (!allowedAnalyses) {
    return undefined;
  }
  // Needed with any query: https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_AnalysisRuleCustom.html
  const defaultProviders = allowedAnalyses.some(isAny) ? [Stack.of(scope).account] : undefined;
  const custom: CfnIntermediateTable.IntermediateTableAnalysisRuleCustomProperty & PrivacyControls = {
    allowedAnalyses: allowedAnalyses.map(({ value }) => weak(scope, value)),
    allowedAnalysisProviders: props.allowedAnalysisProviders ?? defaultProviders,
    allowedResultReceivers: props.allowedResultReceivers,
    additionalAnalyses: props.additionalAnalyses,
    disallowedOutputColumns: props.disallowedOutputColumns,
    differentialPrivacy: columns && { columns: columns.map((name) => ({ name })) },
    aggregationThresholds: props.aggregationThresholds?.map(thresholdOf),
    comparisonControls: props.comparisonControls && comparisonsOf(props.comparisonControls),
  };
  return [{ type: 'CUSTOM', policy: { v1: { custom } } }];
}

const thresholdOf = ({ identityColumns, minimumIdentityCount, outputColumnThresholds, allowedAggregateExpressionType }: AggregationThreshold) => ({
  type: 'COUNT_DISTINCT',
  identityColumns,
  minimumIdentityCount,
  outputColumnThresholds: outputColumnThresholds && Object.entries(outputColumnThresholds)
    .map(([outputColumnName, count]) => ({ outputColumnName, minimumIdentityCount: count })),
  allowedAggregateExpressionType: allowedAggregateExpressionType ?? AggregateExpressionType.COLUMNS_ONLY,
});

const comparisonsOf = ({ allowedLiteralComparisonColumns = [], allowedColumnComparisonColumns = [] }: ComparisonControls) =>
  ({ allowedLiteralComparisonColumns, allowedColumnComparisonColumns });

/** Tells of the controls that were given, and that are missing in the rule as the template has it. */
export function lostControls(resource: CfnResource, props: IntermediateTableProps): string[] {
  const [rule] = (finalProperties(resource).AnalysisRules ?? []) as { Policy?: { V1?: { Custom?: object } } }[];
  const custom = rule?.Policy?.V1?.Custom;
  const given = (Object.keys(CONTROLS) as (keyof typeof CONTROLS)[]).filter((prop) => props[prop]);
  return given.filter((prop) => custom && !(CONTROLS[prop] in custom))
    .map((prop) => `${prop} would not get into the template: the aws-cdk-lib that is installed does not know it yet. Use 2.269.0 or newer.`);
}
