import { Aspects, CfnCondition, CfnParameter, CfnResource, Stack } from 'aws-cdk-lib';
import { CfnIntermediateTable, CfnIntermediateTableProps, CfnMembership } from 'aws-cdk-lib/aws-cleanrooms';
import { CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { permissionsOf, policiesOf, roleOf } from '../support/policies';
import {
  makePopulation, makeStack, makeTable, MEMBERSHIP, PopulationProps, synthesized, TABLE, templateOf, templateWith,
} from '../support/stacks';
import { idFrom, idsOf, uuidOf, Values } from '../support/template';

const HERE = 'ap-southeast-1:123456789012';
const POPULATE = 'cleanrooms:PopulateIntermediateTable';
const membership = (id = MEMBERSHIP) => `arn:aws:cleanrooms:${HERE}:membership/${id}`;
const OTHER = uuidOf('another one');

const templateWithTwo = synthesized((stack) => ['First', 'Second'].forEach((id) => makePopulation(stack, id)));

test.each([
  'configuredtableassociation', 'idmappingtable',
])('the population function may populate from every %s that a stored query of its membership can read', (kind) => {
  const may = permissionsOf(templateWithTwo, 'PopulationRole');
  expect([MEMBERSHIP, OTHER].map((id) => may(POPULATE, `${membership(id)}/${kind}/${OTHER}`))).toEqual([true, false]);
});

test('the deployment function and schedules may not start state machines of anything else, nor populations of other stacks', () => {
  const may = permissionsOf(templateWithTwo, 'StarterRole');
  const id = idFrom(templateWithTwo, 'AWS::StepFunctions::StateMachine', 'First');
  const machine = new Values(templateWithTwo).of<string>({ 'Fn::GetAtt': [id, 'Arn'] });
  expect(machine).toMatch(/:stateMachine:IntermediateTable-51af3dc0-First-[0-9a-f]{8}$/);
  const machines = [machine, machine.replace('51af3dc0', '51af3dc1'), machine.replace('IntermediateTable-', 'Stack-')];
  expect(machines.map((arn) => may('states:StartExecution', arn))).toEqual([true, false, false]);
});

test.each([
  'PopulationRole', 'StarterRole', 'MachineRole',
] as const)('no action of %s has a wildcard, and a resource only where there is nothing narrower', (role) => {
  for (const { Action, Resource } of policiesOf(templateWithTwo, roleOf(templateWithTwo, role)).flatMap(({ statements }) => statements)) {
    expect([Action].flat().filter((action) => action.includes('*'))).toEqual([]);
    if ([Resource].flat().includes('*')) {
      expect([Action].flat().filter((action) => !/^(logs:.*(Deliver|ResourcePolic|LogGroups)|xray:|cloudwatch:PutMetricData|ec2:)/.test(action))).toEqual([]);
    }
  }
});

describe('the key that a table is encrypted with', () => {
  const KEY = `arn:aws:kms:${HERE}:key/${uuidOf('key')}`;
  const through = (service: string) => ({ 'kms:ViaService': `${service}.ap-southeast-1.amazonaws.com` });

  test.each<[string, (stack: Stack) => PopulationProps, string]>([
    ['read off the table', (stack) => ({ intermediateTable: makeTable(stack, 'T', { kmsKeyArn: KEY }) }), KEY],
    ['read off the table, of the same stack', (stack) => ({ intermediateTable: makeTable(stack, 'T', { kmsKeyArn: new CfnKey(stack, 'Key').attrArn }) }),
      `arn:aws:kms:${HERE}:key/${uuidOf('Key')}`],
    ['given', (stack) => ({ encryptionKey: Key.fromKeyArn(stack, 'Key', KEY) }), KEY],
  ])('%s: may be used through Clean Rooms, and not otherwise', (_, props, key) => {
    const may = permissionsOf(templateWith(props), 'PopulationRole');
    for (const action of ['kms:DescribeKey', 'kms:GenerateDataKey', 'kms:Decrypt']) {
      expect(may(action, key, through('cleanrooms'))).toBe(true);
      expect(may(action, key, through('s3'))).toBe(false);
      expect(may(action, key)).toBe(false);
      expect(may(action, `${key}0`, through('cleanrooms'))).toBe(false);
    }
    expect(may('kms:Encrypt', key, through('cleanrooms'))).toBe(false);
  });

  test('is named by no policy where there is none', () => {
    expect(JSON.stringify(policiesOf(templateWithTwo, roleOf(templateWithTwo, 'PopulationRole')))).not.toContain('kms:');
  });
});

describe('a policy is of what it gives access to', () => {
  const idsWith = (add: (stack: Stack) => void) => {
    const template = synthesized(add);
    return { template, ids: idsOf(template, 'AWS::IAM::Policy') };
  };
  const ofMembership = (stack: Stack, id: string, membershipIdentifier: string, props: Partial<CfnIntermediateTableProps> = {}) =>
    makePopulation(stack, id, { intermediateTable: makeTable(stack, `${id}Table`, { membershipIdentifier, ...props }) });
  const parameter = (stack: Stack) => new CfnParameter(stack, 'Membership').valueAsString;

  test.each<[string, number, (stack: Stack) => void]>([
    ['alike, as one parameter', 1, (stack) => {
      const one = parameter(stack);
      ['First', 'Second'].forEach((id) => ofMembership(stack, id, one));
    }],
    ['otherwise, as a parameter and as a text', 2, (stack) => {
      ofMembership(stack, 'First', parameter(stack));
      ofMembership(stack, 'Second', MEMBERSHIP);
    }],
    ['alike in two other stacks, where it is another one', 2, (stack) =>
      ['One', 'Two'].forEach((id) => ofMembership(stack, id, parameter(new Stack(stack.node.root, id))))],
  ])('of one membership, as long as it is written %s: %d', (_, count, add) => {
    expect(idsWith(add).ids).toHaveLength(count);
  });

  test('and the same one whichever populations need it, and in whichever order, and goes after their custom resources', () => {
    const [one, two, reversed] = [['First'], ['First', 'Second'], ['Second', 'First']].map((names) =>
      idsWith((stack) => names.forEach((id) => ofMembership(stack, id, MEMBERSHIP))));
    expect([two.ids, reversed.ids]).toEqual([one.ids, one.ids]);
    expect(two.template.Resources[two.ids[0]]).toEqual(one.template.Resources[one.ids[0]]);
    for (const id of idsOf(two.template, 'Custom::IntermediateTablePopulation')) {
      expect(two.template.Resources[id].DependsOn).toEqual(expect.arrayContaining(two.ids));
    }
  });

  test('has the condition of a membership, or of a key, of its stack', () => {
    const { template, ids } = idsWith((stack) => {
      const condition = new CfnCondition(stack, 'IsWanted');
      const ofTable = new CfnMembership(stack, 'Membership', { collaborationIdentifier: TABLE, queryLogStatus: 'ENABLED' });
      const key = new CfnKey(stack, 'Key');
      ofMembership(stack, 'Population', ofTable.attrMembershipIdentifier, { kmsKeyArn: key.attrArn });
      ofMembership(stack, 'Other', MEMBERSHIP);
      // Late, and by an Aspect.
      Aspects.of(stack).add({ visit: (node) => { if (node === ofTable || node === key) (node as CfnResource).cfnOptions.condition = condition; } });
    });
    const conditions = ids.map((id) => [id.replace(/.*(Membership|Key).*/, '$1'), template.Resources[id].Condition]);
    expect(conditions.sort()).toEqual([['Key', 'IsWanted'], ['Membership', undefined], ['Membership', 'IsWanted']]);
  });

  test('names the membership that an Aspect gives a table', () => {
    const { template, ids } = idsWith((stack) => {
      ofMembership(stack, 'Population', MEMBERSHIP);
      const { isCfnIntermediateTable } = CfnIntermediateTable;
      Aspects.of(stack).add({ visit: (node) => { if (isCfnIntermediateTable(node)) node.membershipIdentifier = OTHER; } });
    });
    expect(ids).toHaveLength(1);
    expect(permissionsOf(template, 'PopulationRole')(POPULATE, membership(OTHER))).toBe(true);
    expect(JSON.stringify(template)).not.toContain(MEMBERSHIP);
  });
});

describe('a population that is built on those of other stacks', () => {
  const stack = makeStack();
  const [furthest, upstream] = ['Furthest', 'Upstream'].map((id) => new Stack(stack.node.root, id));
  const first = makePopulation(furthest, 'First', { intermediateTable: makeTable(furthest, 'FirstTable', { membershipIdentifier: OTHER }) });
  makePopulation(stack, 'Third', { refreshAfter: [makePopulation(upstream, 'Second', { refreshAfter: [first] })] });
  const template = templateOf(stack);
  const may = permissionsOf(template, 'PopulationRole');

  test('may read the records of all of them, directly or not, and write none', () => {
    const records = [...JSON.stringify(template).matchAll(/"StackName":"(\w+)","Region":\{[^}]*\},"OutputName":"(\w*Record\w+Arn\w*)"/g)];
    expect(records.map(([, name]) => name).sort()).toEqual(['Furthest', 'Upstream']);
    for (const [, name, output] of records) {
      expect(['dynamodb:GetItem', 'dynamodb:PutItem'].map((action) => may(action, `${name}.${output}`))).toEqual([true, false]);
    }
  });

  test('may read the tables of their memberships, and populate none', () => {
    const table = `${membership(OTHER)}/intermediatetable/${uuidOf('FirstTable')}`;
    expect(['cleanrooms:GetIntermediateTable', POPULATE].map((action) => may(action, table))).toEqual([true, false]);
  });

  test('refers to them in a way that holds on to nothing', () => {
    expect(JSON.stringify(template)).not.toContain('Fn::ImportValue');
    expect(JSON.stringify([templateOf(upstream), templateOf(furthest)])).not.toContain('"Export"');
  });
});
