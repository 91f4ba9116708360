import { existsSync, readFileSync, statSync } from 'fs';
import { resolve } from 'path';
import { IAnalysisTemplateRef } from 'aws-cdk-lib/aws-cleanrooms';
import { IConstruct } from 'constructs';
import { requireSql, requireTemplateArn } from './private/intermediate-table/query-validation';
import { arnOfTemplate } from './private/intermediate-table/references';
import { StoredQueryConfiguration } from './private/intermediate-table/stored-query-configuration';
import { known, problem } from './private/problem';
import { requireText } from './private/texts';

/**
 * The query that an intermediate table is populated with.
 *
 * @see https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_PopulationAnalysisSqlParameters.html
 */
export class StoredQuery {
  /**
   * A query in SQL, of up to 500,000 characters. Other tables' `tableName` may stand in it.
   */
  public static fromSql(sql: string): StoredQuery {
    return new StoredQuery((scope) => {
      requireSql(scope, 'query', sql);
      return { queryString: sql };
    });
  }

  /**
   * A query in SQL from a file in UTF-8. How its lines end, and space around the query, do not count as a change.
   *
   * @param path relative to the directory that the app runs in
   */
  public static fromFile(path: string): StoredQuery {
    return new StoredQuery((scope) => {
      requireText(scope.node.path, 'the path of query', path ?? null, 1_000, 1);
      if (!existsSync(path) || !statSync(path).isFile()) {
        problem(scope.node.path, 'the path of query', path, `There is no file ${resolve(path)}. Give a path relative to the directory that the app runs in.`);
      }
      // Git may have changed how lines end, and a table that is replaced is populated again.
      const queryString = readFileSync(path, 'utf8').replace(/\r\n/g, '\n').trim();
      requireSql(scope, `query, read from ${path},`, queryString);
      return { queryString };
    });
  }

  /**
   * The query of an analysis template of the table's own membership. Its parameters are the population's `parameters`.
   */
  public static fromAnalysisTemplate(template: IAnalysisTemplateRef): StoredQuery {
    return new StoredQuery((scope) => {
      if (!template?.analysisTemplateRef) {
        problem(scope.node.path, 'the template of query', template ?? null, 'Give a CfnAnalysisTemplate, or use StoredQuery.fromAnalysisTemplateArn().');
      }
      return { analysisTemplateArn: arnOfTemplate(template), template };
    });
  }

  /**
   * The query of an analysis template of another app, or of another member of the collaboration.
   *
   * @param arn `arn:aws:cleanrooms:REGION:ACCOUNT:membership/MEMBERSHIP/analysistemplate/TEMPLATE`
   */
  public static fromAnalysisTemplateArn(arn: string): StoredQuery {
    return new StoredQuery((scope) => {
      if (known(arn)) {
        requireTemplateArn(scope, arn);
      }
      return { analysisTemplateArn: arn };
    });
  }

  private constructor(private readonly bindTo: (scope: IConstruct) => StoredQueryConfiguration) {}

  /** @internal */
  public _bind(scope: IConstruct): StoredQueryConfiguration {
    return this.bindTo(scope);
  }
}
