import { CfnResource, Stack } from 'aws-cdk-lib';
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { closeClouds, makeTable, MEMBERSHIP, openCloud, physicalId, populatesIn, STACK, synthesize } from './support';
import type { StackSource } from '../../simulator/cloudformation/assembly';
import { AllowedAnalysis, IntermediateTable, Membership, PopulateOnDeploy, StoredQuery } from '../../src';

afterEach(closeClouds);

const SQL = 'SELECT segment, COUNT(*) AS people FROM visitors GROUP BY segment';
const TABLE = 'Audience';

/** As people have it today: the table, and a call that populates it when it is new. */
const byHand = (): StackSource => answeringFor('AWS679f53fac002430cb0da5b7982bd2287', synthesize((stack) => {
  const table = makeTable(stack, TABLE, { name: 'audience', populationAnalysisConfiguration: { sqlParameters: { queryString: SQL } } });
  new AwsCustomResource(stack, 'Populate', {
    onCreate: {
      service: 'CleanRooms',
      action: 'populateIntermediateTable',
      parameters: { membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: table.attrIntermediateTableIdentifier },
      physicalResourceId: PhysicalResourceId.of('populate'),
    },
    policy: AwsCustomResourcePolicy.fromSdkCalls({ resources: AwsCustomResourcePolicy.ANY_RESOURCE }),
  });
}));

/** Following docs/converting.md. */
function converted(keepsLogicalId = true): StackSource {
  return synthesize((stack: Stack) => {
    const table = new IntermediateTable(stack, 'AudienceTable', {
      membership: Membership.fromMembershipIdentifier(stack, 'Membership', MEMBERSHIP),
      tableName: 'audience',
      query: StoredQuery.fromSql(SQL),
      allowedAnalyses: [AllowedAnalysis.ANY_QUERY],
    });
    if (keepsLogicalId) {
      (table.node.defaultChild as CfnResource).overrideLogicalId(TABLE);
    }
    table.addPopulation('Population', { populateOnDeploy: PopulateOnDeploy.IF_UNPOPULATED });
  });
}

/** CDK's own function takes its SDK from Lambda: here one takes its place that answers, and a person makes the call. */
function answeringFor(functionId: string, source: StackSource): StackSource {
  const { Resources } = source.template;
  const [id] = Object.keys(Resources).filter((each) => each.startsWith(functionId) && Resources[each].Type === 'AWS::Lambda::Function');
  const ZipFile = `exports.handler = ({ ResponseURL, StackId, RequestId, LogicalResourceId }) => new Promise((resolve, reject) => {
    const body = JSON.stringify({ Status: 'SUCCESS', PhysicalResourceId: 'populate', StackId, RequestId, LogicalResourceId });
    const request = require('https').request(ResponseURL, { method: 'PUT', headers: { 'content-length': Buffer.byteLength(body) } }, resolve);
    request.on('error', reject);
    request.end(body);
  }).then(() => undefined);`;
  const answering = { ...Resources[id], Properties: { ...Resources[id].Properties, Code: { ZipFile } } };
  return { ...source, template: { ...source.template, Resources: { ...Resources, [id]: answering } } };
}

/** A table that somebody has deployed and populated by hand. */
async function cloudByHand() {
  const cloud = openCloud();
  expect((await cloud.deploy(byHand())).status).toBe('CREATE_COMPLETE');
  const table = physicalId(cloud, TABLE);
  const [tableId] = table.split('|');
  cloud.cleanRooms.populateByHand(tableId);
  await cloud.advance(3600);
  return { cloud, table, tableId, live: cloud.cleanRooms.liveVersionId(tableId) };
}

describe('promise 1: one change, one population', () => {
  test('a hand-written table becomes one of this library without being replaced or paid for', async () => {
    const { cloud, table, tableId, live } = await cloudByHand();
    const result = await cloud.deploy(converted());
    expect([result.status, result.failures]).toEqual(['UPDATE_COMPLETE', []]);
    expect(physicalId(cloud, TABLE)).toBe(table);
    expect(populatesIn(cloud)).toEqual([]);
    expect(cloud.cleanRooms.liveVersionId(tableId)).toBe(live);
    expect(Object.values(result.outputs)).toEqual([live]);
    expect([...cloud.stack(STACK).resources.keys()].filter((id) => id.startsWith('Populate'))).toEqual([]);
  });

  test('one that loses its logical id would be another table, which fails on the name: nothing is lost or paid for', async () => {
    const { cloud, table, tableId, live } = await cloudByHand();
    expect((await cloud.deploy(converted(false))).status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect([physicalId(cloud, TABLE), cloud.cleanRooms.liveVersionId(tableId), populatesIn(cloud)]).toEqual([table, live, []]);
  });
});
