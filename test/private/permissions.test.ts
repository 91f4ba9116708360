import { Stack } from 'aws-cdk-lib';
import { CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { allows, policiesOf, roleOf } from '../support/policies';
import { makePopulation, makeStack, makeTable, MEMBERSHIP, PopulationProps, templateOf } from '../support/stacks';
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
const executionOf = (machine: string, name: string) => `${machine.replace(':stateMachine:', ':execution:')}:${name}`;

describe('the population function', () => {
  const may = (action: string, resource: string) => allows(policiesOf(templateWithTwo, roleOf(templateWithTwo, 'PopulationRole')), action, resource);

  test.each(['FirstTable', 'SecondTable'])('may populate and read the table of each population: %s', (id) => {
    for (const action of ['PopulateIntermediateTable', 'GetIntermediateTable', 'ListIntermediateTableVersions']) {
      expect(may(`cleanrooms:${action}`, table(id))).toBe(true);
      expect(may(`cleanrooms:${action}`, membership())).toBe(true);
    }
  });

  test('may populate from all that a stored query of its membership can read', () => {
    for (const kind of ['configuredtableassociation', 'idmappingtable']) {
      expect(may('cleanrooms:PopulateIntermediateTable', `${membership()}/${kind}/${OTHER}`)).toBe(true);
      expect(may('cleanrooms:PopulateIntermediateTable', `${membership(OTHER)}/${kind}/${OTHER}`)).toBe(false);
    }
  });

  test('may follow and cancel queries and jobs of its membership', () => {
    for (const action of ['GetProtectedQuery', 'ListProtectedQueries', 'UpdateProtectedQuery', 'GetProtectedJob', 'ListProtectedJobs', 'UpdateProtectedJob']) {
      expect(may(`cleanrooms:${action}`, membership())).toBe(true);
      expect(may(`cleanrooms:${action}`, membership(OTHER))).toBe(false);
    }
  });

  test('may ask whether a run of its state machines has ended, list none and start none', () => {
    for (const population of ['First', 'Second']) {
      const machine = machineOf(templateWithTwo, population);
      expect(may('states:DescribeExecution', executionOf(machine, 'any'))).toBe(true);
      expect(may('states:ListExecutions', machine)).toBe(false);
      expect(may('states:StartExecution', machine)).toBe(false);
    }
  });

  test.each([
    'PopulateIntermediateTable', 'GetIntermediateTable', 'ListIntermediateTableVersions', 'DeleteIntermediateTable', 'UpdateIntermediateTable',
  ])('may not call %s on another table', (action) => {
    expect(may(`cleanrooms:${action}`, table('AnotherTable'))).toBe(false);
    expect(may(`cleanrooms:${action}`, table('FirstTable', OTHER))).toBe(false);
    expect(may(`cleanrooms:${action}`, table('FirstTable').replace('ap-southeast-1', 'us-east-1'))).toBe(false);
    expect(may(`cleanrooms:${action}`, table('FirstTable').replace('123456789012', '210987654321'))).toBe(false);
  });

  test.each(['cleanrooms:DeleteIntermediateTable', 'cleanrooms:StartProtectedQuery', 'kms:Decrypt', 's3:GetObject'])('may not %s at all', (action) => {
    expect(may(action, table('FirstTable'))).toBe(false);
    expect(may(action, membership())).toBe(false);
    expect(may(action, 'arn:aws:s3:::bucket/key')).toBe(false);
  });
});

describe('the deployment function and schedules', () => {
  const may = (action: string, resource: string) => allows(policiesOf(templateWithTwo, roleOf(templateWithTwo, 'StarterRole')), action, resource);

  test.each(['First', 'Second'])('may start the state machines and read their runs: %s', (population) => {
    const machine = machineOf(templateWithTwo, population);
    expect(may('states:StartExecution', machine)).toBe(true);
    expect(may('states:ListExecutions', machine)).toBe(false);
    expect(may('states:DescribeExecution', executionOf(machine, 'any'))).toBe(true);
  });

  test('may not do so with another state machine', () => {
    const machine = machineOf(templateWithTwo, 'First').replace('Stack-First', 'Stack-Other');
    expect(may('states:StartExecution', machine)).toBe(false);
    expect(may('states:ListExecutions', machine)).toBe(false);
    expect(may('states:DescribeExecution', executionOf(machine, 'any'))).toBe(false);
  });

  test('may not call Clean Rooms', () => {
    expect(may('cleanrooms:PopulateIntermediateTable', table('FirstTable'))).toBe(false);
    expect(may('cleanrooms:GetIntermediateTable', table('FirstTable'))).toBe(false);
  });
});

test('the state machines may invoke the two functions, and no others', () => {
  const policies = policiesOf(templateWithTwo, roleOf(templateWithTwo, 'MachineRole'));
  for (const id of idsOf(templateWithTwo, 'AWS::Lambda::Function')) {
    const arn = new Values(templateWithTwo).of<string>({ 'Fn::GetAtt': [id, 'Arn'] });
    expect(allows(policies, 'lambda:InvokeFunction', arn)).toBe(true);
    expect(allows(policies, 'lambda:InvokeFunction', `${arn}Other`)).toBe(false);
  }
  expect(allows(policies, 'cleanrooms:PopulateIntermediateTable', table('FirstTable'))).toBe(false);
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
