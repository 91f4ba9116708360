import { CfnParameter } from 'aws-cdk-lib';
import { version } from 'aws-cdk-lib/package.json';
import { AggregateExpressionType, AllowedAnalysis, IntermediateTable } from '../../../src';
import { analysisRulesOf } from '../../../src/private/intermediate-table/analysis-rules';
import { messageOf } from '../../support/messages';
import { makeStack, templateOf } from '../../support/stacks';
import { makeIntermediateTable, TableProps } from '../../support/tables';
import { tokenSources } from '../../support/tokens';

const { ANY_JOB, ANY_QUERY } = AllowedAnalysis;
const threshold = { identityColumns: ['user_id'], minimumIdentityCount: 100 };
/** A threshold with something else about it, which no type has to allow. */
const thresholdOf = (more: object): TableProps => ({ aggregationThresholds: [{ ...threshold, ...more }] });
const literalsOf = (...columns: string[]): TableProps => ({ comparisonControls: { allowedLiteralComparisonColumns: columns } });
const within = (props: TableProps): IntermediateTable => makeIntermediateTable(makeStack(), 'Audience', props);

/** The first that has them. */
const isThere = Number(version.split('.')[1]) >= 269;

describe('an aggregation threshold and comparison controls', () => {
  const columns = { allowedLiteralComparisonColumns: ['region'], allowedColumnComparisonColumns: ['user_id'] };
  const outputColumnThresholds = { region: 0, age: 500 };

  test.each<[string, TableProps, object, object]>([
    ['are as CloudFormation has them', {
      ...thresholdOf({ outputColumnThresholds, allowedAggregateExpressionType: AggregateExpressionType.ANY_EXPRESSION }),
      comparisonControls: columns,
    }, {
      type: 'COUNT_DISTINCT',
      identityColumns: ['user_id'],
      minimumIdentityCount: 100,
      outputColumnThresholds: [{ outputColumnName: 'region', minimumIdentityCount: 0 }, { outputColumnName: 'age', minimumIdentityCount: 500 }],
      allowedAggregateExpressionType: 'ANY_EXPRESSION',
    }, columns],
    ['allow nothing that was not named', { ...thresholdOf({}), comparisonControls: {} },
      { allowedAggregateExpressionType: 'COLUMNS_ONLY' }, { allowedLiteralComparisonColumns: [], allowedColumnComparisonColumns: [] }],
  ])('%s', (_, props, expected, comparisonControls) => {
    expect(analysisRulesOf(makeStack(), { allowedAnalyses: [ANY_QUERY], ...props } as never)).toMatchObject([
      { policy: { v1: { custom: { aggregationThresholds: [expected], comparisonControls } } } },
    ]);
  });

  (isThere ? test : test.skip)('get into the template', () => {
    const template = JSON.stringify(templateOf(within({ ...thresholdOf({}), comparisonControls: {} }).stack));
    expect(template).toContain('"MinimumIdentityCount":100');
    expect(template).toContain('"AllowedColumnComparisonColumns":[]');
  });

  (isThere ? test.skip : test).each<[string, TableProps]>([
    ['aggregationThresholds', thresholdOf({})],
    ['comparisonControls', { comparisonControls: {} }],
  ])('fail where an aws-cdk-lib would leave %s out without a word', (prop, props) => {
    expect(() => templateOf(within(props).stack)).toThrow(new RegExp(`Audience\\] ${prop} would not get into the template: .* Use 2\\.269\\.0 or newer\\.`));
  });

  test('fail nobody who has none', () => {
    expect(() => templateOf(within({}).stack)).not.toThrow();
  });
});

