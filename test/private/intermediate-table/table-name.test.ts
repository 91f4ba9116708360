import { Aspects, Aws, CfnCondition, CfnOutput, CfnParameter, Fn, IAspect, Lazy, Stack, Tags, Token } from 'aws-cdk-lib';
import { CfnAnalysisTemplate, CfnAnalysisTemplateProps, CfnIntermediateTable, CfnMembership } from 'aws-cdk-lib/aws-cleanrooms';
import { IConstruct } from 'constructs';
import { AllowedAnalysis, IntermediateTable, Membership, StoredQuery } from '../../../src';
import { makeApp, makeStack, MEMBERSHIP, TABLE, templateOf } from '../../support/stacks';
import { makeIntermediateTable, sqlTable, TableProps } from '../../support/tables';
import { resourceOf } from '../../support/template';

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

const template = (stack: Stack, text: string, { id = 'Template', ...more }: Partial<CfnAnalysisTemplateProps> & { id?: string } = {}) =>
  new CfnAnalysisTemplate(stack, id, { membershipIdentifier: MEMBERSHIP, name: 'template', format: 'SQL', source: { text }, ...more });

const nameOfFirst = (stack: Stack) => stack.node.findAll().find((node) => node instanceof IntermediateTable)!.tableName;

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
  expect(nameWith()).toBe('audience_876bcb2b');
  expect(nameWith((stack) => ({ query: StoredQuery.fromAnalysisTemplate(template(stack, 'SELECT 1')) }))).toBe('audience_eea634fe');
});

