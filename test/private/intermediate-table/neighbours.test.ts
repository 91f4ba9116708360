import { App, CfnParameter, Fn, Lazy, Stack, Stage } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { CfnAnalysisTemplate, CfnIntermediateTable } from 'aws-cdk-lib/aws-cleanrooms';
import { IIntermediateTablePopulation, IntermediateTable, IntermediateTablePopulation, StoredQuery } from '../../../src';
import { makePopulation, makeStack, makeTable, MEMBERSHIP, templateOf } from '../../support/stacks';
import { makeIntermediateTable, sqlTable } from '../../support/tables';
import { idFrom } from '../../support/template';

const TYPE = 'AWS::CleanRooms::IntermediateTable';
const warningsOf = (stack: Stack): string[] => {
  templateOf(stack);
  return Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ entry }) => String(entry.data)).filter((text) => !text.includes('unwatchedSchedule'));
};
const warningsAfter = (make: (stack: Stack) => unknown): string[] => {
  const stack = makeStack();
  make(stack);
  return warningsOf(stack);
};
const synth = (stack: Stack) => (stack.node.root as App).synth();

const resourceOf = (table: IntermediateTable) => table.node.defaultChild as CfnIntermediateTable;
const templateWith = (stack: Stack, text: string) => new CfnAnalysisTemplate(stack, 'Template', {
  membershipIdentifier: MEMBERSHIP, name: 'template', format: 'SQL', source: { text },
});
const second = (stack: Stack, sql: string, versionedName?: boolean) => sqlTable(stack, 'Second', sql, { versionedName });
const lateIn = (stack: Stack) => new CfnParameter(stack, 'Value').valueAsString;

/** A table that reads the one of this name, and the many ways to say so. */
type Reader = (stack: Stack, name: string, versioned?: boolean) => IntermediateTable;
const readers: [string, Reader][] = [
  ['a template literal', (stack, name, own) => second(stack, `SELECT * FROM ${name}`, own)],
  ['Fn.join', (stack, name, own) => second(stack, Fn.join(' ', ['SELECT * FROM', name]), own)],
  ['Fn.sub', (stack, name, own) => second(stack, Fn.sub('SELECT * FROM ${Table}', { Table: name }), own)],
  ['a Lazy', (stack, name, own) => second(stack, Lazy.string({ produce: () => `SELECT * FROM ${name}` }), own)],
  ['an assignment', (stack, name, own) => {
    const table = second(stack, 'SELECT 1', own);
    resourceOf(table).populationAnalysisConfiguration = { sqlParameters: { queryString: `SELECT * FROM ${name}` } };
    return table;
  }],
  ['an override', (stack, name, own) => {
    const table = second(stack, 'SELECT 1', own);
    resourceOf(table).addPropertyOverride('PopulationAnalysisConfiguration.SqlParameters.QueryString', `SELECT * FROM ${name}`);
    return table;
  }],
  ['an analysis template', (stack, name, versionedName) => {
    const template = templateWith(stack, `SELECT * FROM ${name}`);
    return makeIntermediateTable(stack, 'Second', { versionedName, query: StoredQuery.fromAnalysisTemplate(template) });
  }],
  ['an analysis template\'s override', (stack, name, versionedName) => {
    const template = templateWith(stack, 'SELECT 1');
    template.addPropertyOverride('Source.Text', `SELECT * FROM ${name}`);
    return makeIntermediateTable(stack, 'Second', { versionedName, query: StoredQuery.fromAnalysisTemplate(template) });
  }],
];

describe.each(readers)('a table that reads another one by %s', (_, reader) => {
  const chain = (sql = 'SELECT 1', own = true) => {
    const stack = makeStack();
    const first = sqlTable(stack, 'First', sql, { versionedName: true });
    return { stack, first, reading: reader(stack, first.tableName, own) };
  };

  test('is created after it, and has another name when that one\'s query changes', () => {
    const templates = ['SELECT 1', 'SELECT 2'].map((sql) => templateOf(chain(sql).stack));
    const [one, other] = templates.map((template) => template.Resources[idFrom(template, TYPE, 'Second')]);
    expect(one.DependsOn).toEqual([idFrom(templates[0], TYPE, 'First')]);
    expect(other.Properties.Name).not.toBe(one.Properties.Name);
  });

  test('is warned of where its own name stays', () => {
    expect(warningsOf(chain('SELECT 1', false).stack)).toEqual([
      expect.stringMatching(/^versionedName is not true, and the query has the name of Stack\/First/),
    ]);
  });

  test('is warned of where its population may come first', () => {
    const { stack, first, reading } = chain();
    reading.addPopulation('Population');
    first.addPopulation('Population');
    expect(warningsOf(stack)).toEqual([expect.stringMatching(/^refreshAfter lacks Stack\/First\/Population/)]);
  });
});

