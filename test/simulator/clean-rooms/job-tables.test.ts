import { Cloud, CloudBehaviours } from '../../../simulator/cloud';
import type { DeployResult } from '../../../simulator/cloudformation/service';
import { stackOf } from '../templates';

let cloud: Cloud;
afterEach(() => cloud.close());

const MEMBERSHIP = 'a1b2c3d4-5678-90ab-cdef-111111111111';

function deploy(behaviours: CloudBehaviours = {}): Promise<DeployResult> {
  cloud = new Cloud({ behaviours });
  cloud.joinCollaboration(MEMBERSHIP);
  const template = cloud.cleanRooms.resources.createAnalysisTemplate({ membershipIdentifier: MEMBERSHIP, name: 'score', queryString: '' });
  return cloud.deploy(stackOf({
    Table: {
      Type: 'AWS::CleanRooms::IntermediateTable',
      Properties: { MembershipIdentifier: MEMBERSHIP, Name: 'scored', PopulationAnalysisConfiguration: { JobParameters: { AnalysisTemplateArn: template.arn } } },
    },
  }));
}

test('CloudFormation does not know tables that jobs populate', async () => {
  const { status, failures } = await deploy();
  expect([status, failures[0].reason]).toEqual(['ROLLBACK_COMPLETE', expect.stringContaining('extraneous key [JobParameters] is not permitted')]);
});

test('the day it does, they are populated by jobs', async () => {
  expect((await deploy({ jobTables: 'accepted' })).status).toBe('CREATE_COMPLETE');
  const id = cloud.stack('Stack').resources.get('Table')!.physicalId;
  cloud.cleanRooms.populateByHand(id);
  await cloud.advance(100);
  expect(cloud.cleanRooms.liveVersionId(id)).toBeDefined();
});
