import { Screen } from './screen';
import { bar, clockTime, duration } from './text';
import { CleanRooms, Population, queryStatus } from '../../simulator/clean-rooms';

const BAR_WIDTH = { least: 15, most: 30 };
/** Of a line but for its bar. */
const TEXT_WIDTH = 82;
const ELAPSED_WIDTH = '59 s of about 12 min'.length;
/** Where nothing can be drawn over, so much more of the query makes a new line. */
const MILESTONE = 0.25;

/** Watches protected queries: a bar on a terminal, elsewhere a line now and then. */
export class Progress {
  /** The live versions seen since `begin`, each once, in order; `undefined` where the table could not be queried. */
  readonly liveVersions: (string | undefined)[] = [];
  private since = 0;
  private shown = '';

  constructor(private readonly screen: Screen, private readonly cleanRooms: CleanRooms) {}

  begin(now: number): void {
    this.since = now;
    this.liveVersions.length = 0;
    this.tick(now);
  }

  tick(now: number): void {
    const population = this.cleanRooms.populations().at(-1);
    if (!population) {
      return;
    }
    const live = this.cleanRooms.liveVersionId(population.table.id);
    if (this.liveVersions.length === 0 || this.liveVersions.at(-1) !== live) {
      this.liveVersions.push(live);
    }
    if (population.acceptedAt < this.since) {
      return;
    }
    const running = population.endsAt > now;
    this.screen.update(running ? this.line(population, now, live) : '');
    const milestone = this.milestone(population, now);
    if (milestone !== this.shown && !(running && this.screen.animated)) {
      this.screen.print(this.line(population, now, live));
    }
    this.shown = milestone;
  }

  /** Changes when there is something to print where nothing can be drawn over. */
  private milestone(population: Population, now: number): string {
    return [population.analysisId, queryStatus(population, now), Math.floor(this.share(population, now) / MILESTONE)].join(' ');
  }

  private line(population: Population, now: number, live?: string): string {
    const { screen } = this;
    const share = this.share(population, now);
    const status = queryStatus(population, now);
    const end = Math.min(now, population.endsAt);
    const query = `${clockTime(now - this.since)}  query ${population.analysisId.slice(0, 8)} ${status.padEnd('SUBMITTED'.length)}`;
    const rest = `${String(Math.floor(share * 100)).padStart(3)} %  ${elapsed(end - population.acceptedAt, this.expected(population)).padEnd(ELAPSED_WIDTH)}`;
    const queryable = live ? `  ${live.slice(0, 8)} is live` : '';
    const width = Math.max(BAR_WIDTH.least, Math.min(BAR_WIDTH.most, screen.width - TEXT_WIDTH));
    const colour = status === 'FAILED' ? 'red' : 'cyan';
    return `  ${screen.style('dim', query)}  ${screen.style(colour, bar(share, width))} ${rest}${queryable && screen.style('dim', queryable)}`.trimEnd();
  }

  private share(population: Population, now: number): number {
    if (population.endsAt <= now && population.outcome === 'SUCCESS') {
      return 1;
    }
    // Nobody knows when a query ends until it has.
    return Math.min(0.99, (Math.min(now, population.endsAt) - population.acceptedAt) / this.expected(population));
  }

  /** As long as the last one took; the first, as long as it was told to. */
  private expected(population: Population): number {
    const before = this.cleanRooms.populations().filter(({ outcome, acceptedAt }) => outcome === 'SUCCESS' && acceptedAt < population.acceptedAt).at(-1);
    return before ? before.endsAt - before.acceptedAt : population.plan.durationSeconds * 1000;
  }
}

/** `6 of about 12 min` */
function elapsed(millis: number, expected: number): string {
  const [now, whole] = [duration(millis), duration(expected)];
  const unit = whole.slice(whole.indexOf(' '));
  return `${now.endsWith(unit) ? now.slice(0, -unit.length) : now} of about ${whole}`;
}
