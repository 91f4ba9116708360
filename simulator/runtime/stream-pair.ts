import { Duplex } from 'node:stream';
import { Timer, VirtualClock } from '../clock';

/** One end of a connection in memory. It has of a `net.Socket` what Node's HTTP client and server call. */
export class MemorySocket extends Duplex {
  connecting = false;
  readonly remoteAddress = '127.0.0.1';
  private peer!: MemorySocket;
  private idleTimer?: Timer;
  private idleMillis = 0;

  /** @param gate holds back what arrives, such as while a Lambda environment is frozen. */
  constructor(
    private readonly clock: VirtualClock,
    private readonly latencyMillis: number,
    private readonly gate: (deliver: () => void) => void,
  ) {
    // Hanging up one direction closes both, as HTTP's own sockets do.
    super({ allowHalfOpen: false });
  }

  join(peer: MemorySocket): void {
    this.peer = peer;
  }

  override _read(): void { /* Data is pushed when it arrives. */ }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.restartIdleTimer();
    this.peer.arrive(() => this.peer.push(chunk));
    done();
  }

  override _final(done: () => void): void {
    this.peer.arrive(() => this.peer.push(null));
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (this.idleTimer) this.clock.clearTimer(this.idleTimer);
    this.peer.arrive(() => this.peer.hangUp());
    done(error);
  }

  resetAndDestroy(): this {
    const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' });
    this.peer.arrive(() => this.peer.destroy(reset));
    return this.destroy();
  }

  /** Inactivity, on virtual time. */
  setTimeout(ms: number, listener?: () => void): this {
    this.idleMillis = ms;
    if (listener && ms > 0) this.once('timeout', listener);
    if (listener && ms === 0) this.removeListener('timeout', listener);
    this.restartIdleTimer();
    return this;
  }

  setNoDelay(): this { return this; }
  setKeepAlive(): this { return this; }
  ref(): this { return this; }
  unref(): this { return this; }

  /** What a reset by the peer looks like to whoever still waits for an answer. */
  private hangUp(): void {
    if (!this.destroyed && !this.readableEnded) this.push(null);
    this.clock.setTimer(() => this.destroy(), 0);
  }

  private arrive(deliver: () => void): void {
    const guarded = (): void => {
      if (this.destroyed) return;
      this.clock.touch();
      this.restartIdleTimer();
      deliver();
    };
    // Even without latency, data arrives later than it was sent, and in order.
    this.clock.setTimer(() => this.gate(guarded), this.latencyMillis);
  }

  private restartIdleTimer(): void {
    if (this.idleTimer) this.clock.clearTimer(this.idleTimer);
    this.idleTimer = this.idleMillis > 0 ? this.clock.setTimer(() => this.emit('timeout'), this.idleMillis) : undefined;
  }
}
