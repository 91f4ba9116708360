import { isDeepStrictEqual } from 'util';
import { CfnResource, Duration, Stack } from 'aws-cdk-lib';
import { closeClouds, FAILS, MEMBERSHIP, openCloud, populatesIn, STACK, synthesize } from './support';
import type { QueryPlan } from '../../simulator/clean-rooms';
import { Cloud } from '../../simulator/cloud';
import type { StackSource } from '../../simulator/cloudformation/assembly';
import type { DeployResult } from '../../simulator/cloudformation/service';
import { AllowedAnalysis, IntermediateTable, IntermediateTablePopulation, Membership, StoredQuery } from '../../src';

afterEach(closeClouds);

interface Change {
  /** What the first table's query selects. */
  readonly select?: string;
  readonly versionedName?: boolean;
  readonly description?: string;
  /** Whether the tables have populations. */
  readonly populated?: boolean;
  readonly timeout?: Duration;
  /** Something that comes last fails. */
  readonly laterFails?: boolean;
}

/** Tables, each of which reads the one before it, and their populations. */
function chain(length: number, { select = '1', versionedName = true, description, populated = true, timeout, laterFails = false }: Change = {}): StackSource {
  return synthesize((stack) => {
    const membership = Membership.fromMembershipIdentifier(stack, 'Membership', MEMBERSHIP);
    const later = new CfnResource(stack, 'Later', { type: 'Test::Resource::Fails', properties: { Fail: String(laterFails), Seconds: '0' } });
    let [before, refreshAfter]: [IntermediateTable?, IntermediateTablePopulation[]?] = [];
    for (const id of ['First', 'Second', 'Third'].slice(0, length)) {
      const sql: string = before ? `SELECT * FROM ${before.tableName}` : `SELECT ${select}`;
      const table: IntermediateTable = new IntermediateTable(stack, id, {
        membership,
        tableName: id.toLowerCase(),
        query: StoredQuery.fromSql(sql),
        allowedAnalyses: [AllowedAnalysis.ANY_QUERY],
        versionedName,
        description,
      });
      if (populated) {
        refreshAfter = [table.addPopulation('Population', { refreshAfter, timeout })];
        later.node.addDependency(...refreshAfter);
      }
      before = table;
    }
    logicalIds(stack);
  });
}

/** The tables' own logical ids are what makes the events tell of them. */
const logicalIds = (stack: Stack) => stack.node.children.filter((child) => child instanceof IntermediateTable)
  .forEach((table) => (table.node.defaultChild as CfnResource).overrideLogicalId(table.node.id));

const TABLE = 'AWS::CleanRooms::IntermediateTable';

/** The names of tables that were ever populated and are there still, in the order of their first populate. */
function tablesLeft(cloud: Cloud, isWanted: (versionId?: string) => boolean = () => true): string[] {
  const tables = new Map(cloud.cleanRooms.populations().map(({ table }) => [table.id, table.name]));
  return [...tables].filter(([id]) => {
    try {
      return isWanted(cloud.cleanRooms.liveVersionId(id));
    } catch {
      // It was deleted.
      return false;
    }
  }).map(([, name]) => name);
}

const queryable = (cloud: Cloud): string[] => tablesLeft(cloud, (versionId) => versionId !== undefined);

const named = (name: string) => expect.stringMatching(new RegExp(`^${name}_[0-9a-f]{8}$`));

interface Account {
  readonly cloud: Cloud;
  /** Deploys, and says what could be queried meanwhile, step by step, and how many populates it took. */
  deploy(source: StackSource): Promise<DeployResult & { readonly seen: string[][]; readonly populates: number }>;
}

function openAccount(): Account {
  let seen: string[][] = [];
  const look = () => {
    const now = queryable(cloud);
    if (!isDeepStrictEqual(now, seen.at(-1))) seen.push(now);
  };
  const cloud: Cloud = openCloud({ onStackEvent: look, cleanRooms: { defaultPlan: { durationSeconds: 300, outcome: 'SUCCESS' } } });
  return {
    cloud,
    async deploy(source) {
      seen = [];
      const before = populatesIn(cloud).length;
      const result = await cloud.deploy(source);
      look();
      return { ...result, seen, populates: populatesIn(cloud).length - before };
    },
  };
}

