import { App, CfnParameter, Fn, Stack, Stage } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { IntermediateTablePopulation } from '../../../src';
import { makeStack, makeTable, templateOf } from '../../support/stacks';
import { makeIntermediateTable, sqlTable } from '../../support/tables';
import { idsOf } from '../../support/template';

const versionedName = true;
const warningsOf = (stack: Stack): string[] => {
  templateOf(stack);
  return Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ entry }) => String(entry.data)).filter((text) => !text.includes('unwatchedSchedule'));
};

describe('a table in whose SQL another one\'s name stands', () => {
  test('is created after it, and deleted before it', () => {
    const stack = makeStack();
    const first = makeIntermediateTable(stack, 'First');
    sqlTable(stack, 'Second', `SELECT * FROM ${first.tableName}`);
    const { Resources } = templateOf(stack);
    const [firstId, secondId] = idsOf({ Resources }, 'AWS::CleanRooms::IntermediateTable');
    expect([Resources[firstId].DependsOn, Resources[secondId].DependsOn]).toEqual([undefined, [firstId]]);
  });

  test('in another stack comes after that stack', () => {
    const stack = makeStack('One');
    const other = new Stack(stack.node.root, 'Other');
    sqlTable(other, 'Second', `SELECT * FROM ${makeIntermediateTable(stack, 'First').tableName}`);
    templateOf(other);
    expect(other.dependencies).toEqual([stack]);
  });

  test('in another stage only has the name', () => {
    const stack = makeStack('One');
    const other = new Stack(new Stage(stack.node.root, 'Stage'), 'Other');
    sqlTable(other, 'Second', `SELECT * FROM ${makeIntermediateTable(stack, 'First').tableName}`);
    expect(() => (stack.node.root as App).synth()).not.toThrow();
  });

  test('makes no circle with populations on both', () => {
    const stack = makeStack();
    const first = makeIntermediateTable(stack, 'First');
    const second = sqlTable(stack, 'Second', `SELECT * FROM ${first.tableName}`);
    const upstream = first.addPopulation('Population');
    second.addPopulation('Population', { refreshAfter: [upstream] });
    expect(() => (stack.node.root as App).synth()).not.toThrow();
  });
});

describe('a name that stays while the query changes', () => {
  test.each([[undefined], [false]])('is warned of where the query has a name with a hash: %s', (own) => {
    const stack = makeStack();
    const first = makeIntermediateTable(stack, 'First', { versionedName });
    sqlTable(stack, 'Second', `SELECT * FROM ${first.tableName}`, { versionedName: own });
    expect(warningsOf(stack)).toEqual([expect.stringMatching(/^versionedName is not true, and the query has the name of Stack\/First, .* Use versionedName: true/)]);
  });

  test.each([
    ['both have a hash', true, true],
    ['neither has', false, false],
    ['only the last one has', false, true],
  ])('is not where %s', (_, one, other) => {
    const stack = makeStack();
    const first = makeIntermediateTable(stack, 'First', { versionedName: one });
    sqlTable(stack, 'Second', `SELECT * FROM ${first.tableName}`, { versionedName: other });
    expect(warningsOf(stack)).toEqual([]);
  });
});

describe('a value in the query that the hash cannot know', () => {
  const withSql = (sql: (stack: Stack) => string, own = true) => {
    const stack = makeStack();
    sqlTable(stack, 'Table', sql(stack), { versionedName: own });
    return warningsOf(stack);
  };

  test('is warned of', () => {
    expect(withSql((stack) => `SELECT ${new CfnParameter(stack, 'Value').valueAsString}`)).toEqual([expect.stringMatching(/known only when deploying.*Give them as parameters/)]);
  });

  test.each<[string, (stack: Stack) => string, boolean]>([
    ['there is none', () => 'SELECT 1', true],
    ['it is another table\'s name', (stack) => `SELECT * FROM ${makeIntermediateTable(stack, 'First', { versionedName }).tableName}`, true],
    ['it is known at synthesis', () => Fn.join('', ['SELECT', ' 1']), true],
    ['the name has no hash', (stack) => `SELECT ${new CfnParameter(stack, 'Value').valueAsString}`, false],
  ])('is not where %s', (_, sql, own) => {
    expect(withSql(sql, own)).toEqual([]);
  });
});

describe('a population that would come before what it reads', () => {
  const chain = (refresh: (upstream: IntermediateTablePopulation) => IntermediateTablePopulation[] | undefined) => {
    const stack = makeStack();
    const first = makeIntermediateTable(stack, 'First');
    const upstream = first.addPopulation('Population');
    sqlTable(stack, 'Second', `SELECT * FROM ${first.tableName}`).addPopulation('Population', { refreshAfter: refresh(upstream) });
    return warningsOf(stack);
  };

  test('is warned of', () => {
    expect(chain(() => undefined)).toEqual([expect.stringMatching(/^refreshAfter lacks Stack\/First\/Population, .* Add it to refreshAfter/)]);
  });

  test('is not, where refreshAfter has what populates that', () => {
    expect(chain((upstream) => [upstream])).toEqual([]);
  });
});

describe('two tables of one name', () => {
  const refused = /\[Stack\/Second\] tableName is "audience", which Stack\/First.* has, too, in the same membership\. Give one of them another name\./;

  test('in one membership fail at synthesis', () => {
    const stack = makeStack();
    makeIntermediateTable(stack, 'First', { tableName: 'audience' });
    makeIntermediateTable(stack, 'Second', { tableName: 'audience' });
    expect(() => templateOf(stack)).toThrow(refused);
  });

  test('of which one is an L1 fail, too', () => {
    const stack = makeStack();
    makeTable(stack, 'First', { name: 'audience' });
    makeIntermediateTable(stack, 'Second', { tableName: 'audience' });
    expect(() => templateOf(stack)).toThrow(refused);
  });

  test.each([
    ['with different hashes', (stack: Stack) => {
      sqlTable(stack, 'First', 'SELECT 1', { tableName: 'audience', versionedName });
      sqlTable(stack, 'Second', 'SELECT 2', { tableName: 'audience', versionedName });
    }],
    ['of memberships that are known only when deploying', (stack: Stack) => {
      makeTable(stack, 'First', { name: 'audience', membershipIdentifier: new CfnParameter(stack, 'M').valueAsString });
      makeIntermediateTable(stack, 'Second', { tableName: 'audience' });
    }],
    ['which are parameters of their own', (stack: Stack) => {
      makeIntermediateTable(stack, 'First', { tableName: new CfnParameter(stack, 'One').valueAsString });
      makeIntermediateTable(stack, 'Second', { tableName: new CfnParameter(stack, 'Other').valueAsString });
    }],
  ])('do not fail %s', (_, build) => {
    const stack = makeStack();
    build(stack);
    expect(() => templateOf(stack)).not.toThrow();
  });
});
