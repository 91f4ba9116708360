import { parameterOf, synthesize, TABLE_PROPERTIES } from './app';
import { ACCOUNT, endedAs, normalized, Observed, REGION, STOPPED, World } from './world';
import { queryStatus } from '../../../simulator/clean-rooms';
import { Cloud } from '../../../simulator/cloud';
import { readStack, StackSource } from '../../../simulator/cloudformation/assembly';

const MEMBERSHIP = 'a1b2c3d4-5678-90ab-cdef-111111111111';

/** The world as this project's own simulator has it, on virtual time. */
export async function simulatedWorld(stackName: string): Promise<World> {
  const cloud = new Cloud({ region: REGION, account: ACCOUNT, cleanRooms: { defaultPlan: { durationSeconds: 3, outcome: 'SUCCESS' } } });
  cloud.joinCollaboration(MEMBERSHIP);
  const { cleanRooms: rooms } = cloud;
  const { id: tableId } = rooms.resources.createIntermediateTable({ membershipIdentifier: MEMBERSHIP, ...TABLE_PROPERTIES });
  const identifiers = { membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: tableId };
  const machineId = ({ template }: StackSource) =>
    Object.keys(template.Resources).find((id) => template.Resources[id].Type === 'AWS::StepFunctions::StateMachine')!;
  let source: StackSource;
  const world: Omit<World, 'observe'> = {
    rooms,
    tableId,
    membershipId: MEMBERSHIP,
    async crash({ at, invocations }) {
      const faults = invocations.length ? invocations.map((invocation) => ({ invocation })) : [{}];
      cloud.faults.push(...faults.map((fault) => ({ at, function: 'IntermediateTablePopulationsPopulationFunction', ...fault })));
    },
    async deploy(scene) {
      source = readStack(synthesize(stackName, identifiers, scene), stackName);
      await cloud.deploy(source);
      await cloud.settle();
    },
    async run(input) {
      await cloud.execute(machineId(source), input);
    },
    async begin(input) {
      cloud.startExecution(machineId(source), input);
    },
    async running() {
      while (rooms.populations(tableId).every((population) => queryStatus(population, cloud.clock.now()) !== 'STARTED')) {
        await cloud.advance(1);
      }
      return cloud.executions()[0].arn;
    },
    async stop(arn) {
      cloud.stepFunctions.stop(arn, STOPPED.error, STOPPED.cause);
      await cloud.settle();
    },
    async destroy() {
      await cloud.destroy(stackName);
      await cloud.settle();
    },
    async close() {
      cloud.close();
    },
  };
  return { ...world, observe: async () => observed() };

  function observed(): Observed {
    const executions = [...cloud.executions()].reverse();
    return normalized({
      answers: cloud.responses().map(({ body }) => answerIn(JSON.parse(body) as Answer)),
      executions: executions.map(endedAs),
      populates: rooms.journal.acceptedPopulates(tableId).length,
      queries: rooms.populations(tableId).map((population) => queryStatus(population, cloud.clock.now())),
      live: rooms.liveVersionId(tableId) ?? 'none',
      parameter: cloud.ssm.get(parameterOf(stackName)) ?? 'none',
    }, world, executions.map(({ arn }) => arn));
  }
}

export interface Answer {
  readonly Status: string;
  readonly Reason?: string;
  readonly PhysicalResourceId: string;
  readonly Data?: Record<string, unknown>;
}

/** But for the ids by which CloudFormation finds whose answer it is. */
export const answerIn = ({ Status, Reason, PhysicalResourceId, Data }: Answer): object => ({ Status, Reason, PhysicalResourceId, Data });
