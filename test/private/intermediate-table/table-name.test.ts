import { Aspects, Aws, CfnCondition, CfnOutput, CfnParameter, Fn, IAspect, Lazy, Stack, Tags, Token } from 'aws-cdk-lib';
import { CfnAnalysisTemplate, CfnAnalysisTemplateProps, CfnIntermediateTable, CfnMembership } from 'aws-cdk-lib/aws-cleanrooms';
import { IConstruct } from 'constructs';
import { AllowedAnalysis, IntermediateTable, Membership, StoredQuery } from '../../../src';
import { makeApp, makeStack, MEMBERSHIP, TABLE, templateOf } from '../../support/stacks';
import { makeIntermediateTable, sqlTable, TableProps } from '../../support/tables';
import { idFrom, resourceOf } from '../../support/template';

const TYPE = 'AWS::CleanRooms::IntermediateTable';
const versionedName = true;

/** The name of the only table, or of one of them, in the template. */
function nameIn(stack: Stack, id = 'Table'): string {
  const template = templateOf(stack);
  return template.Resources[idFrom(template, TYPE, id)].Properties.Name as string;
}

type Props = TableProps | ((stack: Stack) => TableProps);
type Then = (table: CfnIntermediateTable, stack: Stack) => void;

function nameWith(props: Props = {}, then: Then = () => undefined): string {
  const stack = makeStack();
  const table = makeIntermediateTable(stack, 'Table', { tableName: 'audience', versionedName, ...typeof props === 'function' ? props(stack) : props });
  then(table.node.defaultChild as CfnIntermediateTable, stack);
  return nameIn(stack);
}

const template = (stack: Stack, text: string, { id = 'Template', ...more }: Partial<CfnAnalysisTemplateProps> & { id?: string } = {}) =>
  new CfnAnalysisTemplate(stack, id, { membershipIdentifier: MEMBERSHIP, name: 'template', format: 'SQL', source: { text }, ...more });
const { fromAnalysisTemplate, fromAnalysisTemplateArn, fromSql } = StoredQuery;
const named = (query: (stack: Stack) => StoredQuery) => nameWith((stack) => ({ query: query(stack) }));
const ownMembership = (stack: Stack) => new CfnMembership(stack, 'Ours', { collaborationIdentifier: 'c', queryLogStatus: 'ENABLED' });
const nameOfFirst = (stack: Stack) => stack.node.findAll().find((node) => node instanceof IntermediateTable)!.tableName;

class SetsQuery implements IAspect {
  visit(node: IConstruct) {
    if (node instanceof CfnIntermediateTable) {
      node.populationAnalysisConfiguration = { sqlParameters: { queryString: 'SELECT 2' } };
    }
  }
}

const UNCHANGED = 'audience_876bcb2b';
const OF_TEMPLATE = 'audience_eea634fe';

// Whoever has to change this expectation replaces the tables of all users, and populates them again.
test('a name with a hash is the same in every version of the library, and one without is the given one', () => {
  expect(nameWith()).toBe(UNCHANGED);
  expect(named((stack) => fromAnalysisTemplate(template(stack, 'SELECT 1')))).toBe(OF_TEMPLATE);
  expect(nameWith({ versionedName: false })).toBe('audience');
});

