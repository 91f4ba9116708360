import { IConstruct } from 'constructs';
import { isAnyJob } from './analysis-rules';
import { requireColumns } from './columns';
import { IntermediateTableProps } from '../../intermediate-table-props';
import { AggregateExpressionType, AggregationThreshold, ComparisonControls } from '../../privacy-controls';
import { known, problem } from '../problem';

/**
 * What the service would refuse of thresholds and comparisons: tokens pass. The limits are those of
 * https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_AggregationThreshold.html and
 * https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_ComparisonControls.html
 */

const MOST_IDENTITIES = 100_000;

export function validatePrivacyControls(scope: IConstruct, props: IntermediateTableProps): void {
  const { aggregationThresholds: thresholds, comparisonControls: controls } = props;
  if (thresholds) {
    requireQueries(scope, 'aggregationThresholds', props);
    if (thresholds.length !== 1) {
      problem(scope.node.path, 'aggregationThresholds', thresholds, 'Give one threshold, or leave it out.');
    }
    requireThreshold(scope, thresholds[0]);
  }
  if (controls) {
    requireQueries(scope, 'comparisonControls', props);
    requireComparisons(scope, controls, thresholds?.[0].identityColumns);
  }
}

/** Clean Rooms has these controls neither for jobs nor beside differential privacy. */
function requireQueries(scope: IConstruct, prop: string, { allowedAnalyses, differentialPrivacyColumns }: IntermediateTableProps): void {
  if (differentialPrivacyColumns) {
    problem(scope.node.path, 'differentialPrivacyColumns', differentialPrivacyColumns, `Use either that or ${prop}.`);
  }
  if (allowedAnalyses?.length && allowedAnalyses.every(isAnyJob)) {
    problem(scope.node.path, 'allowedAnalyses', allowedAnalyses.map(String), `Give a query, too, such as AllowedAnalysis.ANY_QUERY: jobs have no ${prop}.`);
  }
}

function requireThreshold(scope: IConstruct, threshold: AggregationThreshold): void {
  const { identityColumns, minimumIdentityCount, outputColumnThresholds = {}, allowedAggregateExpressionType: type } = threshold;
  if (known(identityColumns) && identityColumns?.length !== 1) {
    problem(scope.node.path, 'identityColumns of aggregationThresholds', identityColumns ?? null, 'Give one column.');
  }
  requireColumns(scope, 'identityColumns of aggregationThresholds', identityColumns);
  requireIdentities(scope, 'minimumIdentityCount of aggregationThresholds', minimumIdentityCount, 'a whole number from 2 to 100,000.');
  requireColumns(scope, 'outputColumnThresholds of aggregationThresholds', Object.keys(outputColumnThresholds));
  for (const [column, count] of Object.entries(outputColumnThresholds)) {
    if (count !== 0) {
      requireIdentities(scope, `outputColumnThresholds of aggregationThresholds, for ${column},`, count, '0, or a whole number from 2 to 100,000.');
    }
  }
  if (type !== undefined && !Object.values(AggregateExpressionType).includes(type)) {
    problem(scope.node.path, 'allowedAggregateExpressionType of aggregationThresholds', type,
      `Use AggregateExpressionType.${Object.values(AggregateExpressionType).join(', ')}.`);
  }
}

function requireIdentities(scope: IConstruct, prop: string, count: number, what: string): void {
  if (known(count) && !(Number.isInteger(count) && count >= 2 && count <= MOST_IDENTITIES)) {
    problem(scope.node.path, prop, count, `Give ${what}`);
  }
}

function requireComparisons(scope: IConstruct, controls: ComparisonControls, identityColumns: string[] = []): void {
  const { allowedLiteralComparisonColumns: literals = [], allowedColumnComparisonColumns: columns = [] } = controls;
  requireColumns(scope, 'allowedLiteralComparisonColumns of comparisonControls', literals);
  requireColumns(scope, 'allowedColumnComparisonColumns of comparisonControls', columns);
  const identity = literals.find((column) => known(column) && identityColumns.includes(column));
  if (identity !== undefined) {
    problem(scope.node.path, 'an item of allowedLiteralComparisonColumns of comparisonControls', identity,
      'Give columns that do not identify anybody: this one is in identityColumns of aggregationThresholds.');
  }
}
