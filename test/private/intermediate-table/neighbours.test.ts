import { App, Aws, CfnCondition, CfnParameter, Fn, Lazy, Stack, Stage } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { CfnAnalysisTemplate, CfnIntermediateTable } from 'aws-cdk-lib/aws-cleanrooms';
import { IIntermediateTablePopulation, IntermediateTable, IntermediateTablePopulation, StoredQuery } from '../../../src';
import { makePopulation, makeStack, makeTable, MEMBERSHIP, templateOf } from '../../support/stacks';
import { makeIntermediateTable, sqlTable } from '../../support/tables';
import { idsOf } from '../../support/template';

const versionedName = true;
const warningsOf = (stack: Stack): string[] => {
  templateOf(stack);
  return Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ entry }) => String(entry.data)).filter((text) => !text.includes('unwatchedSchedule'));
};

const QUERY_STRING = 'PopulationAnalysisConfiguration.SqlParameters.QueryString';
const resourceOf = (table: IntermediateTable) => table.node.defaultChild as CfnIntermediateTable;
const templateWith = (stack: Stack, text: string) => new CfnAnalysisTemplate(stack, 'Template', {
  membershipIdentifier: MEMBERSHIP, name: 'template', format: 'SQL', source: { text },
});

/** A table that reads the one of this name, and the many ways to say so. */
type Reader = (stack: Stack, name: string, versioned?: boolean) => IntermediateTable;
const readers: [string, Reader][] = [
  ['a template literal', (stack, name, own) => sqlTable(stack, 'Second', `SELECT * FROM ${name}`, { versionedName: own })],
  ['Fn.join', (stack, name, own) => sqlTable(stack, 'Second', Fn.join(' ', ['SELECT * FROM', name]), { versionedName: own })],
  ['Fn.sub', (stack, name, own) => sqlTable(stack, 'Second', Fn.sub('SELECT * FROM ${Table}', { Table: name }), { versionedName: own })],
  ['a Lazy', (stack, name, own) =>
    sqlTable(stack, 'Second', Lazy.string({ produce: () => `SELECT * FROM ${name}` }), { versionedName: own })],
  ['an assignment', (stack, name, own) => {
    const table = sqlTable(stack, 'Second', 'SELECT 1', { versionedName: own });
    resourceOf(table).populationAnalysisConfiguration = { sqlParameters: { queryString: `SELECT * FROM ${name}` } };
    return table;
  }],
  ['an override', (stack, name, own) => {
    const table = sqlTable(stack, 'Second', 'SELECT 1', { versionedName: own });
    resourceOf(table).addPropertyOverride(QUERY_STRING, `SELECT * FROM ${name}`);
    return table;
  }],
  ['an analysis template', (stack, name, own) => {
    const template = templateWith(stack, `SELECT * FROM ${name}`);
    return makeIntermediateTable(stack, 'Second', { versionedName: own, query: StoredQuery.fromAnalysisTemplate(template) });
  }],
  ['an analysis template\'s override', (stack, name, own) => {
    const template = templateWith(stack, 'SELECT 1');
    template.addPropertyOverride('Source.Text', `SELECT * FROM ${name}`);
    return makeIntermediateTable(stack, 'Second', { versionedName: own, query: StoredQuery.fromAnalysisTemplate(template) });
  }],
];

describe.each(readers)('a table that reads another one by %s', (_, reader) => {
  const chain = (sql = 'SELECT 1', own = true) => {
    const stack = makeStack();
    const first = sqlTable(stack, 'First', sql, { versionedName });
    return { stack, first, second: reader(stack, first.tableName, own) };
  };
  const nameAfter = (sql: string) => {
    const { stack, second } = chain(sql);
    templateOf(stack);
    return stack.resolve(second.tableName) as string;
  };

  test('is created after it', () => {
    const { stack } = chain();
    const { Resources } = templateOf(stack);
    const [[, { DependsOn }]] = Object.entries(Resources).filter(([id]) => id.startsWith('Second') && !id.includes('Template'));
    expect(DependsOn).toEqual([expect.stringMatching(/^First/)]);
  });

  test('has another name when that one\'s query changes', () => {
    expect(nameAfter('SELECT 2')).not.toBe(nameAfter('SELECT 1'));
  });

  test('is warned of where its own name stays', () => {
    expect(warningsOf(chain('SELECT 1', false).stack)).toEqual([
      expect.stringMatching(/^versionedName is not true, and the query has the name of Stack\/First/),
    ]);
  });

  test('is warned of where its population may come first', () => {
    const { stack, first, second } = chain();
    second.addPopulation('Population');
    first.addPopulation('Population');
    expect(warningsOf(stack)).toEqual([expect.stringMatching(/^refreshAfter lacks Stack\/First\/Population/)]);
  });
});

