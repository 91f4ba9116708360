import { App, Duration, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { closeClouds, FAILS, makeTable, MEMBERSHIP, openCloud, STACK } from './support';
import { Cloud } from '../../simulator/cloud';
import { readStack, StackSource } from '../../simulator/cloudformation/assembly';
import type { AccessRequest } from '../../simulator/iam/policy';
import { IntermediateTable, IntermediateTablePopulation, IntermediateTablePopulationProps, PopulationServices } from '../../src';

const KEY = 'arn:aws:kms:us-east-1:111122223333:key/c1b2c3d4-5678-90ab-cdef-999999999999';
const OTHER_ID = 'b1b2c3d4-5678-90ab-cdef-999999999999';
const schedule = events.Schedule.rate(Duration.days(1));

const populate = (stack: Stack, id: string, props: Partial<IntermediateTablePopulationProps> = {}) => new IntermediateTablePopulation(stack, id, {
  intermediateTable: makeTable(stack, `Table${id}`),
  timeout: Duration.minutes(2),
  parameters: { date: stack.node.getContext('date') as string },
  schedule,
  ...props,
});

/** An app, and what is there before it: its ids are the app's context. */
type Scene = readonly [string, (app: App) => void, ((cloud: Cloud) => Record<string, string>)?];

const scenes: Scene[] = [
  ['a table', (app) => { populate(new Stack(app, STACK), 'A'); }],
  ['a table made of one that the membership has configured', (app) => {
    const stack = new Stack(app, STACK);
    const populationAnalysisConfiguration = { sqlParameters: { queryString: 'SELECT * FROM orders' } };
    populate(stack, 'A', { intermediateTable: makeTable(stack, 'Table', { populationAnalysisConfiguration }) });
  }, ({ cleanRooms: { resources } }) => {
    const { id: configuredTableIdentifier } = resources.createConfiguredTable({ name: 'orders' });
    return { association: resources.createConfiguredTableAssociation({ membershipIdentifier: MEMBERSHIP, configuredTableIdentifier, name: 'orders' }).id };
  }],
  ['a chain', (app) => {
    const stack = new Stack(app, STACK);
    populate(stack, 'B', { refreshAfter: [populate(stack, 'A')], schedule: undefined });
  }],
  ['a chain over two stacks', (app) => {
    const upstream = populate(new Stack(app, 'Upstream'), 'A');
    populate(new Stack(app, STACK), 'B', { refreshAfter: [upstream], schedule: undefined });
  }],
  ['a table with a customer\'s key', (app) => {
    const stack = new Stack(app, STACK);
    populate(stack, 'A', { intermediateTable: makeTable(stack, 'Table', { kmsKeyArn: KEY }) });
  }],
  ['a record with a customer\'s key, which a chain over two stacks reads', (app) => {
    const stacks = ['Upstream', STACK].map((name) => new Stack(app, name));
    PopulationServices.of(stacks[0]).configure({ recordEncryptionKey: kms.Key.fromKeyArn(stacks[0], 'Key', KEY) });
    populate(stacks[1], 'B', { refreshAfter: [populate(stacks[0], 'A')], schedule: undefined });
  }],
  ['a version parameter, events and freshness', (app) => {
    const stack = new Stack(app, STACK);
    const population = populate(stack, 'A', { versionParameter: new ssm.StringParameter(stack, 'Version', { stringValue: 'none yet' }) });
    population.onPopulationFailed('Failed');
    population.enableFreshnessMetrics();
  }],
  ['a table that takes hours', (app) => { populate(new Stack(app, STACK), 'A', { timeout: Duration.minutes(56) }); }],
  ['a table of another app', (app) => {
    const stack = new Stack(app, STACK);
    const intermediateTableIdentifier = app.node.getContext('table') as string;
    const intermediateTable = IntermediateTable.fromIntermediateTableAttributes(stack, 'Table', { membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier });
    populate(stack, 'A', { intermediateTable });
  }, ({ cleanRooms: { resources } }) => {
    const populationAnalysisConfiguration = { sqlParameters: { queryString: 'SELECT 1' } };
    return { table: resources.createIntermediateTable({ membershipIdentifier: MEMBERSHIP, name: 'theirs', populationAnalysisConfiguration }).id };
  }],
];

interface Call extends AccessRequest {
  readonly roleArn: string;
  /** As the library names it. */
  readonly role: string;
  readonly stack: string;
}

/** The roles of all stacks, by ARN: their own names are cut to IAM's 64 characters. */
const rolesIn = (cloud: Cloud) => new Map(cloud.cloudFormation.names().flatMap((stack) => [...cloud.stack(stack).resources.values()]
  .filter(({ type }) => type === 'AWS::IAM::Role')
  .map(({ logicalId, attributes }) => [attributes.Arn as string, { stack, role: /(Population|Starter|Machine)Role/.exec(logicalId)![0] }])));

/** Every call of our roles that IAM is asked about, each once. */
function listenTo(cloud: Cloud): () => Call[] {
  const decide = jest.spyOn(cloud.iam, 'decide');
  return () => {
    const roles = rolesIn(cloud);
    const calls = decide.mock.calls.map(([roleArn, request]): Call => ({ ...request, roleArn, ...roles.get(roleArn)! }));
    return [...new Map(calls.map((call) => [JSON.stringify(call), call])).values()];
  };
}

function synthesized(build: (app: App) => void, context: Record<string, string>): StackSource[] {
  const app = new App({ analyticsReporting: false, context });
  build(app);
  const assembly = app.synth();
  return assembly.stacks.map(({ stackName }) => readStack(assembly.directory, stackName));
}

/** Deploys a scene and refreshes it: well, with a populate that an error answers, with a query that takes too long. Then an update fails. */
async function play([, build, prepare]: Scene): Promise<{ cloud: Cloud; calls: Call[] }> {
  const cloud = openCloud({ cleanRooms: { defaultPlan: { durationSeconds: 30, outcome: 'SUCCESS' }, behaviours: { checksAssociationArns: true } } });
  const calls = listenTo(cloud);
  const context = prepare?.(cloud) ?? {};
  const sources = synthesized(build, { ...context, date: 'monday' });
  for (const source of sources) {
    expect(await cloud.deploy(source)).toMatchObject({ failures: [] });
  }
  const schedules = sources.flatMap(({ template: { Resources } }) =>
    Object.keys(Resources).filter((id) => Resources[id].Properties?.ScheduleExpression));
  const refresh = async () => {
    schedules.forEach((id) => cloud.fireRule(id));
    await cloud.settle();
  };
  await refresh();
  // Of two at once, one waits for the other.
  schedules.forEach((id) => cloud.fireRule(id));
  cloud.cleanRooms.faults.inject({ operation: 'PopulateIntermediateTable', fault: { kind: 'error', code: 'InternalServerException' }, first: 1 });
  await refresh();
  cloud.cleanRooms.planQuery({ durationSeconds: 7200, outcome: 'SUCCESS' });
  await refresh();
  cloud.cleanRooms.planQuery(FAILS);
  const [changed] = synthesized(build, { ...context, date: 'tuesday' });
  expect(await cloud.deploy(changed)).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE' });
  return { cloud, calls: calls() };
}

/** Words of an ARN that tell what kind of thing it is, and not which one. */
const KINDS = new Set(['arn', 'aws', 'cleanrooms', 'membership', 'intermediatetable', 'configuredtableassociation', 'states', 'stateMachine', 'execution',
  'kms', 'key', 'lambda', 'function', 'ssm', 'parameter', 'events', 'event-bus']);
/**
 * Here the last name may be any: permissions go by membership, only Clean Rooms knows what a stored query reads, and a stack's state machines
 * are known by what their names begin with.
 */
const LAST_IS_ANY = /:stateMachine:IntermediateTable-|\/(intermediatetable|configuredtableassociation)\//;

/** The same kind of thing in another region, account or membership, or of another name. */
function othersThan(arn: string): string[] {
  const parts = arn.split(/([:/])/);
  const which = parts.flatMap((part, index) => (part === '' || /^[:/]$/.test(part) || KINDS.has(part) ? [] : [index]));
  const other = (part: string) => (part.length === OTHER_ID.length ? OTHER_ID : `${part}-other`);
  return (LAST_IS_ANY.test(arn) ? which.slice(0, -1) : which)
    .map((place) => parts.map((part, index) => (index === place ? other(part) : part)).join(''));
}

/** The simulator has no tables that jobs populate. */
const UNPLAYED: Record<string, string[]> = {
  PopulationRole: ['cleanrooms:GetProtectedJob', 'cleanrooms:ListProtectedJobs', 'cleanrooms:UpdateProtectedJob'],
  StarterRole: [],
  MachineRole: [],
};

const played: Record<string, Call[]> = {};
const granted: Record<string, Set<string>> = {};

/** Logs and traces, which the simulator does not carry. */
const UNSEEN = /^(logs|xray):/;

function noteGranted(cloud: Cloud): void {
  for (const [arn, { role }] of rolesIn(cloud)) {
    const actions = cloud.iam.inlineDocuments(arn, /./, '').flatMap(({ Statement }) => Statement).flatMap(({ Action = [] }) => Action);
    granted[role] = new Set([...granted[role] ?? [], ...actions.filter((action) => !UNSEEN.test(action))]);
  }
}

describe('promise 10: who may start a population may start that population, and no more', () => {
  describe.each(scenes.map((scene) => ({ name: scene[0], scene })))('the roles of $name', ({ name, scene }) => {
    let cloud: Cloud;
    let calls: Call[];
    const may = ({ roleArn, action, resource, context }: Call, change: Partial<AccessRequest> = {}) =>
      cloud.iam.decide(roleArn, { action, resource, context, ...change }) === 'allowed';

    beforeAll(async () => {
      ({ cloud, calls } = await play(scene));
      played[name] = calls;
      noteGranted(cloud);
    });
    afterAll(closeClouds);

    test('may make every call that they make', () => {
      expect(calls.map(({ action }) => action)).toEqual(expect.arrayContaining([
        'cleanrooms:PopulateIntermediateTable', 'cleanrooms:UpdateProtectedQuery', 'states:StartExecution', 'lambda:InvokeFunction',
      ]));
      expect(calls.filter((call) => !may(call))).toEqual([]);
    });

    test('may make none of them on another thing of the kind', () => {
      const allowed = calls.flatMap((call) => othersThan(call.resource).filter((resource) => may(call, { resource })).map((resource) => `${call.action} ${resource}`));
      expect(allowed).toEqual([]);
    });

    test('may make none of them under a condition that fails', () => {
      const conditional = calls.filter(({ context }) => context);
      expect(conditional.length > 0).toBe(name.includes('key'));
      expect(conditional.filter((call) => may(call, { context: {} }) || may(call, { context: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' } }))).toEqual([]);
    });

    test('may make none that only another of them makes', () => {
      const wrong = calls.flatMap((call) => calls
        .filter(({ role, action }) => role !== call.role && !calls.some((own) => own.role === role && own.action === call.action) && action)
        .filter(({ roleArn }) => may({ ...call, roleArn }))
        .map(({ role }) => `${role} may ${call.action}`));
      expect([...new Set(wrong)]).toEqual([]);
    });
  });

  /** Of the record's key; of a table's, some of them. */
  const KEY_ACTIONS = ['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'ReEncryptFrom', 'ReEncryptTo']
    .map((action) => `kms:${action}`);

  describe('in all of these scenes together', () => {
    const usedBy = (role: string) =>
      [...new Set(Object.values(played).flat().filter((call) => call.role === role).map(({ action }) => action))].sort();

    test('the roles make these calls', () => {
      expect(usedBy('PopulationRole')).toEqual([
        'cleanrooms:GetIntermediateTable', 'cleanrooms:GetProtectedQuery', 'cleanrooms:ListIntermediateTableVersions', 'cleanrooms:ListProtectedQueries',
        'cleanrooms:PopulateIntermediateTable', 'cleanrooms:UpdateProtectedQuery',
        'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', ...KEY_ACTIONS,
      ]);
      expect(usedBy('StarterRole')).toEqual(['dynamodb:GetItem', 'dynamodb:PutItem', ...KEY_ACTIONS, 'states:StartExecution']);
      expect(usedBy('MachineRole')).toEqual(['events:PutEvents', 'lambda:InvokeFunction', 'ssm:PutParameter']);
    });

    test.each(['PopulationRole', 'StarterRole', 'MachineRole'])('%s may do nothing that it never does', (role) => {
      expect([...granted[role]].filter((action) => !usedBy(role).includes(action))).toEqual(UNPLAYED[role]);
    });

    test('the roles of a chain over two stacks may look at upstream tables, and not populate them', () => {
      const calls = played['a chain over two stacks'];
      const resourcesOf = (wanted: string, of: string) => calls
        .filter(({ action, stack, resource }) => action === wanted && stack === of && resource.includes('intermediatetable')).map(({ resource }) => resource);
      const [upstream] = resourcesOf('cleanrooms:PopulateIntermediateTable', 'Upstream');
      expect(resourcesOf('cleanrooms:GetIntermediateTable', STACK)).toContain(upstream);
      expect(resourcesOf('cleanrooms:PopulateIntermediateTable', STACK)).not.toContain(upstream);
    });
  });
});
