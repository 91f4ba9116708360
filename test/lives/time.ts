/** Virtual time: what is to happen, in order, and what has been set off by it settles before time goes on. */
export class VirtualTime {
  /** Seconds since the life began. */
  public now = 0;
  private readonly heap: Due[] = [];
  private count = 0;

  public after(seconds: number, happen: () => void): void {
    const { heap } = this;
    const due = { at: this.now + Math.max(0, seconds), order: this.count++, happen };
    let index = heap.push(due) - 1;
    while (index > 0) {
      const parent = Math.floor((index - 1) / 2);
      if (isSooner(heap[parent], due)) {
        break;
      }
      heap[index] = heap[parent];
      index = parent;
    }
    heap[index] = due;
  }

  /** @throws if so much happens that nothing can come of it any more */
  public async run(untilSeconds: number): Promise<void> {
    for (let happened = 0; this.heap.length; happened++) {
      if (happened > MAX_HAPPENINGS) {
        throw new Error('LIVELOCK: too much happens in this life.');
      }
      const due = this.pop();
      if (due.at > untilSeconds) {
        break;
      }
      this.now = due.at;
      due.happen();
      await settled();
    }
  }

  /** Milliseconds since the epoch. */
  public millis = (): number => EPOCH + Math.round(this.now * 1_000);

  private pop(): Due {
    const { heap } = this;
    const [first] = heap;
    const last = heap.pop()!;
    if (heap.length) {
      let index = 0;
      for (;;) {
        const left = 2 * index + 1;
        const child = left + 1 < heap.length && isSooner(heap[left + 1], heap[left]) ? left + 1 : left;
        if (left >= heap.length || isSooner(last, heap[child])) {
          break;
        }
        heap[index] = heap[child];
        index = child;
      }
      heap[index] = last;
    }
    return first;
  }
}

interface Due {
  readonly at: number;
  readonly order: number;
  readonly happen: () => void;
}

const isSooner = (a: Due, b: Due): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

export const EPOCH = Date.UTC(2026, 10, 1);
const MAX_HAPPENINGS = 300_000;

/** Nothing here waits for the real world: when it is the turn of an immediate, all promises have been followed. */
const settled = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

/** Returns a source of chance that a seed decides, each number from 0 to below 1: Lehmer's, as C++'s `minstd_rand` has it. */
export function chances(seed: number): () => number {
  let state = (seed * 7_919 + 104_729) % MODULUS;
  const next = () => {
    state = (state * 48_271) % MODULUS;
    return state / MODULUS;
  };
  // Seeds that are near each other begin alike.
  Array.from({ length: 5 }, next);
  return next;
}

const MODULUS = 2_147_483_647;