describe('a table in whose SQL another one\'s name stands', () => {
  /** A table in a stack, and one that reads it in another. */
  const reading = (otherIn: (stack: Stack) => Stack) => {
    const stack = makeStack('One');
    const other = otherIn(stack);
    second(other, `SELECT * FROM ${makeIntermediateTable(stack, 'First').tableName}`);
    return { stack, other };
  };

  test('is created after it, and deleted before it', () => {
    const { stack } = reading((same) => same);
    const { Resources } = templateOf(stack);
    const [first, last] = ['First', 'Second'].map((id) => idFrom({ Resources }, TYPE, id));
    expect([Resources[first].DependsOn, Resources[last].DependsOn]).toEqual([undefined, [first]]);
  });

  test('in another stack comes after that stack', () => {
    const { stack, other } = reading(({ node }) => new Stack(node.root, 'Other'));
    templateOf(other);
    expect(other.dependencies).toEqual([stack]);
  });

  test('in another stage only has the name', () => {
    const { stack } = reading(({ node }) => new Stack(new Stage(node.root, 'Stage'), 'Other'));
    expect(() => synth(stack)).not.toThrow();
  });

  test('makes no circle with populations on both', () => {
    const stack = makeStack();
    const first = makeIntermediateTable(stack, 'First');
    const last = second(stack, `SELECT * FROM ${first.tableName}`);
    last.addPopulation('Population', { refreshAfter: [first.addPopulation('Population')] });
    expect(() => synth(stack)).not.toThrow();
  });

  test('but a name in the tags or the description of a table orders nothing', () => {
    const stack = makeStack();
    const first: IntermediateTable = sqlTable(stack, 'First', 'SELECT 1', { description: Lazy.string({ produce: () => last.tableName }) });
    const last = second(stack, `SELECT * FROM ${first.tableName}`);
    expect(() => synth(stack)).not.toThrow();
  });
});

describe('a name that stays while the query changes', () => {
  const fixed = expect.stringMatching(/^versionedName is not true, and the query has the name of Stack\/First, .* Use versionedName: true/);

  test.each<[boolean, boolean | undefined, unknown[]]>([
    [true, undefined, [fixed]],
    [true, false, [fixed]],
    [true, true, []],
    [false, false, []],
    [false, true, []],
  ])('is warned of where the query has a name with a hash, which it has not: %s, %s', (versionedName, own, warnings) => {
    expect(warningsAfter((stack) => {
      const first = makeIntermediateTable(stack, 'First', { versionedName });
      second(stack, `SELECT * FROM ${first.tableName}`, own);
    })).toEqual(warnings);
  });
});

