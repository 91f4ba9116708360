import type { DeployEvent, Population, Populations } from './life';
import { parametersOf } from './stand-in-rooms';
import type { VirtualTime } from './time';
import type { NameValue, PopulationProperties } from '../../src/contract/custom-resource';
import type { PopulationKey } from '../../src/contract/workflow';

export const MEMBERSHIP = 'm-1';
export const machineArn = (logicalId: string): string => `arn:aws:states:us-east-1:111122223333:stateMachine:IntermediateTable-${logicalId}`;

export type RequestType = 'Create' | 'Update' | 'Delete';
export interface Change {
  readonly logicalId: string;
  readonly type: RequestType;
  readonly population: Population;
  /** As the resource stands. */
  readonly before?: Population;
}

/** Whom a stack asks, and who hears of it. */
export interface StackListener {
  send(change: Change, properties: object, oldProperties: object | undefined, done: (isSuccess: boolean, versionId?: string) => void): void;
  /** What the template says now; pending while CloudFormation is at it. */
  says(populations: Populations, isPending: boolean): void;
  failed(during: 'DEPLOY' | 'ROLLBACK', changes: readonly Change[]): void;
  log(line: string): void;
}

/** CloudFormation, as far as one stack's custom resources see it: create, update, rollback with a gap, cleanup. */
export class Stack {
  public populations: Populations = {};
  public isBusy = false;
  public readonly machines = new Map<string, PopulationKey>();
  private readonly waiting: DeployEvent[] = [];
  private readonly versionIds = new Map<string, string>();
  /** As CloudFormation has sent them last and succeeded. */
  private readonly properties = new Map<string, object>();

  constructor(private readonly time: VirtualTime, private readonly listener: StackListener) {}

  public deploy(event: DeployEvent): void {
    if (this.isBusy) {
      this.waiting.push(event);
      return;
    }
    this.isBusy = true;
    this.update(event);
  }

  /** Returns the logical id that is there now of those that begin alike: a construct may have been renamed. */
  public nameOf = (population: string): string | undefined =>
    (this.populations[population] ? population : Object.keys(this.populations).find((name) => name[0] === population[0]));

  private update({ populations, failsAfter, gap = 1 }: DeployEvent): void {
    const { time, listener, populations: old } = this;
    listener.log(`STACK update to ${JSON.stringify(populations)}${failsAfter === undefined ? '' : `, a neighbour fails after ${failsAfter} s`}`);
    listener.says(populations, true);
    const begun: Change[] = [];
    let isOver = false;
    const fail = (isOwn: boolean) => {
      if (!isOver) {
        isOver = true;
        listener.log('STACK fails, and rolls back');
        if (isOwn) {
          listener.failed('DEPLOY', begun);
        }
        time.after(gap, () => this.rollBack(old, begun));
      }
    };
    if (failsAfter !== undefined) {
      time.after(failsAfter, () => fail(false));
    }
    this.carryOut(changesBetween(old, populations), populations, () => isOver, (change) => begun.push(change), (isSuccess) => {
      if (isOver || (isSuccess && failsAfter !== undefined)) {
        return;
      }
      if (!isSuccess) {
        fail(true);
        return;
      }
      isOver = true;
      this.populations = populations;
      listener.says(populations, false);
      listener.log('STACK UPDATE_COMPLETE');
      const replaced = Object.keys(old).filter((name) => !populations[name] || populations[name].table !== old[name].table);
      this.cleanUp(replaced.map((logicalId) => ({ logicalId, type: 'Delete', population: old[logicalId] })), populations);
    });
  }

  private rollBack(old: Populations, begun: readonly Change[]): void {
    const { listener } = this;
    listener.says(old, true);
    const updates = begun.filter(({ logicalId }) => old[logicalId])
      .map(({ logicalId, population }): Change => ({ logicalId, type: 'Update', population: old[logicalId], before: population }));
    this.carryOut(updates, old, () => false, () => undefined, (isSuccess) => {
      listener.says(old, false);
      if (!isSuccess) {
        listener.failed('ROLLBACK', updates);
        listener.log('STACK UPDATE_ROLLBACK_FAILED');
        this.finish();
        return;
      }
      listener.log('STACK ROLLBACK_COMPLETE');
      const made = begun.filter(({ logicalId, type, population }) => type === 'Create' || population.table !== old[logicalId].table);
      this.cleanUp(made.map(({ logicalId, population }) => ({ logicalId, type: 'Delete', population })), old);
    });
  }

