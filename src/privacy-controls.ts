/**
 * What a query may aggregate, in aggregate functions and in window functions.
 *
 * @see https://docs.aws.amazon.com/clean-rooms/latest/userguide/custom-min-agg-thresholds.html
 */
export enum AggregateExpressionType {
  /** Columns as they are, such as `SUM(amount)`, and constants. */
  COLUMNS_ONLY = 'COLUMNS_ONLY',

  /** Any expression, such as `SUM(price * quantity)`. */
  ANY_EXPRESSION = 'ANY_EXPRESSION',
}

/**
 * How many different people, or whatever else has an identity, each row of a result has to stand for. Rows of fewer are left out.
 *
 * @see https://docs.aws.amazon.com/clean-rooms/latest/userguide/custom-min-agg-thresholds.html
 */
export interface AggregationThreshold {
  /**
   * The column whose distinct values are counted, such as `user_id`: of the type string, varchar or char. Clean Rooms takes just one so far.
   */
  readonly identityColumns: string[];

  /**
   * How many distinct values of it each row has to stand for: 2 to 100,000.
   */
  readonly minimumIdentityCount: number;

  /**
   * Other numbers for columns of the result, by the column's name: 2 to 100,000, or 0 for a column that may show any row.
   *
   * @default - `minimumIdentityCount` for each column
   */
  readonly outputColumnThresholds?: { [column: string]: number };

  /**
   * What a query may aggregate.
   *
   * @default AggregateExpressionType.COLUMNS_ONLY
   */
  readonly allowedAggregateExpressionType?: AggregateExpressionType;
}

/**
 * Which columns of a table a query may compare. A query that compares others is refused.
 *
 * @see https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_ComparisonControls.html
 */
export interface ComparisonControls {
  /**
   * The columns that may be compared with literal values, as in a WHERE clause. The identity column of `aggregationThresholds` cannot be one.
   *
   * @default - none
   */
  readonly allowedLiteralComparisonColumns?: string[];

  /**
   * The columns that may be compared with other columns, as in a join, a WHERE or GROUP BY clause, or a window function.
   *
   * @default - none
   */
  readonly allowedColumnComparisonColumns?: string[];
}
