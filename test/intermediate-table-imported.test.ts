import { Arn, Aws, CfnParameter, Fn, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { IIntermediateTable, IntermediateTable, IntermediateTableAttributes, Membership, StoredQuery } from '../src';
import { propertiesIn } from './support/definitions';
import { policiesOf, roleOf } from './support/policies';
import { makePopulation, makeStack, MEMBERSHIP, synthesized, TABLE, templateOf } from './support/stacks';
import { makeIntermediateTable } from './support/tables';
import { resourceOf, Values } from './support/template';

const ARN = `arn:aws:cleanrooms:eu-west-1:123456789012:membership/${MEMBERSHIP}/intermediatetable/${TABLE}`;
const MEMBERSHIP_ARN = ARN.slice(0, ARN.indexOf('/intermediatetable'));
const IDENTIFIERS = { membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: TABLE };
const ENV = { account: '123456789012', region: 'eu-west-1' };

type Given = Partial<IntermediateTableAttributes>;
const byIdentifiers = (scope: Stack, more: Given = {}) =>
  IntermediateTable.fromIntermediateTableAttributes(scope, 'Given', { ...IDENTIFIERS, ...more });
const byArn = (scope: Stack, arn = ARN) => IntermediateTable.fromIntermediateTableArn(scope, 'Given', arn);

describe('a table of another app', () => {
  test('has an ARN in the stack\'s own account and region', () => {
    const stack = makeStack('Stack', { env: ENV });
    const { intermediateTableRef } = byIdentifiers(stack);
    expect(new Values(templateOf(stack)).of(stack.resolve(intermediateTableRef))).toEqual({ ...IDENTIFIERS, intermediateTableArn: ARN });
  });

  test('has the identifiers, account and region of its ARN', () => {
    const { intermediateTableRef, env } = byArn(makeStack());
    expect([intermediateTableRef, env]).toEqual([{ ...IDENTIFIERS, intermediateTableArn: ARN }, ENV]);
  });

  test.each(['aws-cn', 'aws-us-gov'])('may be of the partition %s', (partition) => {
    expect(() => byArn(makeStack(), ARN.replace('aws', partition))).not.toThrow();
  });

  test('has the name that was given, for the SQL of others', () => {
    const template = synthesized((stack) => {
      const { tableName } = byIdentifiers(stack, { tableName: 'theirs' });
      makeIntermediateTable(stack, 'Table', { query: StoredQuery.fromSql(`SELECT * FROM ${tableName}`) });
    });
    expect(JSON.stringify(template)).toContain('SELECT * FROM theirs');
  });

  test.each<[string, (stack: Stack) => IIntermediateTable]>([['by its identifiers', byIdentifiers], ['by its ARN', byArn]])(
    'has no name that was not given, and says so: %s', (_, make) => {
      expect(() => make(makeStack()).tableName).toThrow('Stack/Given: tableName is undefined. Give it to IntermediateTable.fromIntermediateTableAttributes()');
    });

  test.each<[string, (table: IIntermediateTable, stack: Stack) => ReturnType<typeof makePopulation>]>([
    ['added', (table) => table.addPopulation('Population')],
    ['made', (table, stack) => makePopulation(stack, 'Population', { intermediateTable: table })],
  ])('lets a population that is %s use the key that was given', (_, populate) => {
    const stack = makeStack();
    const encryptionKey = new kms.Key(stack, 'Key');
    const table = byIdentifiers(stack, { encryptionKey });
    expect(populate(table, stack).intermediateTable).toBe(table);
    expect(table.encryptionKey).toBe(encryptionKey);
    expect(JSON.stringify(templateOf(stack).Resources)).toContain('kms:ViaService');
  });
});

describe('an ARN that is known only when deploying', () => {
  const here = 'arn:aws:cleanrooms:ap-southeast-1:123456789012';
  const arn = `${here}:membership/${MEMBERSHIP}/intermediatetable/${TABLE}`;

  test.each<[string, (stack: Stack) => string]>([
    ['as a whole, as a parameter', (stack) => new CfnParameter(stack, 'Arn', { default: arn }).valueAsString],
    ['as a whole, as an import', () => Fn.importValue('Arn')],
    ['in its region and account', (stack) => Arn.format({
      service: 'cleanrooms', resource: 'membership', resourceName: `${MEMBERSHIP}/intermediatetable/${TABLE}`,
    }, stack)],
    ['in its partition', () => `arn:${Aws.PARTITION}${arn.slice('arn:aws'.length)}`],
    ['in its table', (stack) => arn.replace(TABLE, new CfnParameter(stack, 'TableId', { default: TABLE }).valueAsString)],
  ])('is taken apart by CloudFormation: %s', (_, source) => {
    const template = synthesized((stack) => makePopulation(stack, 'Population', { intermediateTable: byArn(stack, source(stack)) }));
    const values = new Values(template, { Arn: arn });
    expect(propertiesIn(template, values)).toMatchObject({ MembershipIdentifier: MEMBERSHIP, IntermediateTableIdentifier: TABLE });
    const allowed = policiesOf(template, roleOf(template, 'PopulationRole'), values).flatMap(({ statements }) => statements).flatMap(({ Resource }) => Resource);
    const membership = `${here}:membership/${MEMBERSHIP}`;
    expect(allowed).toEqual(expect.arrayContaining([`${membership}/intermediatetable/*`, membership]));
  });
});

describe('a membership of another app', () => {
  test('is in the table by its identifier', () => {
    const stack = makeStack();
    const membership = Membership.fromMembershipIdentifier(stack, 'Given', MEMBERSHIP);
    expect(stack.resolve(membership.membershipRef)).toEqual({
      membershipIdentifier: MEMBERSHIP,
      membershipArn: {
        'Fn::Join': ['', [
          expect.anything(), { Ref: 'AWS::Partition' }, ':cleanrooms:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' },
          `:membership/${MEMBERSHIP}`,
        ]],
      },
    });
  });

  test('has the identifier, account and region of its ARN', () => {
    const { membershipRef, env } = Membership.fromMembershipArn(makeStack(), 'Given', MEMBERSHIP_ARN);
    expect([membershipRef, env]).toEqual([{ membershipIdentifier: MEMBERSHIP, membershipArn: MEMBERSHIP_ARN }, ENV]);
  });

  test('whose ARN is known only when deploying has it taken apart by CloudFormation', () => {
    const template = synthesized((stack) => makeIntermediateTable(stack, 'Table', {
      membership: Membership.fromMembershipArn(stack, 'Given', new CfnParameter(stack, 'Arn').valueAsString),
    }));
    expect(resourceOf(template, 'AWS::CleanRooms::IntermediateTable').Properties.MembershipIdentifier)
      .toEqual({ 'Fn::Select': [1, { 'Fn::Split': ['/', { Ref: 'Arn' }] }] });
  });
});

