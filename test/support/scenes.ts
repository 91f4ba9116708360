import { App, Duration, Environment, NestedStack, Stack } from 'aws-cdk-lib';
import { CfnCollaboration, CfnMembership } from 'aws-cdk-lib/aws-cleanrooms';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Schedule } from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { makePopulation, makeTable, MEMBERSHIP, PopulationProps, TABLE } from './stacks';
import { IntermediateTable, PopulationDashboard, PopulationServices } from '../../src';

const schedule = Schedule.rate(Duration.days(1));

function membershipIn(stack: Stack): string {
  const { attrCollaborationIdentifier } = new CfnCollaboration(stack, 'Collaboration', {
    name: 'c', description: 'c', creatorDisplayName: 'us', creatorMemberAbilities: [], members: [], queryLogStatus: 'ENABLED',
  });
  return new CfnMembership(stack, 'Membership', { collaborationIdentifier: attrCollaborationIdentifier, queryLogStatus: 'ENABLED' }).attrMembershipIdentifier;
}

const other = ({ node, account, region }: Stack, id = 'Other') => new Stack(node.root, id, { env: { account, region } });
const population = (props: (stack: Stack) => PopulationProps) => (stack: Stack) => { makePopulation(stack, 'Population', props(stack)); };

/** Stacks as users may build them, for what has to hold in each of them. */
export const scenes: { readonly [name: string]: (stack: Stack) => void } = {
  'a population on a schedule': population(() => ({ schedule })),
  'a population of a membership of its own stack':
    population((stack) => ({ intermediateTable: makeTable(stack, 'Table', { membershipIdentifier: membershipIn(stack) }) })),
  'a population of a membership of another stack':
    population((stack) => ({ intermediateTable: makeTable(stack, 'Table', { membershipIdentifier: membershipIn(other(stack)) }) })),
  'a population of a table of another stack': population((stack) => ({ intermediateTable: makeTable(other(stack)) })),
  'a population of a table and a membership of two other stacks': population((stack) => {
    const membershipIdentifier = membershipIn(other(stack, 'First'));
    return { intermediateTable: makeTable(other(stack, 'Second'), 'Table', { membershipIdentifier }) };
  }),
  'a population of a table of another app': population((stack) => ({
    intermediateTable: IntermediateTable.fromIntermediateTableAttributes(stack, 'Table', { membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: TABLE }),
  })),
  'a population of a table whose ARN another stack knows':
    population((stack) => ({ intermediateTable: IntermediateTable.fromIntermediateTableArn(stack, 'Table', makeTable(other(stack)).attrArn) })),
  'a population with a customer\'s key': population((stack) => (
    { intermediateTable: makeTable(stack, 'Table', { kmsKeyArn: new Key(stack, 'Key', { enableKeyRotation: true }).keyArn }) })),
  'a population with a version parameter': population((stack) => ({ versionParameter: new StringParameter(stack, 'Version', { stringValue: 'none yet' }) })),
  'a population in a VPC': population((stack) => {
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['a'],
      privateSubnetIds: ['subnet-0123456789abcdef0'],
      privateSubnetRouteTableIds: ['rtb-0123456789abcdef0'],
    });
    PopulationServices.of(stack).configure({ vpc });
    return {};
  }),
  'a population with a limit of what is billed': population(() => ({ maxBilledCrpuHoursPerDay: 5 })),
  'a population with all that regulated users ask for': population((stack) => {
    const encryptionMasterKey = new Key(stack, 'Key', { enableKeyRotation: true });
    PopulationServices.of(stack).configure({
      recordEncryptionKey: encryptionMasterKey,
      deadLetterQueue: new Queue(stack, 'Letters', { encryptionMasterKey, enforceSSL: true, deadLetterQueue: { queue: new Queue(stack, 'Last', { enforceSSL: true }), maxReceiveCount: 9 } }),
      tracing: Tracing.ACTIVE,
      reservedConcurrentExecutions: 6,
    });
    return { schedule };
  }),
  'a population that takes hours': population(() => ({ timeout: Duration.hours(6) })),
  'a population after one of its own stack': population((stack) => ({ refreshAfter: [makePopulation(stack, 'Upstream', { schedule })] })),
  'a population after one of another stack': population((stack) => ({ refreshAfter: [makePopulation(other(stack), 'Upstream', { schedule })] })),
  'a population of a nested stack, of a membership of the stack around it': (stack) => {
    const nested = new NestedStack(stack, 'Nested');
    makePopulation(nested, 'Population', { intermediateTable: makeTable(nested, 'Table', { membershipIdentifier: membershipIn(stack) }) });
  },
  'a population with events, alarms, a dashboard and grants': (stack) => {
    const watched = makePopulation(stack, 'Population', { schedule });
    watched.onPopulated('Done');
    watched.onPopulationFailed('Failed');
    watched.createFailureAlarm('FailureAlarm');
    watched.createExpiryAlarm('ExpiryAlarm');
    watched.createFreshnessAlarm('FreshnessAlarm', { maxAge: Duration.days(2) });
    watched.grantPopulate(new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('states.amazonaws.com') }));
    new PopulationDashboard(stack, 'Dashboard', { populations: [watched] });
  },
  'many populations': (stack) => {
    Array.from({ length: 35 }, (_, index) => makePopulation(stack, `P${index}`, { schedule }));
  },
};

export function sceneIn(app: App, name: string, env?: Environment): Stack {
  const stack = new Stack(app, 'Stack', { env });
  scenes[name](stack);
  return stack;
}
