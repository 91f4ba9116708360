import { Aspects, CfnResource, Duration, Stack, Tags } from 'aws-cdk-lib';
import { CfnIntermediateTable } from 'aws-cdk-lib/aws-cleanrooms';
import { Key } from 'aws-cdk-lib/aws-kms';
import { IConstruct } from 'constructs';
import { propertiesIn } from './support/definitions';
import { allows, policiesOf, roleOf } from './support/policies';
import { makeApp, makePopulation, makeTable, templateOf } from './support/stacks';
import { idOf, Values } from './support/template';

const KEY = 'arn:aws:kms:ap-southeast-1:123456789012:key/a1b2c3d4-5678-90ab-cdef-333333333333';
const QUERY = { sqlParameters: { queryString: 'SELECT 2' } };

/** The property of `CfnIntermediateTable`, its name in the template, and a value. */
type Change = [keyof CfnIntermediateTable & string, string, unknown];
type Way = (table: CfnIntermediateTable, stack: Stack, change: Change) => void;

const assign = (table: IConstruct, [name,, value]: Change) => Object.assign(table, { [name]: value });
const aspect = (change: Change) => ({
  visit(node: IConstruct) {
    if (CfnIntermediateTable.isCfnIntermediateTable(node)) {
      assign(node, change);
    }
  },
});

const ways: Record<string, Way> = {
  'by assignment': (table, _, change) => assign(table, change),
  'by an override of the property': (table, _, [, name, value]) => table.addPropertyOverride(name, value),
  'by an override of the resource': (table, _, [, name, value]) => table.addOverride(`Properties.${name}`, value),
  'by an Aspect on the app': (_, stack, change) => Aspects.of(stack.node.root).add(aspect(change)),
  'by an Aspect on the table': (table, _, change) => Aspects.of(table).add(aspect(change)),
  'by an Aspect that overrides': (table, _, [, name, value]) => Aspects.of(table).add({ visit: () => table.addPropertyOverride(name, value) }),
};

/** CDK has two ways to go through Aspects: new apps have the second one. */
const apps = { 'in an app as it was': false, 'in an app as `cdk init` makes it': true };

describe.each(Object.entries(apps))('what a table is made of after its population was made counts, %s', (_, stabilization) => {
  const synthesize = (change: (table: CfnIntermediateTable, stack: Stack) => void, isTableLast = false) => {
    const stack = new Stack(makeApp({ context: { '@aws-cdk/core:aspectStabilization': stabilization } }), 'Stack');
    makePopulation(stack, 'Other');
    const table = makeTable(isTableLast ? new Stack(stack.node.root, 'Tables') : stack, 'Table');
    makePopulation(stack, 'Population', { intermediateTable: table, timeout: Duration.hours(6) });
    change(table, stack);
    const template = templateOf(stack);
    return { template, wait: idOf(template, 'AWS::CloudFormation::WaitCondition') };
  };
  const before = synthesize(() => {});
  const keyIn = ({ Resources }: typeof before.template) => Resources[Object.keys(Resources).find((id) => /^Population[0-9A-F]{8}$/.test(id))!].Properties.KmsKey;

  test.each(Object.entries(ways))('its key, %s: it may be used, is a change, and renews the wait condition', (__, way) => {
    const { template, wait } = synthesize((table, stack) => way(table, stack, ['kmsKeyArn', 'KmsKeyArn', KEY]));
    const policies = policiesOf(template, roleOf(template, 'PopulationRole'));
    expect(allows(policies, 'kms:Decrypt', KEY, { 'kms:ViaService': 'cleanrooms.ap-southeast-1.amazonaws.com' })).toBe(true);
    expect(keyIn(template)).toBe(KEY);
    expect(wait).not.toBe(before.wait);
  });

  test.each(Object.entries(ways))('its query, %s: it renews the wait condition', (__, way) => {
    const { wait } = synthesize((table, stack) => way(table, stack, ['populationAnalysisConfiguration', 'PopulationAnalysisConfiguration', QUERY]));
    expect(wait).not.toBe(before.wait);
  });

  test('also where CDK comes to the table last', () => {
    const late = (change: (table: CfnIntermediateTable, stack: Stack) => void) => synthesize(change, true);
    const { template, wait } = late((table, stack) => ways['by an Aspect on the app'](table, stack, ['kmsKeyArn', 'KmsKeyArn', KEY]));
    expect(JSON.stringify(policiesOf(template, roleOf(template, 'PopulationRole')))).toContain(KEY);
    expect(wait).not.toBe(late(() => {}).wait);
  });

  test('but not what decides nothing about its data', () => {
    expect(synthesize((table, stack) => {
      Tags.of(stack).add('team', 'data');
      table.addPropertyOverride('Description', 'another one');
    }).wait).toBe(before.wait);
  });
});

test('an override with a reference is a reference, in the policy and in the definition', () => {
  const stack = new Stack(makeApp(), 'Stack');
  const table = makeTable(stack, 'Table', { kmsKeyArn: KEY });
  makePopulation(stack, 'Population', { intermediateTable: table });
  const key = new Key(stack, 'Key');
  table.addPropertyOverride('KmsKeyArn', key.keyArn);
  const template = templateOf(stack);
  const arn = new Values(template).of<string>({ 'Fn::GetAtt': [stack.getLogicalId(key.node.defaultChild as CfnResource), 'Arn'] });
  expect(propertiesIn(template).KmsKey).toBe(arn);
  expect(JSON.stringify(policiesOf(template, roleOf(template, 'PopulationRole')))).not.toContain(KEY);
});

test('a key of another stack of the app is read from it, by a reference that holds on to nothing', () => {
  const app = makeApp();
  const [keys, stack] = ['Keys', 'Stack'].map((id) => new Stack(app, id));
  const table = makeTable(stack, 'Table');
  makePopulation(stack, 'Population', { intermediateTable: table });
  table.kmsKeyArn = new Key(keys, 'Key').keyArn;
  const statements = JSON.stringify(templateOf(stack).Resources);
  expect(statements).toMatch(/"kms:Decrypt"[^{]*\{[^}]*\}[^{]*"Resource":\{"Fn::GetStackOutput":\{"StackName":"Keys"/);
});
