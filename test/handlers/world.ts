import { FakeDocuments } from './record/fake';
import { Rooms, type Trouble } from './rooms';
import { DEFINITION, executionArn, STARTED_AT } from './support';
import type { Definition } from '../../src/contract/population';
import { LINGER } from '../../src/contract/time';
import type { Ended, MachineState } from '../../src/contract/workflow';
import type { ExecutionStatus, Outside, RecordStore } from '../../src/handlers/population/outside';
import type { RunState } from '../../src/handlers/population/run-state';
import { step } from '../../src/handlers/population/step';
import { EMPTY, type PopulationRecord } from '../../src/handlers/record/population-record';
import { recordStore } from '../../src/handlers/record/store';
import type { Answer } from '../../src/handlers/service-error';

export interface Execution {
  readonly arn: string;
  machine: MachineState<RunState>;
  wakes: number;
  crashes: number;
  ended?: Ended;
  endedAt?: number;
  /** Stopped by hand, or given up by the machine: it ends without a word. */
  died?: boolean;
}

const CRASHES = 8;
const MOST_CRASHES = 9;

/** A stack's runs, their record and their table in memory, on a clock by hand. */
export class World {
  now = STARTED_AT;
  chance = 0;
  readonly documents = new FakeDocuments();
  readonly statuses = new Map<string, ExecutionStatus>();
  readonly executions: Execution[] = [];
  readonly asked: string[] = [];
  /** What befalls the calls to come, by their number. */
  troubles = new Map<number, Trouble>();
  parameter?: string;
  readonly rooms = new Rooms(() => this.now, (call) => this.befalls(call));

  start(name: string, Input?: unknown, definition: Definition = DEFINITION): Execution {
    const arn = executionArn(name);
    const execution = { Id: arn, StartTime: new Date(this.now).toISOString(), Input };
    const made = { arn, machine: { execution, definition }, wakes: this.now, crashes: 0 };
    this.executions.push(made);
    return made;
  }

  get record(): PopulationRecord {
    return this.documents.get<PopulationRecord>(DEFINITION.record) ?? EMPTY;
  }

  put(change: Partial<PopulationRecord>): void {
    this.documents.set(DEFINITION.record, { ...this.record, ...change });
  }

  stop(execution: Execution): void {
    Object.assign(execution, { died: true });
  }

  /** Until nobody has anything to do, or that moment. */
  async play(until = Infinity): Promise<void> {
    for (;;) {
      const [next] = this.executions.filter(({ ended, died }) => !ended && !died).sort((a, b) => a.wakes - b.wakes);
      if (!next || Math.max(next.wakes, this.now) > until) {
        this.now = until === Infinity ? this.now : Math.max(this.now, until);
        return;
      }
      this.now = Math.max(this.now, next.wakes);
      await this.stepOf(next);
    }
  }

  outside(): Outside {
    const entered = this.now;
    return {
      cleanRooms: this.rooms,
      record: this.store(),
      statusOf: async (execution) => {
        const trouble = this.befalls('statusOf');
        return trouble ? 'UNKNOWN' : this.statusOf(execution);
      },
      clock: {
        entered,
        now: () => this.now,
        pause: async (seconds) => { this.now += seconds * 1_000; },
        lingers: () => LINGER - (this.now - entered) / 1_000,
      },
      chance: () => this.chance,
    };
  }

  private statusOf(arn: string): ExecutionStatus {
    const execution = this.executions.find((each) => each.arn === arn);
    return this.statuses.get(arn) ?? (execution?.ended || execution?.died ? 'ENDED' : 'RUNNING');
  }

  private async stepOf(execution: Execution): Promise<void> {
    this.rooms.whose = execution.arn;
    const entered = this.now;
    try {
      // As JSON, like the machine hands it on.
      const state = JSON.parse(JSON.stringify(await step(execution.machine, this.outside()))) as MachineState<RunState>;
      execution.machine = state;
      execution.crashes = 0;
      if (state.next === 'END') {
        Object.assign(execution, { ended: state.ended, endedAt: this.now });
      } else if (state.next === 'KEEP_VERSION') {
        this.parameter = state.ended?.output?.versionId;
      }
      execution.wakes = this.now + (state.next === 'WAIT' ? state.wait! * 1_000 : 0);
    } catch (error) {
      if (!(error as Error).message.startsWith('Broken off')) {
        throw error;
      }
      execution.crashes++;
      execution.machine = { ...execution.machine, crash: { Error: 'Broken' } };
      execution.died = execution.crashes >= MOST_CRASHES;
      execution.wakes = Math.max(this.now, entered + 1_000) + (execution.crashes * CRASHES - 3) * 1_000;
    }
  }

  private befalls(call: string): Trouble | undefined {
    this.now += 20;
    this.asked.push(call);
    return this.troubles.get(this.asked.length - 1);
  }

  /** The record on this world's clock and in its trouble. */
  private store(): RecordStore {
    const store = recordStore(this.documents);
    const through = async <T>(call: string, ask: () => Promise<Answer<T>>): Promise<Answer<T>> => {
      const trouble = this.befalls(call);
      if (trouble === 'BREAKS_BEFORE') {
        throw new Error(`Broken off before ${call}.`);
      }
      const answer = trouble === 'UNREAD' ? undefined : await ask();
      if (trouble === 'BREAKS_AFTER') {
        throw new Error(`Broken off after ${call}.`);
      }
      return answer && trouble !== 'LOST' ? answer : { ok: false, error: { code: 'TimeoutError', message: 'No.', doubtful: true } };
    };
    return {
      read: (key, table) => through('read', () => store.read(key, table)),
      change: (key, change) => through('change', () => store.change(key, change)),
      readLine: () => through('readLine', () => store.readLine()),
      changeLine: (change) => through('changeLine', () => store.changeLine(change)),
      saveEnding: (...ending) => through('saveEnding', () => store.saveEnding(...ending)),
      readEnding: (execution) => through('readEnding', () => store.readEnding(execution)),
      takeEvent: (...event) => through('takeEvent', () => store.takeEvent(...event)),
    };
  }
}

