import { WriteStream } from 'node:tty';
import { stripVTControlCharacters, styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

const DEFAULT_WIDTH = 100;
const CLEAR_LINE = '\r\u001b[2K';

/** Lines that stay and, on a terminal, one below them that changes. */
export class Screen {
  /** Whether there is a line that changes. */
  readonly animated: boolean;
  readonly width: number;
  private readonly coloured: boolean;
  private current = '';

  constructor(private readonly out: WriteStream = process.stdout) {
    this.animated = Boolean(out.isTTY) && process.env.TERM !== 'dumb';
    // Node's own look at the terminal respects NO_COLOR.
    this.coloured = this.animated && out.hasColors();
    this.width = Math.min(out.columns || DEFAULT_WIDTH, 120);
  }

  style(style: Style, text: string): string {
    return this.coloured ? styleText(style, text) : text;
  }

  print(line = ''): void {
    this.out.write(`${this.current && CLEAR_LINE}${line}\n${this.current}`);
  }

  /** The line that changes; an empty one takes it away. */
  update(line: string): void {
    const plain = stripVTControlCharacters(line);
    // A line that wraps could not be drawn over.
    const next = plain.length < this.width ? line : plain.slice(0, this.width - 1);
    if (this.animated && next !== this.current) {
      this.out.write(CLEAR_LINE + next);
      this.current = next;
    }
  }
}
