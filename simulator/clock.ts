/** Virtual time, in milliseconds since the epoch. */
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** Work that takes real time (real sockets, files): while any is under way, virtual time stands still. */
export interface Activity {
  enter(): void;
  leave(): void;
}

export interface Timer {
  readonly at: number;
  readonly order: number;
  /** Gone once it ran or was cleared. */
  run?: () => void;
}

export interface Pace {
  /** So many virtual seconds pass in a real one, for a person who watches. */
  virtualSecondsPerSecond: number;
  onTick?: (now: number) => void;
}

export interface VirtualClockOptions {
  /** Milliseconds since the epoch. @default 2026-11-22T09:00:00Z */
  start?: number;
  pace?: Pace;
}

/**
 * After so many event-loop turns in which nobody reported anything, nobody has anything left to do: what runs on this clock
 * exchanges its data in memory, and so finishes in promise jobs and `nextTick`s, which all run before the next turn.
 */
const QUIET_TURNS = 4;
const TICK_MILLIS = 100;

/** Somebody waits for what can never come. */
export class DeadlockError extends Error {}

/** Something goes on for longer than anything may. */
export class EndlessError extends Error {}

/** Longer than any deploy or execution. */
const MOST_SECONDS = 7 * 86_400;

/**
 * Discrete-event time: it stands still while anybody works, then jumps to the next timer.
 * It moves only while somebody waits through `drive`, so that a test's own pauses do not change the outcome.
 */
export class VirtualClock implements Clock {
  /** For whoever works outside the event loop's own queues. */
  readonly activity: Activity;
  private readonly timers = new TimerQueue();
  private readonly drives = new Map<symbol, { label: string; until: number; reject: (error: Error) => void }>();
  private current: number;
  private order = 0;
  private working = 0;
  private changes = 0;
  private pumping = false;

  constructor(private readonly options: VirtualClockOptions = {}) {
    this.current = options.start ?? Date.UTC(2026, 10, 22, 9);
    this.activity = {
      enter: () => { this.working++; this.touch(); },
      leave: () => { this.working--; this.touch(); },
    };
  }

  now(): number {
    return this.current;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => { this.setTimer(resolve, ms); });
  }

  setTimer(run: () => void, ms: number): Timer {
    this.touch();
    const delay = Number.isFinite(ms) ? Math.max(0, ms) : 0;
    const timer = { at: this.current + delay, order: this.order++, run };
    this.timers.add(timer);
    return timer;
  }

  clearTimer(timer: Timer): void {
    timer.run = undefined;
  }

  /** Tells that something happened, so that time does not move before its consequences have. */
  touch(): void {
    this.changes++;
  }

  /** Lets time pass until the promise settles, at most so long. Whatever else is under way goes on meanwhile. */
  async drive<T>(promise: Promise<T>, label: string, mostSeconds = MOST_SECONDS): Promise<T> {
    const key = Symbol(label);
    const deadlock = new Promise<never>((_, reject) => this.drives.set(key, { label, until: this.current + mostSeconds * 1000, reject }));
    void this.pump();
    try {
      return await Promise.race([promise, deadlock]);
    } finally {
      this.drives.delete(key);
    }
  }

  /** Forgets every timer: time moves no more. */
  stop(): void {
    this.timers.clear();
    this.drives.clear();
  }

  private async pump(): Promise<void> {
    if (this.pumping) return;
    this.pumping = true;
    try {
      while (await this.quiet()) {
        const next = this.timers.next();
        if (!next) {
          this.reportDeadlock();
          break;
        }
        this.endEndless(next.at);
        await this.moveTo(next.at);
        // Whoever added or cleared a timer while a paced clock slept may have changed which one is due.
        const due = this.timers.next();
        if (!due || due.at > this.current) continue;
        this.touch();
        const run = due.run;
        due.run = undefined;
        run?.();
      }
    } finally {
      this.pumping = false;
    }
  }

  /** Waits until nobody works; false once nobody waits, either. */
  private async quiet(): Promise<boolean> {
    let calm = 0;
    let seen = this.changes;
    while (calm < QUIET_TURNS) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.drives.size === 0) return false;
      const changed = this.working > 0 || seen !== this.changes;
      seen = this.changes;
      calm = changed ? 0 : calm + 1;
    }
    return true;
  }

  private async moveTo(at: number): Promise<void> {
    const pace = this.options.pace;
    if (pace) {
      const step = TICK_MILLIS * pace.virtualSecondsPerSecond;
      while (this.current + step < at) {
        await new Promise((resolve) => setTimeout(resolve, TICK_MILLIS));
        this.current += step;
        pace.onTick?.(this.current);
      }
      await new Promise((resolve) => setTimeout(resolve, (at - this.current) / pace.virtualSecondsPerSecond));
    }
    this.current = Math.max(this.current, at);
    pace?.onTick?.(this.current);
  }

  private endEndless(next: number): void {
    for (const [key, { label, until, reject }] of this.drives) {
      if (next <= until) continue;
      this.drives.delete(key);
      reject(new EndlessError(`At ${new Date(until).toISOString()} virtual time ran out, and "${label}" has not ended.`));
    }
  }

  private reportDeadlock(): void {
    const at = new Date(this.current).toISOString();
    for (const { label, reject } of this.drives.values()) {
      reject(new DeadlockError(`At ${at} nothing is left to happen, yet "${label}" still waits. Somebody lost its answer: look at the last log lines.`));
    }
    this.drives.clear();
  }
}

/** Timers by time, then by order of creation: a binary heap, since 12 hours hold many. */
class TimerQueue {
  private readonly heap: Timer[] = [];

  add(timer: Timer): void {
    let index = this.heap.push(timer) - 1;
    while (index > 0) {
      const parent = Math.floor((index - 1) / 2);
      if (!before(this.heap[index], this.heap[parent])) break;
      this.swap(index, parent);
      index = parent;
    }
  }

  next(): Timer | undefined {
    while (this.heap.length > 0 && !this.heap[0].run) this.removeFirst();
    return this.heap[0];
  }

  clear(): void {
    this.heap.length = 0;
  }

  private removeFirst(): void {
    const last = this.heap.pop()!;
    if (this.heap.length === 0) return;
    this.heap[0] = last;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const smallest = [left, left + 1].reduce((least, child) =>
        child < this.heap.length && before(this.heap[child], this.heap[least]) ? child : least, index);
      if (smallest === index) return;
      this.swap(index, smallest);
      index = smallest;
    }
  }

  private swap(a: number, b: number): void {
    [this.heap[a], this.heap[b]] = [this.heap[b], this.heap[a]];
  }
}

function before(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
