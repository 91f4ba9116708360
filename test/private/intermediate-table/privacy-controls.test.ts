import { CfnParameter, Stack } from 'aws-cdk-lib';
import { version } from 'aws-cdk-lib/package.json';
import { AggregateExpressionType, AllowedAnalysis, IntermediateTable } from '../../../src';
import { analysisRulesOf } from '../../../src/private/intermediate-table/analysis-rules';
import { makeStack, templateOf } from '../../support/stacks';
import { makeIntermediateTable, TableProps } from '../../support/tables';
import { tokenSources } from '../../support/tokens';

const threshold = { identityColumns: ['user_id'], minimumIdentityCount: 100 };
const untyped = (value: unknown) => value as never;
const within = (props: TableProps): IntermediateTable => makeIntermediateTable(makeStack(), 'Audience', props);

/** The first that has them. */
const isThere = Number(version.split('.')[1]) >= 269;

describe('an aggregation threshold and comparison controls', () => {
  test('are as CloudFormation has them', () => {
    const [rule] = analysisRulesOf(makeStack(), {
      allowedAnalyses: [AllowedAnalysis.ANY_QUERY],
      aggregationThresholds: [{
        ...threshold, outputColumnThresholds: { region: 0, age: 500 }, allowedAggregateExpressionType: AggregateExpressionType.ANY_EXPRESSION,
      }],
      comparisonControls: { allowedLiteralComparisonColumns: ['region'], allowedColumnComparisonColumns: ['user_id'] },
    } as never)!;
    expect(rule).toMatchObject({
      policy: {
        v1: {
          custom: {
            aggregationThresholds: [{
              type: 'COUNT_DISTINCT',
              identityColumns: ['user_id'],
              minimumIdentityCount: 100,
              outputColumnThresholds: [{ outputColumnName: 'region', minimumIdentityCount: 0 }, { outputColumnName: 'age', minimumIdentityCount: 500 }],
              allowedAggregateExpressionType: 'ANY_EXPRESSION',
            }],
            comparisonControls: { allowedLiteralComparisonColumns: ['region'], allowedColumnComparisonColumns: ['user_id'] },
          },
        },
      },
    });
  });

  test('allow nothing that was not named', () => {
    const [rule] = analysisRulesOf(makeStack(), {
      allowedAnalyses: [AllowedAnalysis.ANY_QUERY], aggregationThresholds: [threshold], comparisonControls: {},
    } as never)!;
    expect(rule).toMatchObject({
      policy: {
        v1: {
          custom: {
            aggregationThresholds: [{ allowedAggregateExpressionType: 'COLUMNS_ONLY' }],
            comparisonControls: { allowedLiteralComparisonColumns: [], allowedColumnComparisonColumns: [] },
          },
        },
      },
    });
  });

  (isThere ? test : test.skip)('get into the template', () => {
    const template = JSON.stringify(templateOf(within({ aggregationThresholds: [threshold], comparisonControls: {} }).stack));
    expect(template).toContain('"MinimumIdentityCount":100');
    expect(template).toContain('"AllowedColumnComparisonColumns":[]');
  });

  (isThere ? test.skip : test).each<[string, TableProps]>([
    ['aggregationThresholds', { aggregationThresholds: [threshold] }],
    ['comparisonControls', { comparisonControls: {} }],
  ])('fail where an aws-cdk-lib would leave %s out without a word', (prop, props) => {
    expect(() => templateOf(within(props).stack)).toThrow(new RegExp(`Audience\\] ${prop} would not get into the template: .* Use 2\\.269\\.0 or newer\\.`));
  });

  test('fail nobody who has none', () => {
    expect(() => templateOf(within({}).stack)).not.toThrow();
  });
});

