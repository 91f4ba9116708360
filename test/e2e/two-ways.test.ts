import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { closeClouds, MEMBERSHIP, openCloud, refresh, Scene, segment, stackOf, STACK } from './support';
import type { Cloud, CloudOptions } from '../../simulator/cloud';
import type { Fault } from '../../simulator/faults';
import { sources } from '../support/sources';

afterEach(closeClouds);

const DAILY: Scene = { schedule: Schedule.rate(Duration.days(1)), parameters: segment('a') };
const CHANGED: Scene = { ...DAILY, parameters: segment('b') };

interface Way {
  readonly options?: CloudOptions;
  readonly first?: (cloud: Cloud) => void;
}

/** What a server may do to a request, wherever functions ask for something. */
const FAULTS: Record<string, Fault> = {
  'an error before the effect': { kind: 'error', code: 'InternalServerException', when: 'before' },
  'an error after the effect': { kind: 'error', code: 'InternalServerException', when: 'after' },
  'throttling': { kind: 'error', code: 'ThrottlingException' },
  'a page of HTML': { kind: 'reply', status: 502, body: '<html>Bad gateway</html>' },
  'a reset before the effect': { kind: 'reset', when: 'before' },
  'a reset after the effect': { kind: 'reset', when: 'after' },
  'half an answer': { kind: 'cut' },
  'a connection that breaks': { kind: 'cut', connectionBreaks: true },
  'no answer': { kind: 'hang', when: 'after' },
  'a late answer': { kind: 'delay', seconds: 40 },
};

const LIVES: Record<string, Way> = {
  'nothing goes wrong': {},
  'queries queue behind another one': {
    options: { cleanRooms: { behaviours: { overQuota: 'queued' }, limits: { concurrentQueries: 1 } } },
    first: ({ cleanRooms }) => {
      const { id } = cleanRooms.resources.createIntermediateTable({
        membershipIdentifier: MEMBERSHIP, name: 'other', populationAnalysisConfiguration: { sqlParameters: { queryString: 'SELECT 1' } },
      });
      cleanRooms.planQuery({ durationSeconds: 300, outcome: 'SUCCESS' }, id);
      cleanRooms.populateByHand(id);
    },
  },
  'the function crashes after each of its first requests': {
    options: { faults: [1, 2, 3, 4].map((request) => ({ at: 'afterRequest', request, invocation: request, function: 'IntermediateTablePopulationsPopulationFunction' } as const)) },
  },
  'events come twice': { options: { behaviours: { eventDeliveries: 2, eventDeliveredAgainAfterSeconds: 30 } } },
  ...Object.fromEntries(Object.entries(FAULTS).flatMap(([name, fault]) => [
    [`Clean Rooms answers a populate by ${name}`, { first: ({ cleanRooms }) => { cleanRooms.faults.inject({ operation: 'PopulateIntermediateTable', fault, first: 1 }); } }],
    [`every third request to DynamoDB meets ${name}`, { first: ({ recordFaults }) => { recordFaults.inject({ operation: '*', fault, occurrences: [3, 6, 9, 12] }); } }],
    [`Step Functions answers a start by ${name}`, { first: ({ stepFunctionsFaults }) => { stepFunctionsFaults.inject({ operation: 'StartExecution', fault, first: 1 }); } }],
  ] satisfies [string, Way][])),
};

/** A deploy, a refresh, a change that fails and is rolled back, the same again, and the end: who was asked for what, in order, and what came of it. */
async function lived({ options, first }: Way, isShipped: boolean): Promise<readonly string[]> {
  const cleanRooms = { defaultPlan: { durationSeconds: 20, outcome: 'SUCCESS' } as const, ...options?.cleanRooms };
  const cloud = openCloud({ ...options, cleanRooms, sources: isShipped ? undefined : sources() });
  first?.(cloud);
  const statuses = [(await cloud.deploy(stackOf(DAILY))).status];
  await refresh(cloud, DAILY);
  cloud.cleanRooms.planQuery({ durationSeconds: 20, outcome: 'FAILED' });
  statuses.push((await cloud.deploy(stackOf(CHANGED))).status, (await cloud.deploy(stackOf(CHANGED))).status);
  statuses.push((await cloud.destroy(STACK)).status);
  return withoutMoments([
    ...statuses,
    ...cloud.cleanRooms.journal.requests.map(({ method, path, body, status, errorCode }) => `${method} ${path} ${body}: ${status} ${errorCode}`),
    ...cloud.record.requests.map(({ operation, input, error }) => `${operation} ${JSON.stringify(input)}: ${error}`),
    ...cloud.executions().map(({ name, status, output, error }) => `${name} ${status} ${output} ${error}`),
    ...cloud.responses().map(({ logicalId, body }) => `${logicalId} ${body}`),
  ]);
}

/** Over HTTP an answer may take a millisecond more, and a request's id is made of the second in which its event was signed. */
function withoutMoments(lines: readonly string[]): string[] {
  const ids: string[] = [];
  const numbered = (id: string): string => `id ${ids.includes(id) ? ids.indexOf(id) : ids.push(id) - 1}`;
  return lines.map((line) => line
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'MOMENT')
    .replace(/\d{8}T\d{6}Z/g, 'MOMENT')
    .replace(/\b1[78]\d{8}(\d{3})?\b/g, 'MOMENT')
    .replace(/\b[0-9a-f]{24}\b/g, numbered));
}

test.each(Object.entries(LIVES))('what ships and its sources in one process ask for the same and answer the same where %s', async (_name, way) => {
  const shipped = await lived(way, true);
  expect(await lived(way, false)).toEqual(shipped);
});
