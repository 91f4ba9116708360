import { Harness, SIGNED_BY, signature } from './harness';
import { AuthorizationRequest, CleanRoomsOptions, KeyUseRequest } from '../../../simulator/clean-rooms';

let rooms: Harness;
afterEach(() => rooms.stop());

async function start(options: Partial<CleanRoomsOptions> = {}): Promise<void> {
  rooms = await Harness.start(options);
}

describe('IAM', () => {
  test('is asked for the membership, and for the table where the operation has one', async () => {
    const asked: AuthorizationRequest[] = [];
    await start({ authorize: (request) => { asked.push(request); return undefined; } });
    const { analysisId } = await rooms.begin();
    await rooms.getTable();
    await rooms.versions();
    await rooms.query(analysisId);
    await rooms.cancel(analysisId);
    const { arn } = rooms.membership;
    const table = [arn, `${arn}/intermediatetable/${rooms.table.id}`];
    expect(asked).toEqual(([
      ['PopulateIntermediateTable', table],
      ['GetIntermediateTable', table],
      ['ListIntermediateTableVersions', table],
      ['GetProtectedQuery', [arn]],
      ['UpdateProtectedQuery', [arn]],
    ] as const).map(([operation, resources]) => ({ accessKeyId: SIGNED_BY, operation, resources })));
  });

  test('denies before anybody learns whether the table exists, and before any effect', async () => {
    await start({ authorize: ({ accessKeyId }) => (accessKeyId === 'AKIASTRANGER' ? { message: 'Not you.' } : undefined) });
    const authorization = signature({ accessKeyId: 'AKIASTRANGER' });
    for (const table of [rooms.path(), rooms.under('/intermediateTables/00000000-0000-4000-8000-000000000000')]) {
      expect(await rooms.send({ method: 'POST', path: `${table}/populate`, authorization }))
        .toEqual({ status: 403, error: 'AccessDeniedException', body: { message: 'Not you.' } });
    }
    expect(rooms.service.populations()).toEqual([]);
  });

  test('is asked for the table\'s own key when it is populated', async () => {
    const asked: KeyUseRequest[] = [];
    const denied = { message: 'No key.' };
    await start({ authorizeKey: (request) => { asked.push(request); return request.action === 'kms:Decrypt' ? denied : undefined; } });
    const keyArn = 'arn:aws:kms:eu-west-1:111122223333:key/12345678';
    rooms.service.resources.updateIntermediateTable(rooms.table.id, { kmsKeyArn: keyArn });
    await rooms.getTable();
    expect(asked).toEqual([]);
    expect(await rooms.populate()).toMatchObject({ status: 403, error: 'AccessDeniedException', body: denied });
    expect(asked.map(({ action }) => action)).toEqual(['kms:DescribeKey', 'kms:GenerateDataKey', 'kms:Decrypt']);
    expect(asked[0]).toMatchObject({ keyArn, viaService: 'cleanrooms.eu-west-1.amazonaws.com', accessKeyId: SIGNED_BY });
  });
});

describe('the journal', () => {
  beforeEach(() => start());

  test('has every request, also those that were refused', async () => {
    await rooms.begin(undefined, { parameters: { a: 'b' } });
    rooms.clock.advance(1);
    await rooms.populate();
    await rooms.send({ method: 'GET', path: '/nowhere', authorization: null });
    const [first, second, third] = rooms.service.journal.requests;
    expect(first).toMatchObject({
      operation: 'PopulateIntermediateTable', accessKeyId: SIGNED_BY, status: 200, body: '{"parameters":{"a":"b"}}',
    });
    expect(second).toMatchObject({ time: first.time + 1000, status: 409, errorCode: 'ConflictException' });
    expect(third).toMatchObject({ path: '/nowhere', status: 404, errorCode: 'UnknownOperationException' });
    expect(third.accessKeyId).toBeUndefined();
  });

  test('has the body of each accepted populate as it was received', async () => {
    const body = { parameters: { z: '1', a: '' }, unknown: [null], computeConfiguration: { queryComputeConfiguration: { number: 4 } } };
    const { analysisId, versionId } = await rooms.begin(undefined, body);
    await rooms.populate(body);
    const [time, membershipId, tableId] = [rooms.clock.now(), rooms.membership.id, rooms.table.id];
    expect(rooms.service.journal.acceptedPopulates())
      .toEqual([{ time, requestedAt: time, membershipId, tableId, analysisId, versionId, accessKeyId: SIGNED_BY, body }]);
    expect(rooms.service.journal.acceptedPopulates('another table')).toEqual([]);
  });

  test('counts requests by the second', async () => {
    const requests = async (count: number) => { for (let sent = 0; sent < count; sent++) await rooms.getTable(); };
    await requests(2);
    rooms.clock.advance(1);
    await requests(3);
    await rooms.versions();
    const { journal } = rooms.service;
    expect([...journal.requestsPerSecond().values()]).toEqual([2, 4]);
    const busiest = [undefined, 'GetIntermediateTable', 'GetProtectedQuery'] as const;
    expect(busiest.map((operation) => journal.busiestSecond(operation))).toEqual([4, 3, 0]);
  });
});

