import { executionArn, ok, refusal } from './support';
import type { Parameters } from '../../src/contract/population';
import type { Analysis, CleanRooms, Details, Table, Version } from '../../src/handlers/population/clean-rooms';
import type { Answer, ServiceError } from '../../src/handlers/service-error';

/** What befalls a call: it does not arrive; it takes effect and its answer is lost; or the step breaks off before or after it. */
export type Trouble = 'UNREAD' | 'LOST' | 'BREAKS_BEFORE' | 'BREAKS_AFTER';

export interface Populate {
  readonly versionId: string;
  readonly analysisId: string;
  readonly parameters: Parameters;
  readonly acceptedAt: number;
  readonly by: string;
  endsAt: number;
  outcome: 'SUCCESS' | 'FAILED' | 'CANCELLED';
}

const UNREAD = refusal('HTTP 502', { doubtful: true });
const CONFLICT = refusal('ConflictException', { reason: 'INVALID_STATE' });
const LOST = (error: ServiceError): Answer<never> => ({ ok: false, error });

/** One table of Clean Rooms in memory, by a clock that is handed in. */
export class Rooms implements CleanRooms {
  readonly populates: Populate[] = [];
  /** In seconds. */
  queryTakes = 60;
  listsLag = 0;
  shows = true;
  failing = 0;
  refusesWhilePopulating = true;
  whose = '';

  constructor(private readonly now: () => number, private readonly befalls: (call: string) => Trouble | undefined) {}

  async getTable(): Promise<Answer<Table>> {
    return this.answer('getTable', () => {
      const live = this.live();
      const parameters = live && this.shows ? live.parameters : undefined;
      return ok<Table>({
        status: live ? 'POPULATE_SUCCESS' : 'CREATED',
        analysisType: 'QUERY',
        mayHaveDefaults: false,
        live: live && { versionId: live.versionId, analysisId: live.analysisId, analysisType: 'QUERY', parameters },
      });
    });
  }

  async listVersions(): Promise<Answer<readonly Version[]>> {
    return this.answer('listVersions', () => ok(this.listed().map((each) => {
      const status = this.statusOf(each) === 'SUCCESS' ? 'POPULATE_SUCCESS' : this.isOver(each) ? 'POPULATE_FAILED' : 'POPULATE_STARTED';
      return { versionId: each.versionId, analysisId: each.analysisId, createTime: each.acceptedAt, status };
    })));
  }

  async listAnalyses(): Promise<Answer<readonly Analysis[]>> {
    return this.answer('listAnalyses', () => ok(this.listed().map((each) => ({ id: each.analysisId, createTime: each.acceptedAt, status: this.statusOf(each) }))));
  }

  async populate({ parameters = {} }: { readonly parameters?: Parameters }) {
    return this.answer('populate', () => {
      if (this.refusesWhilePopulating && this.populates.some((each) => !this.isOver(each))) {
        return CONFLICT;
      }
      const { versionId, analysisId } = this.accept(parameters, this.whose);
      return ok({ versionId, analysisId, analysisType: 'QUERY' as const });
    });
  }

  async getAnalysis(_table: unknown, _type: unknown, analysisId: string): Promise<Answer<Details>> {
    return this.answer('getAnalysis', () => {
      const found = this.populates.find((each) => each.analysisId === analysisId)!;
      const parameters = this.shows ? found.parameters : undefined;
      const durationMillis = this.isOver(found) ? found.endsAt - found.acceptedAt : undefined;
      return ok({ status: this.statusOf(found), createTime: found.acceptedAt, parameters, durationMillis });
    });
  }

  async cancel(_table: unknown, _type: unknown, analysisId: string): Promise<Answer<void>> {
    return this.answer('cancel', () => {
      const found = this.populates.find((each) => each.analysisId === analysisId)!;
      if (this.isOver(found)) {
        return CONFLICT;
      }
      Object.assign(found, { outcome: 'CANCELLED', endsAt: this.now() + 2_000 });
      return ok(undefined);
    });
  }

  /** As somebody does by hand, too. */
  accept(parameters: Parameters, by = executionArn('stranger')): Populate {
    const number = this.populates.length + 1;
    const made: Populate = {
      versionId: `version-${number}`,
      analysisId: `analysis-${number}`,
      parameters,
      by,
      acceptedAt: this.now(),
      endsAt: this.now() + this.queryTakes * 1_000,
      outcome: this.failing-- > 0 ? 'FAILED' : 'SUCCESS',
    };
    this.populates.push(made);
    return made;
  }

  live(): Populate | undefined {
    const succeeded = this.populates.filter((each) => this.statusOf(each) === 'SUCCESS');
    return succeeded.sort((a, b) => b.endsAt - a.endsAt)[0];
  }

  isOver = (populate: Populate): boolean => this.now() >= populate.endsAt;

  statusOf = (populate: Populate): string => (this.isOver(populate) ? populate.outcome : populate.outcome === 'CANCELLED' ? 'CANCELLING' : 'STARTED');

  private listed(): Populate[] {
    return this.populates.filter(({ acceptedAt }) => this.now() >= acceptedAt + this.listsLag * 1_000).reverse();
  }

  private answer<T>(call: string, take: () => Answer<T>): Answer<T> {
    const trouble = this.befalls(call);
    if (trouble === 'UNREAD') {
      return UNREAD;
    }
    if (trouble === 'BREAKS_BEFORE') {
      throw new Error(`Broken off before ${call}.`);
    }
    const answer = take();
    if (trouble === 'BREAKS_AFTER') {
      throw new Error(`Broken off after ${call}.`);
    }
    return trouble === 'LOST' ? LOST(UNREAD.error) : answer;
  }
}
