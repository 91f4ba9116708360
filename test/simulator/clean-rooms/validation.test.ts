import { Harness } from './harness';
import { problemsIn } from '../../../simulator/clean-rooms/validation';

let rooms: Harness;
beforeAll(async () => { rooms = await Harness.start({ limits: { concurrentQueries: 100, ongoingQueriesPerMembership: 100 } }); });
afterAll(() => rooms.stop());

const worker = (queryComputeConfiguration: unknown) => ({ computeConfiguration: { queryComputeConfiguration } });
const QUERY = 'computeConfiguration.queryComputeConfiguration';
const spark = (properties: Record<string, string>) => worker({ properties: { spark: properties } });
const properties = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, 'v']));

describe('a populate body within the model', () => {
  test.each<[string, unknown]>([
    ['nothing', {}],
    ['a parameter of the longest name and value', { parameters: { ['n'.repeat(100)]: 'v'.repeat(1000) } }],
    ['an empty parameter value', { parameters: { name: '' } }],
    ['a value of 1,000 characters beyond the basic plane', { parameters: { name: '😀'.repeat(1000) } }],
    ['the fewest workers', worker({ type: 'CR.1X', number: 2 })],
    ['the most workers', worker({ type: 'CR.8X', number: 400 })],
    ['50 Spark properties', spark(properties(50))],
    ['an empty Spark value', spark({ key: '' })],
    ['a payer account', { analysisPayerAccountId: '111122223333' }],
    ['null for an optional member', { parameters: null }],
    ['a member that the model does not know', { surprise: true }],
  ])('is accepted: %s', async (name, body) => {
    expect(await rooms.populate(body, rooms.addTable(name))).toMatchObject({ status: 200, body: { analysisType: 'QUERY' } });
  });
});

describe('a populate body outside the model', () => {
  test.each<[string, unknown, string]>([
    ['a parameter name of 101 characters', { parameters: { ['n'.repeat(101)]: 'v' } }, 'parameters.nnn'],
    ['an empty parameter name', { parameters: { '': 'v' } }, 'parameters'],
    ['a parameter name with a dash', { parameters: { 'a-b': 'v' } }, 'parameters.a-b'],
    ['a parameter name that only contains a good one', { parameters: { 'good bad': 'v' } }, 'parameters.good bad'],
    ['a parameter value of 1,001 characters', { parameters: { a: 'v'.repeat(1001) } }, 'parameters.a'],
    ['an unknown worker type', worker({ type: 'CR.2X' }), `${QUERY}.type`],
    ['one worker', worker({ number: 1 }), `${QUERY}.number`],
    ['1,025 workers', worker({ number: 1025 }), `${QUERY}.number`],
    ['51 Spark properties', spark(properties(51)), `${QUERY}.properties.spark`],
    ['an empty Spark key', spark({ '': 'v' }), `${QUERY}.properties.spark`],
    ['a Spark key of 201 characters', spark({ ['k'.repeat(201)]: 'v' }), `${QUERY}.properties.spark.kkk`],
    ['a Spark value of 501 characters', spark({ k: 'v'.repeat(501) }), `${QUERY}.properties.spark.k`],
    ['a union with no member', { computeConfiguration: {} }, 'computeConfiguration'],
    ['a nested union with no member', worker({ properties: {} }), `${QUERY}.properties`],
    ['an account id of 11 digits', { analysisPayerAccountId: '11112222333' }, 'analysisPayerAccountId'],
    ['an account id with a letter', { analysisPayerAccountId: '11112222333x' }, 'analysisPayerAccountId'],
  ])('is a ValidationException that names the field: %s', async (_name, body, field) => {
    const reply = await rooms.populate(body);
    expect(reply).toMatchObject({ status: 400, error: 'ValidationException', body: { reason: 'FIELD_VALIDATION_FAILED' } });
    expect(reply.body.fieldList[0].name.startsWith(field)).toBe(true);
    expect(reply.body.message).toContain('failed to satisfy constraint');
  });

  test('has more workers than a SQL query may have, though the model lets 401 through', async () => {
    const refused = { status: 400, error: 'ValidationException', body: { reason: 'INVALID_CONFIGURATION' } };
    expect(await rooms.populate(worker({ number: 401 }))).toMatchObject(refused);
  });

  test('may have only one member of a union', () => {
    // No input of these operations has a union with a choice, so an output's shows the rule.
    const s3 = { bucket: 'results', resultFormat: 'CSV' };
    expect(problemsIn({ s3 }, 'ProtectedQueryOutputConfiguration')).toEqual([]);
    expect(problemsIn({ s3, member: { accountId: '111122223333' } }, 'ProtectedQueryOutputConfiguration'))
      .toEqual([{ name: '', message: 'Union must have exactly one member set, but has 2' }]);
  });

  test.each<[string, string]>([
    ['a number as text, as CloudFormation would send it', '{"computeConfiguration":{"queryComputeConfiguration":{"number":"4"}}}'],
    ['a fraction of a worker', '{"computeConfiguration":{"queryComputeConfiguration":{"number":2.5}}}'],
    ['a number where text is due', '{"parameters":{"a":1}}'],
    ['null as a parameter', '{"parameters":{"a":null}}'],
    ['a list where a map is due', '{"parameters":[]}'],
    ['broken JSON', '{"parameters":'],
    ['JSON that is no object', '[]'],
  ])('is a SerializationException where the types are wrong: %s', async (_name, rawBody) => {
    expect(await rooms.send({ method: 'POST', path: `${rooms.path()}/populate`, rawBody }))
      .toMatchObject({ status: 400, error: 'SerializationException' });
  });

  test('has no effect', () => {
    expect(rooms.service.journal.acceptedPopulates(rooms.table.id)).toEqual([]);
  });
});

describe('an identifier or a query string', () => {
  const uuid = '00000000-0000-4000-8000-000000000000';

  test.each<[string, string, 'ValidationException' | 'SerializationException']>([
    ['an empty membership', '/memberships//intermediateTables/{t}', 'ValidationException'],
    ['an empty table', '/memberships/{m}/intermediateTables/', 'ValidationException'],
    ['capital letters', `/memberships/{m}/intermediateTables/${uuid.replace('4', 'A')}`, 'ValidationException'],
    ['a character too many', `/memberships/{m}/intermediateTables/${uuid}0`, 'ValidationException'],
    ['no results a page', '/memberships/{m}/intermediateTables/{t}/versions?maxResults=0', 'ValidationException'],
    ['101 results a page', '/memberships/{m}/intermediateTables/{t}/versions?maxResults=101', 'ValidationException'],
    ['an unknown status', '/memberships/{m}/protectedQueries?status=DONE', 'ValidationException'],
    ['a token that no list returned', '/memberships/{m}/intermediateTables/{t}/versions?nextToken=guess', 'ValidationException'],
    ['what is no number', '/memberships/{m}/intermediateTables/{t}/versions?maxResults=many', 'SerializationException'],
    ['broken percent-encoding', '/memberships/%E0%A4%A/protectedQueries', 'SerializationException'],
  ])('is checked as well: %s', async (_name, path, error) => {
    const valid = path.replace('{m}', rooms.membership.id).replace('{t}', rooms.table.id);
    expect(await rooms.send({ method: 'GET', path: valid })).toMatchObject({ status: 400, error });
  });
});
