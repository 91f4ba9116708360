import { Screen } from './screen';

/** What the demo claims, checked before it is said. */
export class Facts {
  private wrong = 0;

  constructor(private readonly screen: Screen) {}

  /** @param found what is so instead, if it is not */
  check(claim: string, isTrue: boolean, found?: unknown): void {
    this.wrong += isTrue ? 0 : 1;
    this.screen.print(isTrue
      ? `  ${this.screen.style('green', '✓')} ${claim}`
      : `  ${this.screen.style('red', `✗ Not so: ${claim} Found: ${JSON.stringify(found)}`)}`);
  }

  get allTrue(): boolean {
    return this.wrong === 0;
  }
}
