import { FakeDocuments } from './record/fake';
import { DEFINITION, STARTED_AT } from './support';
import { LINGER } from '../../src/contract/time';
import type { ExecutionStatus, Outside } from '../../src/handlers/population/outside';
import { recordStore } from '../../src/handlers/record/store';

export class World {
  now = STARTED_AT;
  chance = 0;
  readonly documents = new FakeDocuments();
  readonly statuses = new Map<string, ExecutionStatus>();
  readonly asked: string[] = [];
  outside(): Outside {
    const entered = this.now;
    return {
      cleanRooms: undefined as never,
      record: recordStore(this.documents),
      statusOf: async (execution) => { this.asked.push('statusOf'); return this.statuses.get(execution) ?? 'RUNNING'; },
      clock: { entered, now: () => this.now, pause: async (seconds) => { this.now += seconds * 1_000; }, lingers: () => LINGER - (this.now - entered) / 1_000 },
      chance: () => this.chance,
    };
  }
}
void DEFINITION;
