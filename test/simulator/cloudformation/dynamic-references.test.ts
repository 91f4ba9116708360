import { Cloud } from '../../../simulator/cloud';
import { TemplateResource } from '../../../simulator/cloudformation/assembly';
import { custom, ending, lambda, PROVIDER, stackOf, topic } from '../templates';

const showing = (DisplayName: unknown, rest: object = {}): TemplateResource => topic({ DisplayName, ...rest });

const LOGIN_ARN = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:login-AbCdEf';

let cloud: Cloud;
beforeEach(() => {
  cloud = new Cloud({ start: 0 });
  cloud.ssm.set('/since', 'monday');
  cloud.ssm.set('/since', 'tuesday');
  cloud.secrets.set('login', '{"user":"ann"}');
});
afterEach(() => cloud.close());

const shown = (): unknown => cloud.stack('Stack').resources.get('A')!.properties.DisplayName;
const event = (): Record<string, unknown> => cloud.responses().at(-1)!.event!;
const sent = (): unknown => event().ResourceProperties;

describe('in an ordinary resource', () => {
  test.each<[string, unknown, unknown]>([
    ['a parameter', '{{resolve:ssm:/since}}', 'tuesday'],
    ['a version of a parameter', '{{resolve:ssm:/since:1}}', 'monday'],
    ['some within a text', '{"since":"{{resolve:ssm:/since}}","until":"{{resolve:ssm:/since:1}}"}', '{"since":"tuesday","until":"monday"}'],
    ['a secret', '{{resolve:secretsmanager:login}}', '{"user":"ann"}'],
    ['a secret\'s value', '{{resolve:secretsmanager:login:SecretString:user}}', 'ann'],
    ['a secret by its ARN', `{{resolve:secretsmanager:${LOGIN_ARN}:SecretString:user::}}`, 'ann'],
    ['one that functions put together', { 'Fn::Join': ['', ['{{resolve:ssm:', { Ref: 'Name' }, '}}']] }, 'tuesday'],
    ['one in a list', [{ Key: '{{resolve:ssm:/since}}' }], [{ Key: 'tuesday' }]],
    ['a secret that the template makes', { 'Fn::Sub': '{{resolve:secretsmanager:${Secret}:SecretString:user}}' }, 'bob'],
    ['not what a function has encoded', { 'Fn::Base64': '{{resolve:ssm:/since}}' }, btoa('{{resolve:ssm:/since}}')],
    ['not what a function has taken apart', { 'Fn::Split': [':', '{{resolve:ssm:/since}}'] }, ['{{resolve', 'ssm', '/since}}']],
  ])('is filled in, after the functions: %s', async (_what, written, expected) => {
    const Parameters = { Name: { Type: 'String', Default: '/since' } };
    const Secret = { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: '{"user":"bob"}' } };
    const { status } = await cloud.deploy(stackOf({ Secret, A: showing(written) }, { Parameters }));
    expect([status, shown()]).toEqual(['CREATE_COMPLETE', expected]);
  });

  test('a value that has changed is fetched with the next change of its resource, not before', async () => {
    await cloud.deploy(stackOf({ A: showing('{{resolve:ssm:/since}}') }));
    cloud.ssm.set('/since', 'wednesday');
    expect((await cloud.deploy(stackOf({ A: showing('{{resolve:ssm:/since}}') }))).reason).toBe('No updates are to be performed.');
    await cloud.deploy(stackOf({ A: showing('{{resolve:ssm:/since}}'), B: showing('b') }));
    expect(shown()).toBe('tuesday');
    await cloud.deploy(stackOf({ A: showing('{{resolve:ssm:/since}}', { FifoTopic: false }), B: showing('b') }));
    expect(shown()).toBe('wednesday');
  });

  test.each<[string, unknown]>([
    ["Secrets Manager can't find the specified secret.", '{{resolve:secretsmanager:none}}'],
    ['Could not find a value associated with JSONKey in SecretString', '{{resolve:secretsmanager:login:SecretString:none}}'],
    ['Parameters: [ssm:/none] cannot be found.', { 'Fn::Sub': '{{resolve:ssm:${Name}}}' }],
  ])('fails with "%s"', async (reason, written) => {
    const Parameters = { Name: { Type: 'String', Default: '/none' } };
    expect(ending(await cloud.deploy(stackOf({ A: showing(written) }, { Parameters })))).toEqual(['ROLLBACK_COMPLETE', `A: ${reason}`]);
  });
});

describe('before anything happens', () => {
  test.each<[string, Record<string, TemplateResource>]>([
    ['Parameters: [ssm:/none:3] cannot be found.', { A: showing('x{{resolve:ssm:/none:3}}') }],
    ['SSM Secure reference is not supported in: [AWS::SNS::Topic/Properties/DisplayName]',
      { A: showing('{{resolve:ssm-secure:/since:1}}') }],
    ['SSM Secure reference is not supported in: [AWS::Lambda::Function/Properties/Environment/Variables/KEY]',
      lambda('Worker', 'worker.zip', { Environment: { Variables: { KEY: '{{resolve:ssm-secure:/since:1}}' } } })],
    ['61 dynamic references', { A: showing(Array.from({ length: 61 }, () => '{{resolve:ssm:/since}}')) }],
  ])('is refused: %s', async (message, resources) => {
    await expect(cloud.deploy(stackOf(resources))).rejects.toThrow(message);
    expect(cloud.cloudFormation.names()).toEqual([]);
  });
});

describe('in a custom resource', () => {
  test('a parameter is filled in, also in an update and as what was there before', async () => {
    await cloud.deploy(stackOf({ ...PROVIDER, Thing: custom({ Value: '{{resolve:ssm:/since}}' }) }));
    expect(sent()).toMatchObject({ Value: 'tuesday' });
    cloud.ssm.set('/since', 'wednesday');
    await cloud.deploy(stackOf({ ...PROVIDER, Thing: custom({ Value: '{{resolve:ssm:/since}}', More: 'm' }) }));
    expect(event()).toMatchObject({ ResourceProperties: { Value: 'wednesday' }, OldResourceProperties: { Value: 'tuesday' } });
    await cloud.destroy('Stack');
    expect(sent()).toMatchObject({ Value: 'wednesday' });
  });

  test.each([
    '{{resolve:ssm-secure:/since:1}}', '{{resolve:secretsmanager:login:SecretString:user}}',
  ])('%s reaches the function as it is written', async (written) => {
    expect((await cloud.deploy(stackOf({ ...PROVIDER, Thing: custom({ Nested: { List: [written] } }) }))).status).toBe('CREATE_COMPLETE');
    expect(sent()).toMatchObject({ Nested: { List: [written] } });
  });
});