test('a name in the tags or the description of a table orders nothing', () => {
  const stack = makeStack();
  const first = sqlTable(stack, 'First', 'SELECT 1', { description: Lazy.string({ produce: () => second.tableName }) });
  const second = sqlTable(stack, 'Second', `SELECT * FROM ${first.tableName}`);
  expect(() => (stack.node.root as App).synth()).not.toThrow();
});

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

  test.each<[string, (stack: Stack) => string]>([
    ['of another stack', (stack) => new CfnParameter(new Stack(stack.node.root, 'Other'), 'Value').valueAsString],
    ['of a dynamic reference', () => '{{resolve:ssm:/since}}'],
    ['of a condition', () => Fn.conditionIf('Large', '1', '2').toString()],
  ])('is warned of %s', (_, value) => {
    expect(withSql((stack) => `SELECT ${value(stack)}`)).toContainEqual(expect.stringMatching(/known only when deploying/));
  });

  const late = (stack: Stack) => new CfnParameter(stack, 'Value').valueAsString;
  test.each<[string, (stack: Stack) => StoredQuery, boolean]>([
    ['is, where that is known only when deploying', (stack) => StoredQuery.fromAnalysisTemplateArn(late(stack)), true],
    ['is, where its SQL has such a value', (stack) => StoredQuery.fromAnalysisTemplate(templateWith(stack, late(stack))), true],
    ['is not', (stack) => StoredQuery.fromAnalysisTemplate(templateWith(stack, 'SELECT 1')), false],
  ])('is, or is not, warned of in an analysis template: it %s', (_, query, isWarnedOf) => {
    const stack = makeStack();
    makeIntermediateTable(stack, 'Table', { versionedName, query: query(stack) });
    expect(warningsOf(stack)).toEqual(isWarnedOf ? [expect.stringMatching(/known only when deploying/)] : []);
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
  type Refresh = (upstream: IntermediateTablePopulation) => IIntermediateTablePopulation[] | undefined;
  const chain = (refresh: Refresh, downstreamOf: (stack: Stack) => Stack = (stack) => stack) => {
    const stack = makeStack();
    const first = makeIntermediateTable(stack, 'First');
    const upstream = first.addPopulation('Population');
    const downstream = downstreamOf(stack);
    sqlTable(downstream, 'Second', `SELECT * FROM ${first.tableName}`).addPopulation('Population', { refreshAfter: refresh(upstream) });
    return warningsOf(downstream);
  };
  const lacks = [expect.stringMatching(/^refreshAfter lacks Stack\/First\/Population, .* Add it to refreshAfter/)];

  test('is warned of', () => {
    expect(chain(() => undefined)).toEqual(lacks);
  });

  test('is warned of in another stack', () => {
    const texts = chain(() => undefined, (stack) => new Stack(stack.node.root, 'Other'));
    expect(texts.filter((text) => text.includes('refreshAfter'))).toEqual(lacks);
  });

  test('is not in another stage, where refreshAfter would be refused', () => {
    const stack = makeStack();
    const first = makeIntermediateTable(stack, 'First');
    first.addPopulation('Population');
    const other = new Stack(new Stage(stack.node.root, 'Stage'), 'Other');
    sqlTable(other, 'Second', `SELECT * FROM ${first.tableName}`).addPopulation('Population');
    const { stacks } = (stack.node.root as App).synth().getNestedAssembly('assembly-Stage');
    const texts = stacks.flatMap(({ messages }) => messages.map(({ entry }) => String(entry.data)));
    expect(texts.filter((text) => text.includes('refreshAfter'))).toEqual([]);
  });

  test('is not, where refreshAfter has what populates that', () => {
    expect(chain((upstream) => [upstream])).toEqual([]);
  });

  test('is not, where refreshAfter has a construct around what populates that', () => {
    expect(chain((upstream) => [{ node: upstream.node } as IIntermediateTablePopulation])).toEqual([]);
  });

  test('is not, where it comes after what comes after that', () => {
    const stack = makeStack();
    const first = makeIntermediateTable(stack, 'First');
    const second = sqlTable(stack, 'Second', `SELECT * FROM ${first.tableName}`);
    const upstream = second.addPopulation('Population', { refreshAfter: [first.addPopulation('Population')] });
    const third = sqlTable(stack, 'Third', `SELECT * FROM ${first.tableName} JOIN ${second.tableName}`);
    third.addPopulation('Population', { refreshAfter: [upstream] });
    expect(warningsOf(stack)).toEqual([]);
  });

  test('is warned of where the table is CDK\'s own, which is created after what it reads, too', () => {
    const stack = makeStack();
    const first = makeIntermediateTable(stack, 'First');
    first.addPopulation('Population');
    const sqlParameters = { queryString: `SELECT * FROM ${first.tableName}` };
    const intermediateTable = makeTable(stack, 'Second', { populationAnalysisConfiguration: { sqlParameters } });
    makePopulation(stack, 'Population', { intermediateTable });
    expect(warningsOf(stack)).toEqual(lacks);
    expect(templateOf(stack).Resources.Second.DependsOn).toEqual([stack.getLogicalId(resourceOf(first))]);
  });
});

describe('promise 9: two tables of one name', () => {
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
    ['whose conditions exclude each other', (stack) => {
      const large = new CfnCondition(stack, 'Large', { expression: Fn.conditionEquals(Aws.REGION, 'eu-west-1') });
      const small = new CfnCondition(stack, 'Small', { expression: Fn.conditionNot(large) });
      for (const [id, condition] of Object.entries({ First: large, Second: small })) {
        resourceOf(makeIntermediateTable(stack, id, { tableName: 'audience' })).cfnOptions.condition = condition;
      }
    }],
    ['which are parameters of their own', (stack: Stack) => {
      makeIntermediateTable(stack, 'First', { tableName: new CfnParameter(stack, 'One').valueAsString });
      makeIntermediateTable(stack, 'Second', { tableName: new CfnParameter(stack, 'Other').valueAsString });
    }],
  ] as [string, (stack: Stack) => void][])('do not fail %s', (_, build) => {
    const stack = makeStack();
    build(stack);
    expect(() => templateOf(stack)).not.toThrow();
  });
});