describe('a resource that CloudFormation makes', () => {
  const inUse = expect.objectContaining({ code: 'ConflictException', members: expect.objectContaining({ reason: 'ALREADY_EXISTS' }) });

  test('has an id that comes of the seed, and an ARN as AWS forms them', async () => {
    await start({ region: 'us-west-2', account: '999988887777' });
    const prefix = `arn:aws:cleanrooms:us-west-2:999988887777:membership/${rooms.membership.id}`;
    expect([rooms.membership.arn, rooms.table.arn]).toEqual([prefix, `${prefix}/intermediatetable/${rooms.table.id}`]);
    const other = await Harness.start();
    await other.stop();
    expect(other.table.id).toBe(rooms.table.id);
  });

  test('has a name that no other table of the collaboration has, associated ones included', async () => {
    await start();
    for (const name of ['audience', 'purchases']) expect(() => rooms.addTable(name)).toThrow(inUse);
    expect(() => rooms.addTable(' ')).toThrow('name');
    const { resources } = rooms.service;
    const membership = resources.createMembership({ collaborationIdentifier: resources.createCollaboration({ name: 'Other' }).id });
    const { name, populationAnalysisConfiguration } = rooms.table;
    const namesake = resources.createIntermediateTable({ membershipIdentifier: membership.id, name, populationAnalysisConfiguration });
    expect(namesake.name).toBe('audience');
    resources.deleteIntermediateTable(rooms.table.id);
    expect(rooms.addTable('audience').id).not.toBe(rooms.table.id);
  });

  test('cannot be deleted while another table reads it', async () => {
    await start();
    const child = rooms.addTable('child', 'SELECT * FROM audience');
    expect((await rooms.getTable()).childResources).toMatchObject([{ resourceName: 'child', resourceStatus: 'CREATED' }]);
    const { resources } = rooms.service;
    expect(() => resources.deleteIntermediateTable(rooms.table.id)).toThrow('"child" reads "audience"');
    resources.deleteIntermediateTable(child.id);
    resources.deleteIntermediateTable(rooms.table.id);
  });

  test('takes the base of tables away where it is an association that goes', async () => {
    await start();
    rooms.service.resources.deleteConfiguredTableAssociation(rooms.associationId);
    expect(await rooms.getTable()).toMatchObject({ status: 'BASE_TABLE_REMOVED', statusReason: expect.stringContaining('purchases') });
  });

  test('has a stored query\'s SQL and defaults from its analysis template', async () => {
    await start({ behaviours: { queryParametersVisible: 'merged' } });
    const { resources } = rooms.service;
    const membershipIdentifier = rooms.membership.id;
    const { arn: analysisTemplateArn } = resources.createAnalysisTemplate({
      membershipIdentifier, name: 'by_region', queryString: 'SELECT * FROM purchases', defaultParameters: { region: 'south' },
    });
    const table = resources.createIntermediateTable({
      membershipIdentifier, name: 'templated', populationAnalysisConfiguration: { sqlParameters: { analysisTemplateArn } },
    });
    rooms.service.setAccessBudget(rooms.associationId, 5);
    const { analysisId } = await rooms.begin(undefined, {}, table);
    expect(await rooms.query(analysisId)).toMatchObject({ sqlParameters: { analysisTemplateArn, parameters: { region: 'south' } } });
    expect(rooms.service.accessBudget(rooms.associationId)).toBe(4);
  });
});