describe('the hash is another one after a change of', () => {
  test.each<[string, Parameters<typeof nameWith>]>([
    ['the SQL', [{ query: fromSql('SELECT 2') }]],
    ['the query to a template', [(stack) => ({ query: fromAnalysisTemplate(template(stack, 'SELECT 1')) })]],
    ['the SQL by assignment', [{}, (table) => { table.populationAnalysisConfiguration = { sqlParameters: { queryString: 'SELECT 2' } }; }]],
    ['the SQL by an override', [{}, (table) => table.addPropertyOverride('PopulationAnalysisConfiguration.SqlParameters.QueryString', 'SELECT 2')]],
    ['the SQL within a condition', [(stack) => ({
      query: fromSql(Token.asString(Fn.conditionIf(new CfnCondition(stack, 'Large').logicalId, 'SELECT 2', 'SELECT 3'))),
    })]],
    ['the SQL by an aspect', [{}, (_, stack) => Aspects.of(stack).add(new SetsQuery())]],
  ])('%s', (_, args) => {
    const name = nameWith(...args);
    expect(name).toMatch(/^audience_[0-9a-f]{8}$/);
    expect(name).not.toBe(UNCHANGED);
  });

  test('the name, which is cut off otherwise', () => {
    const [one, other] = ['a', 'b'].map((end) => nameWith({ tableName: 'n'.repeat(99) + end }));
    expect(one.slice(0, 91)).toBe(other.slice(0, 91));
    expect(one).not.toBe(other);
  });

  test('a template\'s SQL, which replaces the template and so the table', () => {
    expect(named((stack) => fromAnalysisTemplate(template(stack, 'SELECT 2')))).not.toBe(OF_TEMPLATE);
  });
});

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
    ['SQL that joins a text in CloudFormation\'s way', [{ query: fromSql(Fn.sub('SELECT ${One}', { One: '1' })) }]],
    ['another description', [{ description: 'An audience' }]],
    ['other analysis rules', [{ allowedAnalyses: [AllowedAnalysis.ANY_JOB], disallowedOutputColumns: ['name'] }]],
    ['tags', [{}, (_, stack) => Tags.of(stack).add('team', 'audiences')]],
    ['SQL of a token that is known at synthesis', [{ query: fromSql(Fn.join('', ['SELECT', ' 1'])) }]],
    ['SQL of a text that CloudFormation joins', [{ query: fromSql(Fn.join(' ', ['SELECT', Fn.sub('1')])) }]],
  ])('%s', (_, args) => {
    expect(nameWith(...args)).toBe(UNCHANGED);
  });

  test.each<[string, Props]>([
    ['that is renamed', (stack) => ({ query: fromAnalysisTemplate(template(stack, 'SELECT 1', { id: 'Renamed' })) })],
    ['that is moved to another stack',
      (stack) => ({ query: fromAnalysisTemplate(template(new Stack(stack.node.root, 'Templates'), 'SELECT 1')) })],
    ['of another description and other tags',
      (stack) => ({ query: fromAnalysisTemplate(template(stack, 'SELECT 1', { description: 'd', tags: [{ key: 'a', value: 'b' }] })) })],
    ['of a membership of the app', (stack) => {
      const membership = ownMembership(stack);
      const { attrMembershipIdentifier: membershipIdentifier } = membership;
      return { membership, query: fromAnalysisTemplate(template(stack, 'SELECT 1', { membershipIdentifier })) };
    }],
  ])('a template %s', (_, props) => {
    expect(nameWith(props)).toBe(OF_TEMPLATE);
  });

  test('another form of the same template\'s ARN', () => {
    const arn = (region: string) => `arn:aws:cleanrooms:${region}:123456789012:membership/${MEMBERSHIP}/analysistemplate/${TABLE}`;
    const of = (text: string) => named(() => fromAnalysisTemplateArn(text));
    expect(of(arn(Aws.REGION))).toBe(of(arn('eu-west-1')));
    expect(of(arn('eu-west-1').replace('2222', '3333'))).not.toBe(of(arn('eu-west-1')));
  });

  const withValue = (id = 'Value') => named((stack) => fromSql(`SELECT ${new CfnParameter(stack, id).valueAsString}`));

  test('a parameter that is renamed', () => {
    expect(withValue('Renamed')).toBe(withValue());
  });

  test.each(['strong', 'both', 'weak'])('CDK\'s flag for references between stacks: %s', (strength) => {
    const app = makeApp({ context: { '@aws-cdk/core:defaultCrossStackReferences': strength } });
    const [stack, other] = ['Stack', 'Other'].map((id) => new Stack(app, id));
    sqlTable(stack, 'Table', `SELECT ${new CfnParameter(other, 'Value').valueAsString}`, { tableName: 'audience', versionedName });
    expect(nameIn(stack)).toBe(withValue());
  });
});

