import { Aspects, CfnOutput, CfnParameter, Fn, IAspect, Stack, Tags } from 'aws-cdk-lib';
import { CfnAnalysisTemplate, CfnIntermediateTable, CfnMembership } from 'aws-cdk-lib/aws-cleanrooms';
import { IConstruct } from 'constructs';
import { AllowedAnalysis, Membership, StoredQuery } from '../../../src';
import { makeApp, makeStack, MEMBERSHIP, templateOf } from '../../support/stacks';
import { makeIntermediateTable, sqlTable, TableProps } from '../../support/tables';

const versionedName = true;

/** The name of the only table, or of one of them, in the template. */
function nameIn(stack: Stack, id = 'Table'): string {
  const [[, { Properties }]] = Object.entries(templateOf(stack).Resources)
    .filter(([logicalId, { Type }]) => Type === 'AWS::CleanRooms::IntermediateTable' && logicalId.startsWith(id));
  return Properties.Name as string;
}

type Props = TableProps | ((stack: Stack) => TableProps);

function nameWith(props: Props = {}, then: (table: CfnIntermediateTable, stack: Stack) => void = () => undefined): string {
  const stack = makeStack();
  const table = makeIntermediateTable(stack, 'Table', { tableName: 'audience', versionedName, ...typeof props === 'function' ? props(stack) : props });
  then(table.node.defaultChild as CfnIntermediateTable, stack);
  return nameIn(stack);
}

const template = (stack: Stack, text: string, more: { description?: string; name?: string } = {}) => new CfnAnalysisTemplate(stack, 'Template', {
  membershipIdentifier: MEMBERSHIP, name: 'template', format: 'SQL', source: { text }, ...more,
});

class SetsQuery implements IAspect {
  visit(node: IConstruct) {
    if (node instanceof CfnIntermediateTable) {
      node.populationAnalysisConfiguration = { sqlParameters: { queryString: 'SELECT 2' } };
    }
  }
}

test('a name without a hash is the given one', () => {
  expect(nameWith({ versionedName: false })).toBe('audience');
});

// Whoever has to change this expectation replaces the tables of all users, and populates them again.
test('a name with a hash is the same in every version of the library', () => {
  expect(nameWith()).toBe('audience_baf2e9dd');
  expect(nameWith((stack) => ({ query: StoredQuery.fromAnalysisTemplate(template(stack, 'SELECT 1')) }))).toBe('audience_57a72d25');
});

describe('the hash is another one after a change of', () => {
  test.each<[string, Parameters<typeof nameWith>]>([
    ['the SQL', [{ query: StoredQuery.fromSql('SELECT 2') }]],
    ['the membership', [(stack) => ({ membership: Membership.fromMembershipIdentifier(stack, 'M', MEMBERSHIP.replace('a', 'b')) })]],
    ['the query to a template', [(stack) => ({ query: StoredQuery.fromAnalysisTemplate(template(stack, 'SELECT 1')) })]],
    ['the SQL by assignment', [{}, (table) => { table.populationAnalysisConfiguration = { sqlParameters: { queryString: 'SELECT 2' } }; }]],
    ['the SQL by an override', [{}, (table) => table.addPropertyOverride('PopulationAnalysisConfiguration.SqlParameters.QueryString', 'SELECT 2')]],
    ['the SQL by an aspect', [{}, (_, stack) => Aspects.of(stack).add(new SetsQuery())]],
  ])('%s', (_, args) => {
    expect(nameWith(...args)).toMatch(/^audience_[0-9a-f]{8}$/);
    expect(nameWith(...args)).not.toBe(nameWith());
  });

  test('the name, which is cut off otherwise', () => {
    const [one, other] = ['a', 'b'].map((end) => nameWith({ tableName: 'n'.repeat(99) + end }));
    expect(one.slice(0, 91)).toBe(other.slice(0, 91));
    expect(one).not.toBe(other);
  });

  test('a template\'s SQL, which replaces the template and so the table', () => {
    const [one, other] = ['SELECT 1', 'SELECT 2'].map((text) => nameWith((stack) => ({ query: StoredQuery.fromAnalysisTemplate(template(stack, text)) })));
    expect(one).not.toBe(other);
  });
});