describe('promise 3: success means queryable', () => {
  type Seen = (old: string, made: unknown) => unknown[][];
  const [both, kept]: Seen[] = [(old, made) => [[old], [old, made], [made]], (old) => [[old]]];
  const hours = { timeout: Duration.hours(2) };

  test.each<[string, Change, Change, QueryPlan | undefined, string, number, Seen]>([
    ['a changed query: the new table is populated while the old one serves, and only then that one goes', {}, { select: '2' }, undefined, 'UPDATE_COMPLETE', 1, both],
    ['a changed query of more than an hour', hours, { ...hours, select: '2' }, { durationSeconds: 3_700, outcome: 'SUCCESS' }, 'UPDATE_COMPLETE', 1, both],
    ['a changed query that fails: the rollback is free, and the old table has never stopped serving', {}, { select: '2' }, FAILS, 'UPDATE_ROLLBACK_COMPLETE', 1, kept],
    ['a changed query before something that fails: the rollback is free, and takes the new table away again', {}, { select: '2', laterFails: true }, undefined,
      'UPDATE_ROLLBACK_COMPLETE', 1, (old, made) => [[old], [old, made], [old]]],
    ['what does not replace the table, which costs nothing', {}, { description: 'Another one' }, undefined, 'UPDATE_COMPLETE', 0, kept],
    ['a name that gets its hash with the changed query', { versionedName: false }, { select: '2' }, undefined, 'UPDATE_COMPLETE', 1, both],
    ['a changed query under a name that stays, which fails on it, and costs nothing', { versionedName: false }, { versionedName: false, select: '2' }, undefined,
      'UPDATE_ROLLBACK_COMPLETE', 0, kept],
  ])('deploys %s', async (_, before, after, plan, status, populates, seen) => {
    const { cloud, deploy } = openAccount();
    const first = await deploy(chain(1, before));
    const name = before.versionedName === false ? 'first' : named('first');
    expect([first.status, first.populates, first.seen]).toEqual(['CREATE_COMPLETE', 1, [[], [name]]]);
    const [old] = first.seen[1];
    if (plan) cloud.cleanRooms.planQuery(plan);
    const second = await deploy(chain(1, after));
    expect([second.status, second.populates]).toEqual([status, populates]);
    expect(second.seen).toEqual(seen(old, named('first')));
    expect(tablesLeft(cloud)).toEqual(second.seen.at(-1));
    expect(new Set(second.seen.flat()).size).toBe(seen === kept ? 1 : 2);
    if (after.versionedName === false) {
      expect(second.failures.find(({ logicalId }) => logicalId === 'First')?.reason).toContain('The collaboration already has an intermediate table "first".');
    }
  });

  test('a query that goes back to what it was has the name that it had, and costs a populate, since its table is gone', async () => {
    const { deploy } = openAccount();
    const { seen: [, serving] } = await deploy(chain(1));
    await deploy(chain(1, { select: '2' }));
    const third = await deploy(chain(1));
    expect([third.status, third.populates, third.seen.at(-1)]).toEqual(['UPDATE_COMPLETE', 1, serving]);
  });

  describe('a chain of three whose SQL has tableName', () => {
    test('is populated in order by its first deploy, each table once', async () => {
      const { deploy } = openAccount();
      const { status, populates, seen } = await deploy(chain(3));
      expect([status, populates]).toEqual(['CREATE_COMPLETE', 3]);
      expect(seen.at(-1)).toEqual([named('first'), named('second'), named('third')]);
    });

    test('is made anew by a change of the first query, for a populate each, while the three old ones serve', async () => {
      const { cloud, deploy } = openAccount();
      const old = (await deploy(chain(3))).seen.at(-1)!;
      const second = await deploy(chain(3, { select: '2' }));
      expect([second.status, second.populates, second.failures]).toEqual(['UPDATE_COMPLETE', 3, []]);
      const made = second.seen.at(-1)!;
      expect(made).toEqual([named('first'), named('second'), named('third')]);
      expect(new Set([...old, ...made]).size).toBe(6);
      expect(second.seen).toContainEqual([...old, ...made]);
      // Until all of the new ones were there, all of the old ones were.
      const going = second.seen.findIndex((names) => !old.every((name) => names.includes(name)));
      expect(second.seen.slice(going).every((names) => made.every((name) => names.includes(name)))).toBe(true);
      expect(tablesLeft(cloud)).toEqual(made);
    });

    test('is what it was after a rollback, at no cost beyond what had been populated', async () => {
      const { cloud, deploy } = openAccount();
      const old = (await deploy(chain(3))).seen.at(-1)!;
      const second = await deploy(chain(3, { select: '2', laterFails: true }));
      expect([second.status, second.populates, second.seen.at(-1)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', 3, old]);
      expect(tablesLeft(cloud)).toEqual(old);
    });

    test.each([true, false])('goes with its stack, the last table first, be it populated or not: %s', async (populated) => {
      const { cloud, deploy } = openAccount();
      await deploy(chain(3, { populated }));
      const { events } = cloud.stack(STACK);
      const { status } = await cloud.destroy(STACK);
      expect([status, tablesLeft(cloud)]).toEqual(['DELETE_COMPLETE', []]);
      const gone = events.filter(({ type, status: of }) => type === TABLE && of === 'DELETE_COMPLETE').map(({ logicalId }) => logicalId);
      expect(gone).toEqual(['Third', 'Second', 'First']);
    });
  });
});
