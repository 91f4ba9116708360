import { parameterOf, synthesize, TABLE_PROPERTIES } from './app';
import { Moto } from './moto';
import { Answer, answerIn } from './simulated';
import { endedAs, normalized, Observed, STOPPED, World } from './world';
import { queryStatus } from '../../../simulator/clean-rooms';
import { statusChange } from '../../../simulator/step-functions/announcement';
import { Execution } from '../../../simulator/step-functions/service';

const LOOKS_EVERY_MILLIS = 300;
/** Nothing takes that long: it only ends what hangs. */
const GIVES_UP_AFTER_MILLIS = 600_000;

interface Described {
  readonly status: string;
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly startDate: string;
  readonly input: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** The world as moto has it: a stack of its own, and a table of its own in the one Clean Rooms. */
export function motoWorld(moto: Moto, stackName: string): World {
  const { rooms } = moto;
  const { id: collaborationIdentifier } = rooms.resources.createCollaboration({ name: stackName });
  const { id: membershipIdentifier } = rooms.resources.createMembership({ collaborationIdentifier });
  const { id: tableId } = rooms.resources.createIntermediateTable({ membershipIdentifier, ...TABLE_PROPERTIES });
  const ofStack = (name: string) => name.startsWith(`${stackName}-`);
  let template: string | undefined;
  let machineArn = '';
  // Of machines that are gone, too.
  const ended = new Map<string, Described>();

  const answers = async () => (await moto.ask<(Answer & { StackId: string })[]>({ do: 'answered' }))
    .filter(({ StackId }) => StackId.includes(`:stack/${stackName}/`));
  const executions = async (): Promise<Described[]> => {
    const { executions: listed } = machineArn ? await moto.aws('stepfunctions', 'list_executions', { stateMachineArn: machineArn }) : { executions: [] };
    for (const { executionArn } of listed as Described[]) {
      ended.set(executionArn, await moto.aws('stepfunctions', 'describe_execution', { executionArn }));
    }
    return [...ended.values()].sort((one, other) => one.startDate.localeCompare(other.startDate));
  };
  const settled = () => eventually(`the end of what runs in ${stackName}`, async () => (await executions()).every(({ status }) => status !== 'RUNNING'));
  const functionNamed = async (part: string): Promise<string> => {
    const { Functions } = await moto.aws('lambda', 'list_functions');
    return (Functions as { FunctionName: string }[]).map(({ FunctionName }) => FunctionName).find((name) => ofStack(name) && name.includes(part))!;
  };
  const answeredAfter = async (act: () => Promise<unknown>): Promise<void> => {
    const before = (await answers()).length;
    await act();
    await eventually(`answer ${before + 1} to ${stackName}`, async () => (await answers()).length > before);
    await settled();
  };
  const create = async (): Promise<void> => {
    await moto.aws('cloudformation', 'create_stack', { StackName: stackName, TemplateBody: template });
    const { StackResourceSummaries } = await moto.aws('cloudformation', 'list_stack_resources', { StackName: stackName });
    machineArn = (StackResourceSummaries as { ResourceType: string; PhysicalResourceId: string }[])
      .find(({ ResourceType }) => ResourceType === 'AWS::StepFunctions::StateMachine')!.PhysicalResourceId;
  };
  const update = () => moto.ask({ do: 'update', stack_name: stackName, template });
  const remove = async (): Promise<void> => {
    await answeredAfter(() => moto.ask({ do: 'release', stack_name: stackName }));
    machineArn = '';
    await moto.aws('cloudformation', 'delete_stack', { StackName: stackName });
  };
  const begin = async (input: object): Promise<string> =>
    (await moto.aws('stepfunctions', 'start_execution', { stateMachineArn: machineArn, input: JSON.stringify(input), name: `by-hand-${Date.now()}` })).executionArn;

  const world: Omit<World, 'observe'> = {
    rooms,
    tableId,
    membershipId: membershipIdentifier,
    async crash({ at, invocations }) {
      await moto.ask({ do: 'crash', function: `${stackName}-IntermediateTablePopulationsPopulationFunction`, invocations, at });
    },
    async deploy(scene) {
      const former = template;
      template = await moto.publish(synthesize(stackName, { membershipIdentifier, intermediateTableIdentifier: tableId }, scene), stackName);
      await answeredAfter(() => (former ? update() : create()));
      if ((await answers()).at(-1)!.Status === 'FAILED') {
        template = former;
        await (former ? answeredAfter(update) : remove());
      }
    },
    async run(input) {
      await begin(input);
      await settled();
    },
    async begin(input) {
      await begin(input);
    },
    async running() {
      // A first deploy's run is at work before the deploy has said which machine runs.
      await eventually('a run that populates', async () => (await executions()).some(({ status }) => status === 'RUNNING')
        && rooms.populations(tableId).some((population) => queryStatus(population, Date.now()) === 'STARTED'));
      return (await executions()).at(-1)!.executionArn;
    },
    async stop(executionArn) {
      await moto.aws('stepfunctions', 'stop_execution', { executionArn, ...STOPPED });
      await settled();
      await moto.aws('lambda', 'invoke', { FunctionName: await functionNamed('DeploymentFunction'), Payload: JSON.stringify(stopped(ended.get(executionArn)!)) });
    },
    destroy: remove,
    close: async () => undefined,
  };
  return { ...world, observe };

  async function observe(): Promise<Observed> {
    const all = await executions();
    return normalized({
      answers: (await answers()).map(answerIn),
      executions: all.map(endedAs),
      populates: rooms.journal.acceptedPopulates(tableId).length,
      queries: rooms.populations(tableId).map((population) => queryStatus(population, Date.now())),
      live: rooms.liveVersionId(tableId) ?? 'none',
      parameter: await moto.aws('ssm', 'get_parameter', { Name: parameterOf(stackName) }).then(({ Parameter }) => Parameter.Value, () => 'none'),
    }, world, all.map(({ executionArn }) => executionArn));
  }
}

/** The event that EventBridge would bring. */
function stopped({ executionArn, ...execution }: Described): object {
  const { Source, DetailType, Detail } = statusChange({ ...execution, ...STOPPED, arn: executionArn } as unknown as Execution);
  return { 'source': Source, 'detail-type': DetailType, 'detail': Detail };
}

async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + GIVES_UP_AFTER_MILLIS;
  while (!await holds()) {
    if (Date.now() > end) {
      throw new Error(`In ${GIVES_UP_AFTER_MILLIS / 1000} s there was not ${what}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOKS_EVERY_MILLIS));
  }
}