const TABLE_FORM = 'Give an ARN of the form arn:aws:cleanrooms:REGION:ACCOUNT:membership/MEMBERSHIP/intermediatetable/TABLE';
const MEMBERSHIP_FORM = 'Give an ARN of the form arn:aws:cleanrooms:REGION:ACCOUNT:membership/MEMBERSHIP, with a UUID';
const membershipBy = (identifier: string) => (stack: Stack) => Membership.fromMembershipIdentifier(stack, 'Given', identifier);

describe('promise 9: mistakes fail at synthesis, in words that name the construct and the value', () => {
  test.each<[string, Given]>([
    ['membershipIdentifier', { membershipIdentifier: 'a1b2c3d4' }],
    ['membershipIdentifier', { membershipIdentifier: MEMBERSHIP.toUpperCase() }],
    ['membershipIdentifier', { membershipIdentifier: '' }],
    ['intermediateTableIdentifier', { intermediateTableIdentifier: `${TABLE}/` }],
    ['intermediateTableIdentifier', { intermediateTableIdentifier: ARN }],
  ])('a table\'s %s that is no UUID: %j', (prop, given) => {
    const [value] = Object.values(given);
    expect(() => byIdentifiers(makeStack(), given)).toThrow(`Stack/Given: ${prop} is ${JSON.stringify(value)}. Give a UUID`);
  });

  test.each<[string, unknown, RegExp]>([
    ['no attributes', undefined, /^Stack\/Given: attrs is null\. Give an object/],
    ['a name that is empty', { ...IDENTIFIERS, tableName: '' }, /^Stack\/Given: tableName is ""/],
    ['a key that is none', { ...IDENTIFIERS, encryptionKey: 'key' }, /^Stack\/Given: encryptionKey is "key"/],
  ])('a table with %s', (_, attrs, message) => {
    expect(() => IntermediateTable.fromIntermediateTableAttributes(makeStack(), 'Given', attrs as never)).toThrow(message);
  });

  test.each([
    ['of a membership', MEMBERSHIP_ARN],
    ['of another resource', ARN.replace('intermediatetable', 'configuredtableassociation')],
    ['of another service', ARN.replace('cleanrooms', 'glue')],
    ['whose table is no UUID', ARN.replace(TABLE, 'table')],
    ['whose membership is no UUID', ARN.replace(MEMBERSHIP, 'membership')],
    ['with more to it', `${ARN}/version`],
    ['that is none', 'table'],
    ['that is empty', ''],
    ['that is missing', undefined],
  ])('a table\'s ARN %s', (_, arn) => {
    expect(() => IntermediateTable.fromIntermediateTableArn(makeStack(), 'Given', arn as string))
      .toThrow(`Stack/Given: arn is ${JSON.stringify(arn)}. ${TABLE_FORM}`);
  });

  test.each(['', 'membership', MEMBERSHIP.toUpperCase()])('a membership\'s identifier that is no UUID: %j', (identifier) => {
    expect(() => membershipBy(identifier)(makeStack())).toThrow(`Stack/Given: membershipIdentifier is "${identifier}". Give a UUID`);
  });

  test.each([ARN, '', MEMBERSHIP_ARN.replace(MEMBERSHIP, 'x'), undefined])('a membership\'s ARN that is none: %j', (arn) => {
    expect(() => Membership.fromMembershipArn(makeStack(), 'Given', arn as string))
      .toThrow(`Stack/Given: arn is ${JSON.stringify(arn)}. ${MEMBERSHIP_FORM}`);
  });

  test('but a membership\'s identifier may be known only when deploying', () => {
    const stack = makeStack();
    expect(() => membershipBy(new CfnParameter(stack, 'Id').valueAsString)(stack)).not.toThrow();
  });
});
