import { VirtualClock } from '../clock';
import { Gate, Network } from './network';

/** Everything that sandboxed code can reach outside of itself. */
export interface World {
  readonly clock: VirtualClock;
  /** By how much its own clock is ahead; timers are not concerned. @default 0 */
  readonly clockSkewMillis?: number;
  readonly network: Network;
  readonly env: Record<string, string>;
  readonly random: () => number;
  /** Files of the packages that the runtime brings along, by name. */
  readonly modules?: Readonly<Record<string, string>>;
  /** Every callback from outside goes through it, so that a machine can be frozen or die. */
  readonly gate: Gate;
  isAlive(): boolean;
  print(level: string, text: string): void;
  exit(code: number): void;
  /** Told of each request before it is sent; what it returns is called when the answer arrives. */
  beforeRequest(): (() => void) | undefined;
}
