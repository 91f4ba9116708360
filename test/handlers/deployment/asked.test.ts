import { definitionWith, eventOf, MACHINE_ARN, OTHER_TABLE, POPULATION, PREFIX, propertiesWith, SENT, TABLE } from './support';
import type { DeployMode } from '../../../src/contract/custom-resource';
import { fingerprintOf } from '../../../src/contract/hashing';
import { RESOURCE_LIMIT, resourceTimeout } from '../../../src/contract/time';
import { askedBy } from '../../../src/handlers/deployment/asked';
import { requestHash } from '../../../src/handlers/deployment/event';
import { tableId } from '../../../src/handlers/record/population-record';

const asked = (event = eventOf('Create')) => askedBy(event, PREFIX, SENT);
const SOUTH = propertiesWith({ definition: { population: { ...POPULATION, parameters: { region: 'south' } } } });

describe('what an event asks for', () => {
  test('is the template\'s definition, under an execution whose name is the request\'s alone', () => {
    const request = requestHash(eventOf('Create'));
    expect(asked()).toEqual({
      stateMachineArn: MACHINE_ARN,
      table: tableId(TABLE),
      brings: undefined,
      deployment: {
        request,
        requestedAt: SENT,
        execution: `arn:aws:states:eu-west-1:111122223333:execution:Audience:${PREFIX}-${request}`,
        logicalId: 'AudiencePopulation',
        action: 'POPULATE',
        definition: definitionWith(),
        fingerprint: fingerprintOf(definitionWith()),
        mode: 'ON_CHANGE',
        changed: true,
        stamp: undefined,
        answerBy: expect.any(Number),
      },
    });
  });

  test('has a name that Step Functions allows', () => {
    expect(asked().deployment.execution.split(':').at(-1)).toMatch(/^[0-9A-Za-z_-]{1,80}$/);
  });

  test.each<DeployMode>(['ON_CHANGE', 'ALWAYS', 'IF_UNPOPULATED', 'NEVER'])('has the mode %s, and what is changed whatever the mode', (PopulateOnDeploy) => {
    const properties = propertiesWith({ PopulateOnDeploy, Deploy: 'now' });
    expect(asked(eventOf('Update', { properties, old: { ...SOUTH, PopulateOnDeploy } })).deployment).toMatchObject({ mode: PopulateOnDeploy, stamp: 'now', changed: true });
    expect(asked(eventOf('Update', { properties })).deployment.changed).toBe(false);
  });

  test.each([
    ['another parameter', SOUTH, true],
    ['another table', propertiesWith({ definition: { population: { ...POPULATION, ...OTHER_TABLE } } }), true],
    ['another trigger', propertiesWith({ definition: { change: { triggers: ['2'] } } }), true],
    ['a definition that cannot be read', { ...propertiesWith(), Definition: '{' }, true],
    ['another timeout', propertiesWith({ definition: { timeoutSeconds: 60 } }), false],
    ['another mode', propertiesWith({ PopulateOnDeploy: 'NEVER' }), false],
    ['another stamp', propertiesWith({ Deploy: '1' }), false],
    ['another state machine', propertiesWith({ StateMachineArn: 'arn:old' }), false],
    ['another upstream table', propertiesWith({ definition: { upstream: [] } }), false],
    ['other upstream versions', propertiesWith({ UpstreamVersions: ['v1'] }), false],
  ])('is a change where before it was %s, or not', (_what, old, changed) => {
    expect(asked(eventOf('Update', { old })).deployment.changed).toBe(changed);
  });

  test('is a change where nothing is known of before', () => {
    expect(asked(eventOf('Update', { more: { OldResourceProperties: undefined } })).deployment.changed).toBe(true);
  });

  test('is a release of the table when the resource is deleted', () => {
    const { deployment, brings } = asked(eventOf('Delete', { properties: propertiesWith({ WaitHandle: 'https://wait' }) }));
    expect(deployment).toMatchObject({ action: 'RELEASE', changed: false });
    expect(brings).toBeUndefined();
  });
});

describe('the answer', () => {
  const seconds = (timeoutSeconds: number, type: 'Create' | 'Delete' = 'Create') =>
    (asked(eventOf(type, { properties: propertiesWith({ definition: { timeoutSeconds } }) })).deployment.answerBy - SENT) / 1000;

  test.each([60, 600, 1_800, 3_300])('comes before CloudFormation\'s own timeout for a timeout of %d seconds', (timeout) => {
    expect(resourceTimeout(timeout) - seconds(timeout)).toBe(30);
    expect(seconds(timeout, 'Delete')).toBe(seconds(timeout));
  });

  test.each([3_301, 7_200, 43_200])('comes within the hour of a custom resource for a timeout of %d seconds, too', (timeout) => {
    expect(RESOURCE_LIMIT - seconds(timeout)).toBe(30);
  });
});

describe('a wait handle', () => {
  const long = (WaitHandle?: string) => propertiesWith({ definition: { timeoutSeconds: 7_200 }, WaitHandle });
  const brought = (...[type, sent]: Parameters<typeof eventOf>) => asked(eventOf(type, sent)).brings;

  test('is brought by a create, and by an update that had another one or none', () => {
    expect(brought('Create', { properties: long('https://new') })).toBe('https://new');
    expect(brought('Update', { properties: long('https://new'), old: long('https://old') })).toBe('https://new');
    expect(brought('Update', { properties: long('https://new'), old: long() })).toBe('https://new');
  });

  test('is not brought by an update that keeps it, or gives it up', () => {
    expect(brought('Update', { properties: long('https://old') })).toBeUndefined();
    expect(brought('Update', { properties: long(), old: long('https://old') })).toBeUndefined();
  });
});
