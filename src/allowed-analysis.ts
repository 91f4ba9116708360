import { IAnalysisTemplateRef } from 'aws-cdk-lib/aws-cleanrooms';
import { arnOfTemplate } from './private/intermediate-table/references';
import { known } from './private/problem';

/**
 * What may be run on an intermediate table.
 *
 * @see https://docs.aws.amazon.com/clean-rooms/latest/userguide/intermediate-table-analysis-rule.html
 */
export class AllowedAnalysis {
  /** Any SQL query, of the accounts that `allowedAnalysisProviders` names. */
  public static readonly ANY_QUERY = new AllowedAnalysis('ANY_QUERY');

  /** Any PySpark job, of the accounts that `allowedAnalysisProviders` names. */
  public static readonly ANY_JOB = new AllowedAnalysis('ANY_JOB');

  /**
   * What an analysis template says, and nothing else.
   */
  public static fromAnalysisTemplate(template: IAnalysisTemplateRef): AllowedAnalysis {
    if (!template?.analysisTemplateRef) {
      throw new Error(`AllowedAnalysis.fromAnalysisTemplate: the template is ${JSON.stringify(template)}. `
        + 'Give a CfnAnalysisTemplate, or use AllowedAnalysis.of() with its ARN.');
    }
    return new AllowedAnalysis(arnOfTemplate(template));
  }

  /**
   * An analysis that this class does not name, such as an analysis template of another member of the collaboration.
   *
   * @param value as the Clean Rooms API has it: an ARN of up to 200 characters
   * @throws if the value is empty, or too long
   */
  public static of(value: string): AllowedAnalysis {
    if (known(value) && (typeof value !== 'string' || value.trim() === '' || value.length > 200)) {
      throw new Error(`AllowedAnalysis.of: the value is ${JSON.stringify(value)}. Give the ARN of an analysis template, of up to 200 characters.`);
    }
    return new AllowedAnalysis(value);
  }

  /** The analysis in the Clean Rooms API. */
  public readonly value: string;

  private constructor(value: string) {
    this.value = value;
  }

  /** The analysis in the Clean Rooms API. */
  public toString(): string {
    return this.value;
  }
}

/**
 * Whether further analyses, such as those of Clean Rooms ML, may build on what is queried from a table.
 */
export enum AdditionalAnalyses {
  /** They may. */
  ALLOWED = 'ALLOWED',

  /** What is queried may go to further analyses only, and nowhere else. */
  REQUIRED = 'REQUIRED',

  /** They may not. */
  NOT_ALLOWED = 'NOT_ALLOWED',
}