/** Each mistake, with the name of the prop and the value that its message tells. */
const mistakes: [string, TableProps, string, string][] = [
  ['a threshold without analyses', { allowedAnalyses: undefined, aggregationThresholds: [threshold] }, 'allowedAnalyses', 'aggregationThresholds'],
  ['comparisons without analyses', { allowedAnalyses: undefined, comparisonControls: {} }, 'allowedAnalyses', 'comparisonControls'],
  ['a threshold for jobs', { allowedAnalyses: [AllowedAnalysis.ANY_JOB], aggregationThresholds: [threshold] }, 'allowedAnalyses', '["ANY_JOB"]'],
  ['comparisons for jobs', { allowedAnalyses: [AllowedAnalysis.ANY_JOB], comparisonControls: {} }, 'allowedAnalyses', '["ANY_JOB"]'],
  ['a threshold beside differential privacy', { differentialPrivacyColumns: ['user_id'], aggregationThresholds: [threshold] }, 'differentialPrivacyColumns', '["user_id"]'],
  ['comparisons beside differential privacy', { differentialPrivacyColumns: ['user_id'], comparisonControls: {} }, 'differentialPrivacyColumns', '["user_id"]'],
  ['no threshold', { aggregationThresholds: [] }, 'aggregationThresholds', '[]'],
  ['two thresholds', { aggregationThresholds: [threshold, threshold] }, 'aggregationThresholds', 'user_id'],
  ['no identity', { aggregationThresholds: [{ ...threshold, identityColumns: [] }] }, 'identityColumns', '[]'],
  ['two identities', { aggregationThresholds: [{ ...threshold, identityColumns: ['a', 'b'] }] }, 'identityColumns', '["a","b"]'],
  ['an identity in capitals', { aggregationThresholds: [{ ...threshold, identityColumns: ['User'] }] }, 'identityColumns', '"User"'],
  ['a single person', { aggregationThresholds: [{ ...threshold, minimumIdentityCount: 1 }] }, 'minimumIdentityCount', '1'],
  ['100,001 people', { aggregationThresholds: [{ ...threshold, minimumIdentityCount: 100_001 }] }, 'minimumIdentityCount', '100001'],
  ['half a person', { aggregationThresholds: [{ ...threshold, minimumIdentityCount: 2.5 }] }, 'minimumIdentityCount', '2.5'],
  ['one person in a column', { aggregationThresholds: [{ ...threshold, outputColumnThresholds: { age: 1 } }] }, 'outputColumnThresholds of aggregationThresholds, for age,', '1'],
  ['a column of the result in capitals', { aggregationThresholds: [{ ...threshold, outputColumnThresholds: { Age: 2 } }] }, 'outputColumnThresholds', '"Age"'],
  ['expressions that there are not', { aggregationThresholds: [{ ...threshold, allowedAggregateExpressionType: untyped('ANY') }] }, 'allowedAggregateExpressionType', '"ANY"'],
  ['a literal with a dot', { comparisonControls: { allowedLiteralComparisonColumns: ['user.id'] } }, 'allowedLiteralComparisonColumns', '"user.id"'],
  ['a column with a dot', { comparisonControls: { allowedColumnComparisonColumns: ['user.id'] } }, 'allowedColumnComparisonColumns', '"user.id"'],
  ['literals of the identity', { aggregationThresholds: [threshold], comparisonControls: { allowedLiteralComparisonColumns: ['user_id'] } },
    'allowedLiteralComparisonColumns', '"user_id"'],
];

describe('promise 9: mistakes fail at synthesis', () => {
  test.each(mistakes)('%s fails, in words that name the construct, the prop, the value and what to do', (_, props, prop, value) => {
    expect(() => within(props)).toThrow(new RegExp(`^Stack/Audience: .*${prop}.* is (.*)`));
    expect(() => within(props)).toThrow(value);
    expect(() => within(props)).toThrow(/(Give|Use) .*\.$/);
  });
});

test.each<[string, TableProps]>([
  ['two people', { aggregationThresholds: [{ ...threshold, minimumIdentityCount: 2 }] }],
  ['100,000 people', { aggregationThresholds: [{ ...threshold, minimumIdentityCount: 100_000, outputColumnThresholds: { a: 0, b: 100_000 } }] }],
  ['jobs and queries', { allowedAnalyses: [AllowedAnalysis.ANY_JOB, AllowedAnalysis.ANY_QUERY], aggregationThresholds: [threshold], comparisonControls: {} }],
  ['a rule that allows nothing yet', { allowedAnalyses: [], comparisonControls: {} }],
])('what is just within the limits is taken: %s', (_, props) => {
  expect(() => within(props)).not.toThrow();
});

test.each(tokenSources)('values that are known only when deploying pass, from %s', (_, value) => {
  const stack = makeStack();
  const late = value(stack);
  expect(() => makeIntermediateTable(stack, 'Audience', {
    aggregationThresholds: [{ identityColumns: [late], minimumIdentityCount: lateNumber(stack), outputColumnThresholds: { age: lateNumber(stack) } }],
    comparisonControls: { allowedLiteralComparisonColumns: [late], allowedColumnComparisonColumns: [late] },
  })).not.toThrow();
});

let numbers = 0;
const lateNumber = (stack: Stack): number => new CfnParameter(stack, `Number${numbers++}`, { type: 'Number' }).valueAsNumber;