describe('the hash is another one after a change of', () => {
  test.each<[string, Parameters<typeof nameWith>]>([
    ['the SQL', [{ query: StoredQuery.fromSql('SELECT 2') }]],
    ['the query to a template', [(stack) => ({ query: StoredQuery.fromAnalysisTemplate(template(stack, 'SELECT 1')) })]],
    ['the SQL by assignment', [{}, (table) => { table.populationAnalysisConfiguration = { sqlParameters: { queryString: 'SELECT 2' } }; }]],
    ['the SQL by an override', [{}, (table) => table.addPropertyOverride('PopulationAnalysisConfiguration.SqlParameters.QueryString', 'SELECT 2')]],
    ['the SQL within a condition', [(stack) => ({
      query: StoredQuery.fromSql(Token.asString(Fn.conditionIf(new CfnCondition(stack, 'Large').logicalId, 'SELECT 2', 'SELECT 3'))),
    })]],
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

const ownMembership = (stack: Stack) => new CfnMembership(stack, 'Ours', { collaborationIdentifier: 'c', queryLogStatus: 'ENABLED' });
const describedByName = (stack: Stack): TableProps => ({ description: Lazy.string({ produce: () => nameOfFirst(stack) }) });
const givenMembership = (identifier: (stack: Stack) => string) => (stack: Stack): TableProps =>
  ({ membership: Membership.fromMembershipIdentifier(stack, 'Given', identifier(stack)) });

describe('the hash stays with', () => {
  test.each<[string, Parameters<typeof nameWith>]>([
    ['another membership, which is of another collaboration', [givenMembership(() => MEMBERSHIP.replace('a', 'b'))]],
    ['a membership that is a parameter', [givenMembership((stack) => new CfnParameter(stack, 'Id').valueAsString)]],
    ['a membership of the app', [(stack) => ({ membership: ownMembership(stack) })]],
    ['a membership of another stack', [(stack) => ({ membership: ownMembership(new Stack(stack.node.root, 'Memberships')) })]],
    ['its own name in its description and in tags', [describedByName, (table, stack) => {
      Tags.of(stack).add('table', nameOfFirst(stack));
      Tags.of(table).add('own', nameOfFirst(stack));
    }]],
    ['SQL that joins a text in CloudFormation\'s way', [{ query: StoredQuery.fromSql(Fn.sub('SELECT ${One}', { One: '1' })) }]],
    ['another description', [{ description: 'An audience' }]],
    ['other analysis rules', [{ allowedAnalyses: [AllowedAnalysis.ANY_JOB], disallowedOutputColumns: ['name'] }]],
    ['tags', [{}, (_, stack) => Tags.of(stack).add('team', 'audiences')]],
    ['SQL of a token that is known at synthesis', [{ query: StoredQuery.fromSql(Fn.join('', ['SELECT', ' 1'])) }]],
  ])('%s', (_, args) => {
    expect(nameWith(...args)).toBe(nameWith());
  });

  const named = (query: (stack: Stack) => StoredQuery) => nameWith((stack) => ({ query: query(stack) }));

  test('a template or a parameter that is renamed, or moved to another stack', () => {
    const { fromAnalysisTemplate } = StoredQuery;
    const templates = ['Template', 'Renamed'].map((id) => named((stack) => fromAnalysisTemplate(template(stack, 'SELECT 1', { id }))));
    const elsewhere = named((stack) => fromAnalysisTemplate(template(new Stack(stack.node.root, 'Templates'), 'SELECT 1')));
    expect(new Set([...templates, elsewhere]).size).toBe(1);
    const values = ['Value', 'Renamed'].map((id) => named((stack) => StoredQuery.fromSql(`SELECT ${new CfnParameter(stack, id).valueAsString}`)));
    expect(new Set(values).size).toBe(1);
  });

  test('another form of the same template\'s ARN', () => {
    const arn = (region: string) => `arn:aws:cleanrooms:${region}:123456789012:membership/${MEMBERSHIP}/analysistemplate/${TABLE}`;
    const of = (text: string) => named(() => StoredQuery.fromAnalysisTemplateArn(text));
    expect(of(arn(Aws.REGION))).toBe(of(arn('eu-west-1')));
    expect(of(arn('eu-west-1').replace('2222', '3333'))).not.toBe(of(arn('eu-west-1')));
  });

  test.each(['strong', 'both', 'weak'])('CDK\'s flag for references between stacks: %s', (strength) => {
    const app = makeApp({ context: { '@aws-cdk/core:defaultCrossStackReferences': strength } });
    const [stack, other] = ['Stack', 'Other'].map((id) => new Stack(app, id));
    const value = new CfnParameter(other, 'Value').valueAsString;
    makeIntermediateTable(stack, 'Table', { tableName: 'audience', versionedName, query: StoredQuery.fromSql(`SELECT ${value}`) });
    expect(nameIn(stack)).toBe(named((here) => StoredQuery.fromSql(`SELECT ${new CfnParameter(here, 'Value').valueAsString}`)));
  });

  test('another description, membership and tags of the template', () => {
    const { fromAnalysisTemplate } = StoredQuery;
    const ones = ['one', 'other'].map((text) =>
      named((stack) => fromAnalysisTemplate(template(stack, 'SELECT 1', { description: text, tags: [{ key: 'a', value: text }] }))));
    const ofAnother = nameWith((stack) => {
      const membership = ownMembership(stack);
      const { attrMembershipIdentifier: membershipIdentifier } = membership;
      return { membership, query: fromAnalysisTemplate(template(stack, 'SELECT 1', { membershipIdentifier })) };
    });
    expect(new Set([...ones, ofAnother]).size).toBe(1);
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

  test.each<[string, (stack: Stack) => string]>([
    ['has the stack\'s own name in it', () => `audience_${Aws.STACK_NAME}`],
    ['is a parameter', (stack) => new CfnParameter(stack, 'Name').valueAsString],
  ])('that %s is refused where another stack reads it, in words', (_, tableName) => {
    const stack = new Stack(makeApp(), 'One');
    const table = makeIntermediateTable(stack, 'Table', { tableName: tableName(stack) });
    const other = new Stack(stack.node.root, 'Other');
    sqlTable(other, 'Second', `SELECT * FROM ${table.tableName}`);
    expect(() => templateOf(other)).toThrow(
      /tableName of One\/Table is .*, which has a meaning in the stack of that table only\. Give that table a name that is known/);
  });

  test('that is known only when deploying stands in the SQL of its own stack', () => {
    const stack = makeStack();
    sqlTable(stack, 'Second', `SELECT * FROM ${makeIntermediateTable(stack, 'First', { tableName: `a_${Aws.STACK_NAME}` }).tableName}`);
    expect(JSON.stringify(templateOf(stack).Resources)).toContain('"SELECT * FROM a_",{"Ref":"AWS::StackName"}');
  });

  test('stands in its table\'s own description and tags', () => {
    const stack = makeStack();
    const description = Lazy.string({ produce: () => `It is ${table.tableName}` });
    const table = makeIntermediateTable(stack, 'Table', { versionedName, description });
    Tags.of(stack).add('table', table.tableName);
    const { Properties } = resourceOf(templateOf(stack), 'AWS::CleanRooms::IntermediateTable');
    expect(Properties).toMatchObject({ Description: `It is ${nameIn(stack)}`, Tags: [{ Key: 'table', Value: nameIn(stack) }] });
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
