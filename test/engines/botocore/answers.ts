import { Botocore, facing, ModeledError } from './client';
import { JOB, lifeOfATable, QUERY } from './life';
import { Tally } from './tally';
import { Behaviours, BEHAVIOUR_POSITIONS } from '../../../simulator/clean-rooms';
import { OPERATIONS, shapeNamed } from '../../../simulator/clean-rooms/model';
import serviceModel from '../../../simulator/clean-rooms/service-2.json';
import type { Harness } from '../../simulator/clean-rooms/harness';
import { Finding } from '../report';

const SERVED = OPERATIONS.map(({ name }) => name);

/** botocore asks the simulator for all that it serves, in every position of every switch; for every error; and page by page. */
export async function answers(python: string): Promise<Finding[]> {
  const tally = new Tally();
  const positions = switchPositions();
  for (const behaviours of positions) {
    for (const analysis of [QUERY, JOB]) {
      await facing(python, { behaviours }, (rooms, botocore) => lifeOfATable(rooms, botocore, tally, analysis));
    }
  }
  tally.expect('the operations that botocore has not called', SERVED.filter((name) => !tally.operations.has(name)), []);
  const lives = finding(`${tally.operations.size} operations in ${positions.length} positions of the switches: ${tally.calls} calls, `
    + `${tally.values} values of answers`, tally);
  return facing(python, {}, async (rooms, botocore) => {
    const errors = await sum(SERVED, (operation) => everyError(rooms, botocore, operation, tally));
    const raised = finding(`${errors} errors of operations, with each of their reasons, as botocore's own exceptions`, tally);
    const shapes = await sum(SERVED, (operation) => sameModel(botocore, operation, tally));
    const models = finding(`${SERVED.length} operations and their ${shapes} shapes in the simulator's model and in botocore's`, tally);
    await paging(rooms, botocore, tally);
    return [lives, raised, models, finding('both lists through botocore\'s paginators: every item once, in order', tally)];
  });
}

const finding = (what: string, tally: Tally): Finding => ({ what, problems: tally.problems() });

async function sum<T>(items: readonly T[], count: (item: T) => Promise<number>): Promise<number> {
  let total = 0;
  for (const item of items) {
    total += await count(item);
  }
  return total;
}

function switchPositions(): Partial<Behaviours>[] {
  const others = Object.entries(BEHAVIOUR_POSITIONS).flatMap(([name, values]) => values.slice(1).map((value) => ({ [name]: value })));
  return [{}, ...others];
}

async function everyError({ service }: Harness, botocore: Botocore, operation: string, tally: Tally): Promise<number> {
  const errors = await botocore.errors(operation);
  for (const error of errors) {
    for (const members of variantsOf(error)) {
      const stop = service.faults.inject({ operation: '*', fault: { kind: 'error', code: error.code, message: 'Because.', members } });
      const reply = await botocore.call(operation, someInput(operation));
      stop();
      tally.add(operation, reply);
      tally.expect(`${error.code} of ${operation}`, reply.error, { code: error.code, class: error.code, members: { ...members, message: 'Because.' } });
    }
  }
  return errors.length;
}

/** Each value of each enumeration once. */
function variantsOf({ members }: ModeledError): Record<string, unknown>[] {
  const values: Record<string, unknown> = { string: 'text', integer: 2, double: 2.5, list: [{ name: 'parameters', message: 'is bad' }] };
  const most = Math.max(1, ...Object.values(members).map((member) => member.enum.length));
  return Array.from({ length: most }, (_, index) => Object.fromEntries(Object.entries(members)
    .map(([name, member]) => [name, member.enum.length ? member.enum[index % member.enum.length] : values[member.type]])));
}

/** The injected error comes before anybody looks at the input. */
function someInput(operation: string): object {
  const { required = [], members = {} } = shapeNamed(OPERATIONS.find(({ name }) => name === operation)!.input.shape);
  return Object.fromEntries(required.map((name) => [name, shapeNamed(members[name].shape).type === 'structure' ? {} : 'a1b2c3d4-5678-90ab-cdef-111111111111']));
}

async function sameModel(botocore: Botocore, operation: string, tally: Tally): Promise<number> {
  const theirs = await botocore.shapes(operation);
  const { operations, shapes } = serviceModel as { operations: Record<string, unknown>; shapes: Record<string, unknown> };
  tally.expect(`the operation ${operation}`, operations[operation], theirs.operation);
  Object.entries(theirs.shapes).forEach(([name, shape]) => tally.expect(`the shape ${name}`, shapes[name], shape));
  return Object.keys(theirs.shapes).length;
}

const ITEMS = 23;

async function paging(rooms: Harness, botocore: Botocore, tally: Tally): Promise<void> {
  const { service, clock, table, membership } = rooms;
  const made = Array.from({ length: ITEMS }, () => {
    const population = service.populateByHand(table.id);
    clock.advance(100);
    return population;
  }).reverse();
  const membershipIdentifier = membership.id;
  for (const size of [1, 10, ITEMS, 100]) {
    const versions = await botocore.pages('ListIntermediateTableVersions', { membershipIdentifier, intermediateTableIdentifier: table.id }, size);
    const queries = await botocore.pages('ListProtectedQueries', { membershipIdentifier }, size);
    tally.expect(`versions in pages of ${size}`, itemsOf(versions).map(({ versionId }) => versionId), made.map(({ versionId }) => versionId));
    tally.expect(`queries in pages of ${size}`, itemsOf(queries).map(({ id }) => id), made.map(({ analysisId }) => analysisId));
    tally.expect(`the number of pages of ${size}`, [versions, queries].map(({ pages }) => pages.length), Array(2).fill(Math.ceil(ITEMS / size)));
  }
}

const itemsOf = ({ pages, keys }: Awaited<ReturnType<Botocore['pages']>>): Record<string, string>[] => pages.flatMap((page) => page[keys[0]]);