/** Each mistake, with the name of the prop and the value that its message tells. */
test.each<[string, TableProps, string, string]>([
  ['a threshold without analyses', { allowedAnalyses: undefined, ...thresholdOf({}) }, 'allowedAnalyses', 'aggregationThresholds'],
  ['comparisons without analyses', { allowedAnalyses: undefined, comparisonControls: {} }, 'allowedAnalyses', 'comparisonControls'],
  ['a threshold for jobs', { allowedAnalyses: [ANY_JOB], ...thresholdOf({}) }, 'allowedAnalyses', '["ANY_JOB"]'],
  ['comparisons for jobs', { allowedAnalyses: [ANY_JOB], comparisonControls: {} }, 'allowedAnalyses', '["ANY_JOB"]'],
  ['a threshold beside differential privacy', { differentialPrivacyColumns: ['user_id'], ...thresholdOf({}) },
    'differentialPrivacyColumns', '["user_id"]'],
  ['comparisons beside differential privacy', { differentialPrivacyColumns: ['user_id'], comparisonControls: {} },
    'differentialPrivacyColumns', '["user_id"]'],
  ['no threshold', { aggregationThresholds: [] }, 'aggregationThresholds', '[]'],
  ['two thresholds', { aggregationThresholds: [threshold, threshold] }, 'aggregationThresholds', 'user_id'],
  ['no identity', thresholdOf({ identityColumns: [] }), 'identityColumns', '[]'],
  ['two identities', thresholdOf({ identityColumns: ['a', 'b'] }), 'identityColumns', '["a","b"]'],
  ['an identity in capitals', thresholdOf({ identityColumns: ['User'] }), 'identityColumns', '"User"'],
  ['a single person', thresholdOf({ minimumIdentityCount: 1 }), 'minimumIdentityCount', '1'],
  ['100,001 people', thresholdOf({ minimumIdentityCount: 100_001 }), 'minimumIdentityCount', '100001'],
  ['half a person', thresholdOf({ minimumIdentityCount: 2.5 }), 'minimumIdentityCount', '2.5'],
  ['one person in a column', thresholdOf({ outputColumnThresholds: { age: 1 } }),
    'outputColumnThresholds of aggregationThresholds, for age,', '1'],
  ['a column of the result in capitals', thresholdOf({ outputColumnThresholds: { Age: 2 } }), 'outputColumnThresholds', '"Age"'],
  ['expressions that there are not', thresholdOf({ allowedAggregateExpressionType: 'ANY' }), 'allowedAggregateExpressionType', '"ANY"'],
  ['a literal with a dot', literalsOf('user.id'), 'allowedLiteralComparisonColumns', '"user.id"'],
  ['a column with a dot', { comparisonControls: { allowedColumnComparisonColumns: ['user.id'] } }, 'allowedColumnComparisonColumns', '"user.id"'],
  ['literals of the identity', { ...thresholdOf({}), ...literalsOf('user_id') }, 'allowedLiteralComparisonColumns', '"user_id"'],
])('promise 9: %s fails at synthesis, in words that name the construct, the prop, the value and what to do', (_, props, prop, value) => {
  const message = messageOf(() => within(props));
  expect(message).toMatch(new RegExp(`^Stack/Audience: .*${prop}.* is (.*)`));
  expect(message).toContain(value);
  expect(message).toMatch(/(Give|Use) .*\.$/);
});

test.each<[string, TableProps]>([
  ['two people', thresholdOf({ minimumIdentityCount: 2 })],
  ['100,000 people', thresholdOf({ minimumIdentityCount: 100_000, outputColumnThresholds: { a: 0, b: 100_000 } })],
  ['jobs and queries', { allowedAnalyses: [ANY_JOB, ANY_QUERY], ...thresholdOf({}), comparisonControls: {} }],
  ['a rule that allows nothing yet', { allowedAnalyses: [], comparisonControls: {} }],
])('what is just within the limits is taken: %s', (_, props) => {
  expect(() => within(props)).not.toThrow();
});

test.each(tokenSources)('values that are known only when deploying pass, from %s', (_, value) => {
  const stack = makeStack();
  const late = value(stack);
  const [most, age] = ['Most', 'Age'].map((id) => new CfnParameter(stack, id, { type: 'Number' }).valueAsNumber);
  expect(() => makeIntermediateTable(stack, 'Audience', {
    aggregationThresholds: [{ identityColumns: [late], minimumIdentityCount: most, outputColumnThresholds: { age } }],
    comparisonControls: { allowedLiteralComparisonColumns: [late], allowedColumnComparisonColumns: [late] },
  })).not.toThrow();
});