describe('a value in the query that the hash cannot know', () => {
  const unseen = expect.stringMatching(/known only when deploying.*Give them as parameters/);
  const withQuery = (query: (stack: Stack) => StoredQuery, versionedName = true) =>
    warningsAfter((stack) => makeIntermediateTable(stack, 'Table', { versionedName, query: query(stack) }));
  const sql = (value: (stack: Stack) => string) => (stack: Stack) => StoredQuery.fromSql(`SELECT ${value(stack)}`);

  test.each<[string, (stack: Stack) => StoredQuery]>([
    ['of the stack', sql(lateIn)],
    ['of a dynamic reference', sql(() => '{{resolve:ssm:/since}}')],
    ['of a condition', sql(() => Fn.conditionIf('Large', '1', '2').toString())],
    ['in the ARN of an analysis template', (stack) => StoredQuery.fromAnalysisTemplateArn(lateIn(stack))],
    ['in the SQL of an analysis template', (stack) => StoredQuery.fromAnalysisTemplate(templateWith(stack, lateIn(stack)))],
  ])('is warned of: one %s', (_, query) => {
    expect(withQuery(query)).toEqual([unseen]);
  });

  test('is warned of where it is of another stack', () => {
    expect(withQuery(sql((stack) => lateIn(new Stack(stack.node.root, 'Other'))))).toContainEqual(unseen);
  });

  test.each<[string, (stack: Stack) => StoredQuery, boolean]>([
    ['there is none', sql(() => '1'), true],
    ['there is none in the analysis template', (stack) => StoredQuery.fromAnalysisTemplate(templateWith(stack, 'SELECT 1')), true],
    ['it is another table\'s name',
      sql((stack) => `* FROM ${makeIntermediateTable(stack, 'First', { versionedName: true }).tableName}`), true],
    ['it is known at synthesis', sql(() => Fn.join('', ['1', ' + 1'])), true],
    ['the name has no hash', sql(lateIn), false],
  ])('is not where %s', (_, query, own) => {
    expect(withQuery(query, own)).toEqual([]);
  });
});

describe('a population that would come before what it reads', () => {
  type Refresh = (upstream: IntermediateTablePopulation) => IIntermediateTablePopulation[] | undefined;
  const lacks = expect.stringMatching(/^refreshAfter lacks Stack\/First\/Population, .* Add it to refreshAfter/);
  /** Two tables with populations, of which the second one reads the first. */
  const chain = (refresh: Refresh, secondIn: (stack: Stack) => Stack = (stack) => stack) => {
    const stack = makeStack();
    const first = makeIntermediateTable(stack, 'First');
    const upstream = first.addPopulation('Population');
    const other = secondIn(stack);
    const last = second(other, `SELECT * FROM ${first.tableName}`);
    return { stack, other, first, last, downstream: last.addPopulation('Population', { refreshAfter: refresh(upstream) }) };
  };
  const none = () => undefined;

  test.each<[string, Refresh, unknown[]]>([
    ['is warned of', none, [lacks]],
    ['is not, where refreshAfter has what populates that', (upstream) => [upstream], []],
    ['is not, where refreshAfter has a construct around what populates that', ({ node }) => [{ node } as IIntermediateTablePopulation], []],
  ])('%s', (_, refresh, warnings) => {
    expect(warningsOf(chain(refresh).stack)).toEqual(warnings);
  });

  test('is warned of in another stack', () => {
    const { other } = chain(none, (stack) => new Stack(stack.node.root, 'Other'));
    expect(warningsOf(other).filter((text) => text.includes('refreshAfter'))).toEqual([lacks]);
  });

  test('is not in another stage, where refreshAfter would be refused', () => {
    const { stack } = chain(none, ({ node }) => new Stack(new Stage(node.root, 'Stage'), 'Other'));
    const { stacks } = synth(stack).getNestedAssembly('assembly-Stage');
    const texts = stacks.flatMap(({ messages }) => messages.map(({ entry }) => String(entry.data)));
    expect(texts.filter((text) => text.includes('refreshAfter'))).toEqual([]);
  });

  test('is not, where it comes after what comes after that', () => {
    const { stack, first, last, downstream } = chain((upstream) => [upstream]);
    const third = sqlTable(stack, 'Third', `SELECT * FROM ${first.tableName} JOIN ${last.tableName}`);
    third.addPopulation('Population', { refreshAfter: [downstream] });
    expect(warningsOf(stack)).toEqual([]);
  });

  test('is warned of where the table is CDK\'s own, which is created after what it reads, too', () => {
    const stack = makeStack();
    const first = makeIntermediateTable(stack, 'First');
    first.addPopulation('Population');
    const sqlParameters = { queryString: `SELECT * FROM ${first.tableName}` };
    const intermediateTable = makeTable(stack, 'Second', { populationAnalysisConfiguration: { sqlParameters } });
    makePopulation(stack, 'Population', { intermediateTable });
    expect(warningsOf(stack)).toEqual([lacks]);
    expect(templateOf(stack).Resources.Second.DependsOn).toEqual([stack.getLogicalId(resourceOf(first))]);
  });
});
