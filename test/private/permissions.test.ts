import { Aspects, CfnCondition, CfnParameter, CfnResource, Stack } from 'aws-cdk-lib';
import { CfnIntermediateTable, CfnIntermediateTableProps, CfnMembership } from 'aws-cdk-lib/aws-cleanrooms';
import { CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { allows, policiesOf, roleOf } from '../support/policies';
import { makePopulation, makeStack, makeTable, MEMBERSHIP, PopulationProps, TABLE, templateOf } from '../support/stacks';
import { CfnTemplate, idsOf, uuidOf, Values } from '../support/template';

const HERE = 'ap-southeast-1:123456789012';
const membership = (id = MEMBERSHIP) => `arn:aws:cleanrooms:${HERE}:membership/${id}`;
const table = (logicalId: string, ofMembership = MEMBERSHIP) => `${membership(ofMembership)}/intermediatetable/${uuidOf(logicalId)}`;
const OTHER = uuidOf('another one');

const templateWithTwo = (() => {
  const stack = makeStack();
  ['First', 'Second'].forEach((id) => makePopulation(stack, id));
  return templateOf(stack);
})();

const machineOf = (template: CfnTemplate, population: string): string => {
  const id = idsOf(template, 'AWS::StepFunctions::StateMachine').find((each) => each.startsWith(population));
  return new Values(template).of<string>({ 'Fn::GetAtt': [id, 'Arn'] });
};

describe('the population function', () => {
  const may = (action: string, resource: string) => allows(policiesOf(templateWithTwo, roleOf(templateWithTwo, 'PopulationRole')), action, resource);

  test('may populate from all that a stored query of its membership can read', () => {
    for (const kind of ['configuredtableassociation', 'idmappingtable']) {
      expect(may('cleanrooms:PopulateIntermediateTable', `${membership()}/${kind}/${OTHER}`)).toBe(true);
      expect(may('cleanrooms:PopulateIntermediateTable', `${membership(OTHER)}/${kind}/${OTHER}`)).toBe(false);
    }
  });
});

describe('the deployment function and schedules', () => {
  const may = (action: string, resource: string) => allows(policiesOf(templateWithTwo, roleOf(templateWithTwo, 'StarterRole')), action, resource);

  test('may not start state machines of anything else, nor populations of other stacks', () => {
    const machine = machineOf(templateWithTwo, 'First');
    expect(machine).toMatch(/:stateMachine:IntermediateTable-51af3dc0-First-[0-9a-f]{8}$/);
    expect(may('states:StartExecution', machine.replace('51af3dc0', '51af3dc1'))).toBe(false);
    expect(may('states:StartExecution', machine.replace('IntermediateTable-', 'Stack-'))).toBe(false);
  });
});

test('no action has a wildcard, and a resource only where there is nothing narrower', () => {
  for (const role of ['PopulationRole', 'StarterRole', 'MachineRole'] as const) {
    for (const { statements } of policiesOf(templateWithTwo, roleOf(templateWithTwo, role))) {
      for (const { Action, Resource } of statements) {
        expect([Action].flat().filter((action) => action.includes('*'))).toEqual([]);
        if ([Resource].flat().includes('*')) {
          expect([Action].flat().filter((action) => !/^(logs:.*(Deliver|ResourcePolic|LogGroups)|xray:|cloudwatch:PutMetricData|ec2:)/.test(action))).toEqual([]);
        }
      }
    }
  }
});

describe('the key that a table is encrypted with', () => {
  const KEY = `arn:aws:kms:${HERE}:key/${uuidOf('key')}`;
  const ACTIONS = ['kms:DescribeKey', 'kms:GenerateDataKey', 'kms:Decrypt'];
  const through = (service: string) => ({ 'kms:ViaService': `${service}.ap-southeast-1.amazonaws.com` });
  const policiesWith = (props: (stack: Stack) => PopulationProps) => {
    const stack = makeStack();
    makePopulation(stack, 'Population', props(stack));
    const template = templateOf(stack);
    return policiesOf(template, roleOf(template, 'PopulationRole'));
  };

  const sources: [string, (stack: Stack) => PopulationProps, string][] = [
    ['read off the table', (stack) => ({ intermediateTable: makeTable(stack, 'T', { kmsKeyArn: KEY }) }), KEY],
    ['read off the table, of the same stack', (stack) => ({ intermediateTable: makeTable(stack, 'T', { kmsKeyArn: new CfnKey(stack, 'Key').attrArn }) }),
      `arn:aws:kms:${HERE}:key/${uuidOf('Key')}`],
    ['given', (stack) => ({ encryptionKey: Key.fromKeyArn(stack, 'Key', KEY) }), KEY],
  ];
  test.each(sources)('%s: may be used through Clean Rooms, and not otherwise', (_, props, key) => {
    const policies = policiesWith(props);
    for (const action of ACTIONS) {
      expect(allows(policies, action, key, through('cleanrooms'))).toBe(true);
      expect(allows(policies, action, key, through('s3'))).toBe(false);
      expect(allows(policies, action, key)).toBe(false);
      expect(allows(policies, action, `${key}0`, through('cleanrooms'))).toBe(false);
    }
    expect(allows(policies, 'kms:Encrypt', key, through('cleanrooms'))).toBe(false);
  });

  test('is named by no policy where there is none', () => {
    expect(JSON.stringify(policiesWith(() => ({})))).not.toContain('kms:');
  });
});

describe('a policy is of what it gives access to', () => {
  const idsWith = (add: (stack: Stack) => void) => {
    const stack = makeStack();
    add(stack);
    const template = templateOf(stack);
    return { template, ids: idsOf(template, 'AWS::IAM::Policy') };
  };
  const ofMembership = (stack: Stack, id: string, membershipIdentifier: string, props: Partial<CfnIntermediateTableProps> = {}) =>
    makePopulation(stack, id, { intermediateTable: makeTable(stack, `${id}Table`, { membershipIdentifier, ...props }) });

  test('of one membership, however it is written, as long as it is written alike', () => {
    const parameter = (stack: Stack) => stack.node.tryFindChild('Membership') as CfnParameter | undefined ?? new CfnParameter(stack, 'Membership');
    expect(idsWith((stack) => ['First', 'Second'].forEach((id) => ofMembership(stack, id, parameter(stack).valueAsString))).ids).toHaveLength(1);
    expect(idsWith((stack) => {
      ofMembership(stack, 'First', parameter(stack).valueAsString);
      ofMembership(stack, 'Second', MEMBERSHIP);
    }).ids).toHaveLength(2);
  });

  test('and the same one whichever populations need it, and in whichever order', () => {
    const [one, two, reversed] = [['First'], ['First', 'Second'], ['Second', 'First']].map((names) =>
      idsWith((stack) => names.forEach((id) => ofMembership(stack, id, MEMBERSHIP))));
    expect(two.ids).toEqual(one.ids);
    expect(reversed.ids).toEqual(one.ids);
    expect(two.template.Resources[two.ids[0]]).toEqual(one.template.Resources[one.ids[0]]);
  });

  test('and goes after the custom resources that need it', () => {
    const { template, ids } = idsWith((stack) => ['First', 'Second'].forEach((id) => ofMembership(stack, id, MEMBERSHIP)));
    for (const id of idsOf(template, 'Custom::IntermediateTablePopulation')) {
      expect(template.Resources[id].DependsOn).toEqual(expect.arrayContaining(ids));
    }
  });

  test('of memberships that two other stacks call alike, two', () => {
    const { ids } = idsWith((stack) => ['One', 'Two'].forEach((id) => {
      const other = new Stack(stack.node.root, id);
      ofMembership(stack, id, new CfnParameter(other, 'Membership').valueAsString);
    }));
    expect(ids).toHaveLength(2);
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
    const other = uuidOf('other');
    const { template, ids } = idsWith((stack) => {
      ofMembership(stack, 'Population', MEMBERSHIP);
      Aspects.of(stack).add({ visit: (node) => { if (CfnIntermediateTable.isCfnIntermediateTable(node)) node.membershipIdentifier = other; } });
    });
    expect(ids).toHaveLength(1);
    expect(allows(policiesOf(template, roleOf(template, 'PopulationRole')), 'cleanrooms:PopulateIntermediateTable', membership(other))).toBe(true);
    expect(JSON.stringify(template)).not.toContain(MEMBERSHIP);
  });
});

describe('a population that is built on those of other stacks', () => {
  const stack = makeStack();
  const [furthest, upstream] = ['Furthest', 'Upstream'].map((id) => new Stack(stack.node.root, id));
  const first = makePopulation(furthest, 'First', { intermediateTable: makeTable(furthest, 'FirstTable', { membershipIdentifier: OTHER }) });
  const second = makePopulation(upstream, 'Second', { refreshAfter: [first] });
  makePopulation(stack, 'Third', { refreshAfter: [second] });
  const template = templateOf(stack);
  const policies = policiesOf(template, roleOf(template, 'PopulationRole'));
  const records = [...JSON.stringify(template).matchAll(/"StackName":"(\w+)","Region":\{[^}]*\},"OutputName":"(\w*Record\w+Arn\w*)"/g)]
    .map(([, name, output]) => `${name}.${output}`);

  test('may read the records of all of them, directly or not, and write none', () => {
    expect(records.map((record) => record.split('.')[0]).sort()).toEqual(['Furthest', 'Upstream']);
    for (const record of records) {
      expect(allows(policies, 'dynamodb:GetItem', record)).toBe(true);
      expect(allows(policies, 'dynamodb:PutItem', record)).toBe(false);
    }
  });

  test('may read the tables of their memberships, and populate none', () => {
    expect(allows(policies, 'cleanrooms:GetIntermediateTable', table('FirstTable', OTHER))).toBe(true);
    expect(allows(policies, 'cleanrooms:PopulateIntermediateTable', table('FirstTable', OTHER))).toBe(false);
  });

  test('refers to them in a way that holds on to nothing', () => {
    expect(JSON.stringify(template)).not.toContain('Fn::ImportValue');
    expect(JSON.stringify([templateOf(upstream), templateOf(furthest)])).not.toContain('"Export"');
  });
});
