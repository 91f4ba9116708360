import { IConstruct } from 'constructs';
import { known, problem } from '../problem';

/** What makes a stored query: https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_PopulationAnalysisSqlParameters.html */

const TEMPLATE_ARN = /^arn:aws[-a-z]*:cleanrooms:[\w]{2}-[\w-]{4,12}-\d:\d{12}:membership\/[\w-]+\/analysistemplate\/[\w-]+$/;
const LONGEST_SQL = 500_000;

/** A text that may be long, as messages have it. */
export const shown = (text: string): string => (text.length > 60 ? `${text.slice(0, 40)}… (${text.length} characters)` : text);

export function requireSql(scope: IConstruct, prop: string, sql: string): void {
  if (!known(sql)) {
    return;
  }
  if (typeof sql !== 'string' || sql.trim() === '') {
    problem(scope.node.path, prop, sql ?? null, 'Give a query in SQL.');
  }
  if (sql.length > LONGEST_SQL) {
    problem(scope.node.path, prop, shown(sql), 'Give at most 500,000 characters.');
  }
}

export function requireTemplateArn(scope: IConstruct, arn: string): void {
  if (typeof arn !== 'string' || arn.length > 200 || !TEMPLATE_ARN.test(arn)) {
    problem(scope.node.path, 'the ARN of query', arn ?? null,
      'Give an ARN of the form arn:aws:cleanrooms:REGION:ACCOUNT:membership/MEMBERSHIP/analysistemplate/TEMPLATE.');
  }
}
