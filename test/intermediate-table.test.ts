import { Arn, Aws, CfnParameter, Fn, Stack } from 'aws-cdk-lib';
import { IntermediateTable } from '../src';
import { definitionsIn } from './support/definitions';
import { policiesOf, roleOf } from './support/policies';
import { makePopulation, makeStack, MEMBERSHIP, TABLE, templateOf } from './support/stacks';
import { Values } from './support/template';

const ARN = `arn:aws:cleanrooms:eu-west-1:123456789012:membership/${MEMBERSHIP}/intermediatetable/${TABLE}`;
const OF_NO_STACK = 'arn:aws:cleanrooms:ap-southeast-1:123456789012';

const resolvedReference = (make: (stack: Stack) => ReturnType<typeof IntermediateTable.fromArn>) => {
  const stack = makeStack();
  return stack.resolve(make(stack).intermediateTableRef) as unknown;
};

describe('a table by its identifiers', () => {
  test('has an ARN in the stack\'s own account and region', () => {
    const stack = makeStack('Stack', { env: { account: '123456789012', region: 'eu-west-1' } });
    const { intermediateTableRef } = IntermediateTable.fromIdentifiers(stack, 'Table', { membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: TABLE });
    expect(new Values(templateOf(stack)).of(stack.resolve(intermediateTableRef))).toEqual({
      membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: TABLE, intermediateTableArn: ARN,
    });
  });

  const wrong: [string, string, string][] = [
    ['membershipIdentifier', 'a1b2c3d4', TABLE],
    ['membershipIdentifier', MEMBERSHIP.toUpperCase(), TABLE],
    ['membershipIdentifier', '', TABLE],
    ['intermediateTableIdentifier', MEMBERSHIP, `${TABLE}/`],
    ['intermediateTableIdentifier', MEMBERSHIP, ARN],
  ];
  test.each(wrong)('with a %s that is no UUID fails, in words that name the construct and the value: %s %s', (prop, membership, table) => {
    const value = prop === 'membershipIdentifier' ? membership : table;
    expect(() => IntermediateTable.fromIdentifiers(makeStack(), 'Given', { membershipIdentifier: membership, intermediateTableIdentifier: table }))
      .toThrow(`Stack/Given: ${prop} is ${JSON.stringify(value)}. Give a UUID`);
  });
});

describe('a table by its ARN', () => {
  test('has the identifiers of the ARN', () => {
    expect(resolvedReference((stack) => IntermediateTable.fromArn(stack, 'Table', ARN))).toEqual({
      membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: TABLE, intermediateTableArn: ARN,
    });
  });

  test('has the account and region of the ARN', () => {
    expect(IntermediateTable.fromArn(makeStack(), 'Table', ARN).env).toEqual({ account: '123456789012', region: 'eu-west-1' });
  });

  test.each(['aws-cn', 'aws-us-gov'])('may be of the partition %s', (partition) => {
    expect(() => IntermediateTable.fromArn(makeStack(), 'Table', ARN.replace('aws', partition))).not.toThrow();
  });

  test.each([
    ['of a membership', ARN.slice(0, ARN.indexOf('/intermediatetable'))],
    ['of another resource', ARN.replace('intermediatetable', 'configuredtableassociation')],
    ['of another service', ARN.replace('cleanrooms', 'glue')],
    ['whose table is no UUID', ARN.replace(TABLE, 'table')],
    ['whose membership is no UUID', ARN.replace(MEMBERSHIP, 'membership')],
    ['with more to it', `${ARN}/version`],
    ['that is none', 'table'],
    ['that is empty', ''],
  ])('fails %s, in words that name the construct, the value and the form', (_, arn) => {
    expect(() => IntermediateTable.fromArn(makeStack(), 'Given', arn)).toThrow(
      `Stack/Given: arn is ${JSON.stringify(arn)}. Give an ARN of the form arn:aws:cleanrooms:REGION:ACCOUNT:membership/MEMBERSHIP/intermediatetable/TABLE`);
  });
});

describe('an ARN that is known only when deploying', () => {
  const arn = `${OF_NO_STACK}:membership/${MEMBERSHIP}/intermediatetable/${TABLE}`;
  const sources: [string, (stack: Stack) => string][] = [
    ['as a whole, as a parameter', (stack) => new CfnParameter(stack, 'Arn', { default: arn }).valueAsString],
    ['as a whole, as an import', () => Fn.importValue('Arn')],
    ['in its region and account', (stack) => Arn.format({
      service: 'cleanrooms', resource: 'membership', resourceName: `${MEMBERSHIP}/intermediatetable/${TABLE}`,
    }, stack)],
    ['in its partition', () => `arn:${Aws.PARTITION}${arn.slice('arn:aws'.length)}`],
    ['in its table', (stack) =>
      `${OF_NO_STACK}:membership/${MEMBERSHIP}/intermediatetable/${new CfnParameter(stack, 'TableId', { default: TABLE }).valueAsString}`],
  ];

  test.each(sources)('is taken apart by CloudFormation: %s', (_, source) => {
    const stack = makeStack();
    makePopulation(stack, 'Population', { intermediateTable: IntermediateTable.fromArn(stack, 'Table', source(stack)) });
    const template = templateOf(stack);
    const values = new Values(template, { Arn: arn });
    const { resource, machine } = definitionsIn(template, values);
    for (const definition of [resource, machine]) {
      expect(definition.population).toEqual({ membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: TABLE });
    }
    const allowed = policiesOf(template, roleOf(template, 'PopulationRole'), values).flatMap(({ statements }) => statements).flatMap(({ Resource }) => Resource);
    expect(allowed).toContain(arn);
    expect(allowed).toContain(`${OF_NO_STACK}:membership/${MEMBERSHIP}`);
  });
});
