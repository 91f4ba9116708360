import { Harness, SIGNED_BY, signature } from './harness';
import { AuthorizationRequest, CleanRoomsOptions, KeyUseRequest } from '../../../simulator/clean-rooms';

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/12345678';

let rooms: Harness;
afterEach(() => rooms.stop());

async function start(options: Partial<CleanRoomsOptions> = {}): Promise<void> {
  rooms = await Harness.start(options);
}

describe('IAM', () => {
  test('is asked for the membership, and for the table where the operation has one', async () => {
    const asked: AuthorizationRequest[] = [];
    await start({ authorize: (request) => { asked.push(request); return undefined; } });
    const { analysisId } = (await rooms.populate()).body;
    await rooms.getTable();
    await rooms.versions();
    await rooms.query(analysisId);
    await rooms.cancel(analysisId);
    const { arn } = rooms.membership;
    const table = [arn, `${arn}/intermediatetable/${rooms.table.id}`];
    expect(asked.map(({ operation, resources }) => [operation, resources])).toEqual([
      ['PopulateIntermediateTable', table],
      ['GetIntermediateTable', table],
      ['ListIntermediateTableVersions', table],
      ['GetProtectedQuery', [arn]],
      ['UpdateProtectedQuery', [arn]],
    ]);
    expect(new Set(asked.map(({ accessKeyId }) => accessKeyId))).toEqual(new Set([SIGNED_BY]));
  });

  test('denies before anybody learns whether the table exists, and before any effect', async () => {
    await start({ authorize: ({ accessKeyId }) => (accessKeyId === 'AKIASTRANGER' ? { message: 'Not you.' } : undefined) });
    const authorization = signature({ accessKeyId: 'AKIASTRANGER' });
    const nowhere = `/memberships/${rooms.membership.id}/intermediateTables/00000000-0000-4000-8000-000000000000`;
    for (const path of [`${rooms.path()}/populate`, `${nowhere}/populate`]) {
      expect(await rooms.send({ method: 'POST', path, authorization }))
        .toEqual({ status: 403, error: 'AccessDeniedException', body: { message: 'Not you.' } });
    }
    expect(rooms.service.populations()).toEqual([]);
  });

  test('is asked for the table\'s own key when it is populated', async () => {
    const asked: KeyUseRequest[] = [];
    await start({ authorizeKey: (request) => { asked.push(request); return request.action === 'kms:Decrypt' ? { message: 'No key.' } : undefined; } });
    rooms.service.resources.updateIntermediateTable(rooms.table.id, { kmsKeyArn: KEY });
    await rooms.getTable();
    expect(asked).toEqual([]);
    expect(await rooms.populate()).toMatchObject({ status: 403, error: 'AccessDeniedException', body: { message: 'No key.' } });
    expect(asked.map(({ action }) => action)).toEqual(['kms:DescribeKey', 'kms:GenerateDataKey', 'kms:Decrypt']);
    expect(asked[0]).toMatchObject({ keyArn: KEY, viaService: 'cleanrooms.eu-west-1.amazonaws.com', accessKeyId: SIGNED_BY });
  });
});

describe('the journal', () => {
  test('has every request, also those that were refused', async () => {
    await start();
    await rooms.populate({ parameters: { a: 'b' } });
    rooms.clock.advance(1);
    await rooms.populate();
    await rooms.send({ method: 'GET', path: '/nowhere', authorization: null });
    const [first, second, third] = rooms.service.journal.requests;
    expect(first).toMatchObject({ operation: 'PopulateIntermediateTable', accessKeyId: SIGNED_BY, status: 200, body: '{"parameters":{"a":"b"}}' });
    expect(second).toMatchObject({ time: first.time + 1000, status: 409, errorCode: 'ConflictException' });
    expect(third).toMatchObject({ path: '/nowhere', status: 404, errorCode: 'UnknownOperationException' });
    expect(third.accessKeyId).toBeUndefined();
  });

  test('has the body of each accepted populate as it was received', async () => {
    await start();
    const body = { parameters: { z: '1', a: '' }, unknown: [null], computeConfiguration: { queryComputeConfiguration: { number: 4 } } };
    const { analysisId, versionId } = (await rooms.populate(body)).body;
    await rooms.populate(body);
    expect(rooms.service.journal.acceptedPopulates()).toEqual([{
      time: rooms.clock.now(),
      requestedAt: rooms.clock.now(),
      membershipId: rooms.membership.id,
      tableId: rooms.table.id,
      analysisId,
      versionId,
      accessKeyId: SIGNED_BY,
      body,
    }]);
    expect(rooms.service.journal.acceptedPopulates('another table')).toEqual([]);
  });

  test('counts requests by the second', async () => {
    await start();
    const requests = async (count: number) => { for (let sent = 0; sent < count; sent++) await rooms.getTable(); };
    await requests(2);
    rooms.clock.advance(1);
    await requests(3);
    await rooms.versions();
    const { journal } = rooms.service;
    expect([...journal.requestsPerSecond().values()]).toEqual([2, 4]);
    expect(journal.busiestSecond()).toBe(4);
    expect(journal.busiestSecond('GetIntermediateTable')).toBe(3);
    expect(journal.busiestSecond('GetProtectedQuery')).toBe(0);
  });

  test('knows how many populations of a table ran at once', async () => {
    await start();
    for (let count = 0; count < 3; count++) {
      await rooms.populate();
      rooms.clock.advance(62);
    }
    expect(rooms.service.maxConcurrentPopulations(rooms.table.id)).toBe(1);
  });
});