  /** In the order of who is built on whom; what waits for a failed one never begins. */
  private carryOut(
    changes: readonly Change[], template: Populations, isOver: () => boolean, begins: (change: Change) => void, done: (isSuccess: boolean) => void,
  ): void {
    const left = new Set(changes.map(({ logicalId }) => logicalId));
    const begun = new Set<string>();
    let [failed, running] = [false, 0];
    const next = () => {
      for (const change of changes) {
        const isReady = !(change.population.upstream ?? []).some((each) => left.has(each));
        if (!begun.has(change.logicalId) && isReady && !failed && !isOver()) {
          begun.add(change.logicalId);
          begin(change);
        }
      }
      if (running === 0 && (failed || left.size === 0)) {
        running = -1;
        done(!failed);
      }
    };
    const begin = (change: Change) => {
      running++;
      begins(change);
      this.request(change, template, (isSuccess) => {
        running--;
        failed ||= !isSuccess;
        left.delete(change.logicalId);
        next();
      });
    };
    next();
  }

  private request(change: Change, template: Populations, done: (isSuccess: boolean) => void): void {
    const { logicalId, type, population } = change;
    const properties = propertiesOf(logicalId, type === 'Delete' ? population : template[logicalId], this.versionIds);
    const before = this.properties.get(logicalId);
    if (type !== 'Delete') {
      this.machines.set(logicalId, keyOf(logicalId, population));
      this.properties.set(logicalId, properties);
    }
    this.listener.send(change, properties, type === 'Update' ? before : undefined, (isSuccess, versionId) => {
      if (isSuccess && type !== 'Delete' && versionId !== undefined) {
        this.versionIds.set(logicalId, versionId);
      }
      done(isSuccess);
    });
  }

  private cleanUp(deletes: readonly Change[], template: Populations): void {
    this.carryOut(deletes, {}, () => false, () => undefined, () => {
      // The machine goes after its custom resource.
      this.time.after(MACHINE_GOES_SECONDS, () => {
        deletes.filter(({ logicalId }) => !template[logicalId]).forEach(({ logicalId }) => {
          this.machines.delete(logicalId);
          this.properties.delete(logicalId);
        });
        this.listener.log('STACK cleaned up');
        this.finish();
      });
    });
  }

  private finish(): void {
    const next = this.waiting.shift();
    this.time.after(1, () => {
      if (next) {
        this.update(next);
      } else {
        this.isBusy = false;
      }
    });
  }
}

const MACHINE_GOES_SECONDS = 3;

const keyOf = (logicalId: string, { table, keepsVersion = false }: Population): PopulationKey =>
  ({ membershipIdentifier: MEMBERSHIP, intermediateTableIdentifier: table, logicalId, keepsVersion });

/** With `ALWAYS` each synthesis differs; a table that was built on one that changes is updated with it. */
function changesBetween(old: Populations, now: Populations): readonly Change[] {
  const changes: Change[] = [];
  for (const [logicalId, population] of Object.entries(now)) {
    const isBuiltOnChange = population.upstream?.some((each) => changes.some((change) => change.logicalId === each));
    if (!old[logicalId]) {
      changes.push({ logicalId, type: 'Create', population });
    } else if (isBuiltOnChange || JSON.stringify(old[logicalId]) !== JSON.stringify(population)) {
      changes.push({ logicalId, type: 'Update', population, before: old[logicalId] });
    }
  }
  return changes;
}

const listOf = (map: Readonly<Record<string, string>>): readonly NameValue[] => Object.entries(map).map(([Name, Value]) => ({ Name, Value }));

const bulkOf = ({ bulk = 0 }: Population): Readonly<Record<string, string>> =>
  Object.fromEntries(Array.from({ length: Math.ceil(bulk / 1_000) }, (_, index) => [`bulk${index}`, 'b'.repeat(Math.min(1_000, bulk - index * 1_000))]));

type Properties = PopulationProperties & { readonly ServiceToken: string };

function propertiesOf(logicalId: string, population: Population, versionIds: ReadonlyMap<string, string>): Properties {
  const { table, definition, mode, schedules = {}, synthesis, tag, upstream, timeoutSeconds = 3_300, cancelOnTimeout = true } = population;
  return JSON.parse(JSON.stringify({
    ServiceToken: 'arn:aws:lambda:us-east-1:111122223333:function:Deployment',
    StateMachineArn: machineArn(logicalId),
    MembershipIdentifier: MEMBERSHIP,
    IntermediateTableIdentifier: table,
    Parameters: listOf({ ...parametersOf(definition), ...bulkOf(population) }),
    TimeoutSeconds: String(timeoutSeconds),
    CancelOnTimeout: String(cancelOnTimeout),
    Schedules: Object.entries(schedules).map(([Name, further]) => ({ Name, ...(further ? { Parameters: listOf({ further: `secret-${further}` }) } : {}) })),
    Upstream: upstream?.map((Population) => ({ Population })),
    PopulateOnDeploy: mode,
    Synthesis: synthesis,
    UpstreamVersions: upstream?.map((each) => versionIds.get(each) ?? ''),
    VersionParameter: tag,
  })) as Properties;
}