describe('the hash stays with', () => {
  test.each<[string, Parameters<typeof nameWith>]>([
    ['another description', [{ description: 'An audience' }]],
    ['other analysis rules', [{ allowedAnalyses: [AllowedAnalysis.ANY_JOB], disallowedOutputColumns: ['name'] }]],
    ['tags', [{}, (_, stack) => Tags.of(stack).add('team', 'audiences')]],
    ['SQL of a token that is known at synthesis', [{ query: StoredQuery.fromSql(Fn.join('', ['SELECT', ' 1'])) }]],
  ])('%s', (_, args) => {
    expect(nameWith(...args)).toBe(nameWith());
  });

  test('another description of the template', () => {
    const [one, other] = ['one', 'other'].map((description) =>
      nameWith((stack) => ({ query: StoredQuery.fromAnalysisTemplate(template(stack, 'SELECT 1', { description })) })));
    expect(one).toBe(other);
  });
});

test.each(['n'.repeat(91), 'n'.repeat(92), 'n'.repeat(100)])('a name with its hash has at most 100 characters: %s', (tableName) => {
  expect(nameWith({ tableName })).toMatch(/^n{91}_[0-9a-f]{8}$/);
});

test('no character is cut in half', () => {
  expect(nameWith({ tableName: `${'n'.repeat(90)}${'😀'.repeat(5)}` })).toMatch(/^n{90}_[0-9a-f]{8}$/);
});

test('a name that is known only when deploying has its hash, too', () => {
  expect(nameWith((stack) => ({ tableName: new CfnParameter(stack, 'Name').valueAsString })))
    .toEqual({ 'Fn::Join': ['', [{ Ref: 'Name' }, expect.stringMatching(/^_[0-9a-f]{8}$/)]] });
});

describe('tableName', () => {
  test('is the name in the template, wherever it stands', () => {
    const stack = makeStack();
    const table = makeIntermediateTable(stack, 'Table', { versionedName });
    new CfnOutput(stack, 'Name', { value: table.tableName });
    expect(stack.resolve(table.tableName)).toBe(nameIn(stack));
    expect(templateOf(stack).Outputs!.Name.Value).toBe(nameIn(stack));
  });

  test('is the name that an override gives', () => {
    const stack = makeStack();
    const table = makeIntermediateTable(stack, 'Table');
    (table.node.defaultChild as CfnIntermediateTable).addPropertyOverride('Name', 'another');
    expect(stack.resolve(table.tableName)).toBe('another');
  });

  test('stands in the SQL of another stack without an export', () => {
    const stack = new Stack(makeApp(), 'One');
    const table = makeIntermediateTable(stack, 'Table', { versionedName, membership: new CfnMembership(stack, 'M', { collaborationIdentifier: 'c', queryLogStatus: 'ENABLED' }) });
    const other = new Stack(stack.node.root, 'Other');
    new CfnOutput(other, 'Name', { value: table.tableName });
    expect(templateOf(other).Outputs!.Name.Value).toBe(nameIn(stack));
  });
});

describe('a chain of tables', () => {
  function namesOf(sql: string): string[] {
    const stack = makeStack();
    const first = sqlTable(stack, 'First', sql, { versionedName });
    const second = sqlTable(stack, 'Second', `SELECT * FROM ${first.tableName}`, { versionedName });
    sqlTable(stack, 'Third', `SELECT * FROM ${second.tableName} JOIN ${first.tableName}`, { versionedName });
    return ['First', 'Second', 'Third'].map((id) => nameIn(stack, id));
  }

  test('has other names all along when the first query changes', () => {
    const [before, after] = [namesOf('SELECT 1'), namesOf('SELECT 2')];
    expect(new Set([...before, ...after]).size).toBe(6);
    expect(namesOf('SELECT 1')).toEqual(before);
  });

  test('is named by looking at each table twice, though each reads all before it', () => {
    const stack = makeStack();
    const names: string[] = [];
    for (let index = 0; index < 10; index++) {
      names.push(sqlTable(stack, `Table${index}`, `SELECT * FROM ${names.join(' JOIN ') || 'orders'}`, { versionedName }).tableName);
    }
    const looks = jest.spyOn(CfnIntermediateTable.prototype as never, '_toCloudFormation');
    expect(stack.resolve(names.at(-1))).toMatch(/^table9_[0-9a-f]{8}$/);
    expect(looks.mock.calls).toHaveLength(20);
  });
});