describe('CloudFormation\'s own calls', () => {
  test('give every resource an id and an ARN as AWS forms them', async () => {
    await start({ region: 'us-west-2', account: '999988887777' });
    const prefix = `arn:aws:cleanrooms:us-west-2:999988887777:membership/${rooms.membership.id}`;
    expect(rooms.membership.arn).toBe(prefix);
    expect(rooms.table.arn).toBe(`${prefix}/intermediatetable/${rooms.table.id}`);
  });

  test('give the same ids for the same seed', async () => {
    await start();
    const other = await Harness.start();
    expect(other.table.id).toBe(rooms.table.id);
    await other.stop();
  });

  test('refuse a second table of the same name in the collaboration', async () => {
    await start();
    expect(() => rooms.addTable('audience')).toThrow(expect.objectContaining({ code: 'ConflictException', members: expect.objectContaining({ reason: 'ALREADY_EXISTS' }) }));
    rooms.service.resources.deleteIntermediateTable(rooms.table.id);
    expect(rooms.addTable('audience').id).not.toBe(rooms.table.id);
  });

  test('refuse an intermediate table with the name of a table that is associated', async () => {
    await start();
    expect(() => rooms.addTable('purchases')).toThrow(expect.objectContaining({ code: 'ConflictException', members: expect.objectContaining({ reason: 'ALREADY_EXISTS' }) }));
  });

  test('let another collaboration have a table of the same name', async () => {
    await start();
    const { resources } = rooms.service;
    const membership = resources.createMembership({ collaborationIdentifier: resources.createCollaboration({ name: 'Other' }).id });
    const { name, populationAnalysisConfiguration } = rooms.table;
    const namesake = resources.createIntermediateTable({ membershipIdentifier: membership.id, name, populationAnalysisConfiguration });
    expect(namesake.name).toBe(name);
  });

  test('check the properties of a table against the model', async () => {
    await start();
    expect(() => rooms.addTable(' ')).toThrow('name');
  });

  test('refuse to delete a table that another one reads', async () => {
    await start();
    const child = rooms.addTable('child', 'SELECT * FROM audience');
    expect((await rooms.getTable()).childResources).toMatchObject([{ resourceName: 'child', resourceStatus: 'CREATED' }]);
    expect(() => rooms.service.resources.deleteIntermediateTable(rooms.table.id)).toThrow('"child" reads "audience"');
    rooms.service.resources.deleteIntermediateTable(child.id);
    rooms.service.resources.deleteIntermediateTable(rooms.table.id);
  });

  test('take the base of a table away with its association', async () => {
    await start();
    rooms.service.resources.deleteConfiguredTableAssociation(rooms.associationId);
    expect(await rooms.getTable()).toMatchObject({ status: 'BASE_TABLE_REMOVED', statusReason: expect.stringContaining('purchases') });
  });

  test('take a stored query\'s SQL and defaults from its analysis template', async () => {
    await start({ behaviours: { queryParametersVisible: 'merged' } });
    const { resources } = rooms.service;
    const template = resources.createAnalysisTemplate({
      membershipIdentifier: rooms.membership.id, name: 'by_region', queryString: 'SELECT * FROM purchases', defaultParameters: { region: 'south' },
    });
    const table = resources.createIntermediateTable({
      membershipIdentifier: rooms.membership.id, name: 'templated', populationAnalysisConfiguration: { sqlParameters: { analysisTemplateArn: template.arn } },
    });
    rooms.service.setAccessBudget(rooms.associationId, 5);
    const { analysisId } = (await rooms.populate({}, table)).body;
    expect(await rooms.query(analysisId)).toMatchObject({ sqlParameters: { analysisTemplateArn: template.arn, parameters: { region: 'south' } } });
    expect(rooms.service.accessBudget(rooms.associationId)).toBe(4);
  });
});