test.each([
  ['n'.repeat(91), /^n{91}_[0-9a-f]{8}$/],
  ['n'.repeat(92), /^n{91}_[0-9a-f]{8}$/],
  ['n'.repeat(100), /^n{91}_[0-9a-f]{8}$/],
  [`${'n'.repeat(90)}${'😀'.repeat(5)}`, /^n{90}_[0-9a-f]{8}$/],
])('a name with its hash has at most 100 characters, of which none is cut in half: %s', (tableName, name) => {
  expect(nameWith({ tableName })).toMatch(name);
});

test('a name that is known only when deploying has its hash, too', () => {
  expect(nameWith((stack) => ({ tableName: new CfnParameter(stack, 'Name').valueAsString })))
    .toEqual({ 'Fn::Join': ['', [{ Ref: 'Name' }, expect.stringMatching(/^_[0-9a-f]{8}$/)]] });
});

describe('tableName', () => {
  test('is the name in the template, wherever it stands: in its own description and tags, in outputs, and in another stack', () => {
    const stack = makeStack('One');
    const other = new Stack(stack.node.root, 'Other');
    const description = Lazy.string({ produce: () => `It is ${table.tableName}` });
    const membership = ownMembership(stack);
    const table: IntermediateTable = makeIntermediateTable(stack, 'Table', { versionedName, description, membership });
    Tags.of(table).add('table', table.tableName);
    [stack, other].forEach((each) => new CfnOutput(each, 'Name', { value: table.tableName }));
    const name = nameIn(stack);
    expect(stack.resolve(table.tableName)).toBe(name);
    expect([stack, other].map((each) => templateOf(each).Outputs!.Name.Value)).toEqual([name, name]);
    const expected = { Description: `It is ${name}`, Tags: [{ Key: 'table', Value: name }] };
    expect(resourceOf(templateOf(stack), TYPE).Properties).toMatchObject(expected);
  });

  test('is the name that an override gives', () => {
    const stack = makeStack();
    const table = makeIntermediateTable(stack);
    (table.node.defaultChild as CfnIntermediateTable).addPropertyOverride('Name', 'another');
    expect(stack.resolve(table.tableName)).toBe('another');
  });

  test.each<[string, (stack: Stack) => string]>([
    ['has the stack\'s own name in it', () => `audience_${Aws.STACK_NAME}`],
    ['is a parameter', (stack) => new CfnParameter(stack, 'Name').valueAsString],
  ])('that %s is refused where another stack reads it, in words', (_, tableName) => {
    const stack = makeStack('One');
    const other = new Stack(stack.node.root, 'Other');
    sqlTable(other, 'Second', `SELECT * FROM ${makeIntermediateTable(stack, 'Table', { tableName: tableName(stack) }).tableName}`);
    expect(() => templateOf(other)).toThrow(
      /tableName of One\/Table is .*, which has a meaning in the stack of that table only\. Give that table a name that is known/);
  });

  test('that is known only when deploying stands in the SQL of its own stack', () => {
    const stack = makeStack();
    sqlTable(stack, 'Second', `SELECT * FROM ${makeIntermediateTable(stack, 'First', { tableName: `a_${Aws.STACK_NAME}` }).tableName}`);
    expect(JSON.stringify(templateOf(stack).Resources)).toContain('"SELECT * FROM a_",{"Ref":"AWS::StackName"}');
  });
});

describe('a chain of tables', () => {
  test('has other names all along when the first query changes', () => {
    const namesOf = (sql: string): string[] => {
      const stack = makeStack();
      const first = sqlTable(stack, 'First', sql, { versionedName });
      const second = sqlTable(stack, 'Second', `SELECT * FROM ${first.tableName}`, { versionedName });
      sqlTable(stack, 'Third', `SELECT * FROM ${second.tableName} JOIN ${first.tableName}`, { versionedName });
      return ['First', 'Second', 'Third'].map((id) => nameIn(stack, id));
    };
    const before = namesOf('SELECT 1');
    expect(new Set([...before, ...namesOf('SELECT 2')]).size).toBe(6);
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
