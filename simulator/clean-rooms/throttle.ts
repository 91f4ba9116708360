import type { Clock } from '../clock';
import type { OperationName } from './model';

/** Lets so many requests of an operation through in any one second. */
export class Throttle {
  private readonly passed = new Map<OperationName, number[]>();

  constructor(private readonly clock: Clock, private readonly rate?: (operation: OperationName) => number) {}

  admits(operation: OperationName): boolean {
    if (!this.rate) return true;
    const now = this.clock.now();
    const recent = (this.passed.get(operation) ?? []).filter((time) => time > now - 1000);
    const admitted = recent.length < this.rate(operation);
    this.passed.set(operation, admitted ? [...recent, now] : recent);
    return admitted;
  }
}
