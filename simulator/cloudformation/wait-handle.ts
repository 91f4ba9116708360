interface Signal {
  readonly Status?: string;
  readonly UniqueId?: string;
  readonly Reason?: string;
  readonly Data?: string;
}

const MOST_BYTES = 4096;

/** Signals that a handle received, kept whether or not anybody waits yet. */
export class WaitHandle {
  readonly signals = new Map<string, Signal>();
  notify: () => void = () => undefined;

  receive(body: string): void {
    const signal = parse(body);
    if (!signal?.UniqueId || !signal.Status || Buffer.byteLength(body) > MOST_BYTES) return;
    // A second signal with the same id is no further signal.
    if (!this.signals.has(signal.UniqueId)) this.signals.set(signal.UniqueId, signal);
    this.notify();
  }
}

function parse(body: string): Signal | undefined {
  try {
    return JSON.parse(body) as Signal;
  } catch {
    return undefined;
  }
}
