import { Harness } from '../../simulator/clean-rooms/harness';
import { PythonProgram } from '../python';

export interface Reply {
  readonly status: number;
  // The checks read answers as any other client without types would.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly output?: any;
  readonly error?: { readonly code: string; readonly class: string; readonly members: Record<string, unknown> };
  /** How many values the answer had. */
  readonly values: number;
  /** Where the answer is not what botocore's model says. */
  readonly problems: readonly string[];
}

export interface ModeledError {
  readonly code: string;
  readonly members: Readonly<Record<string, { readonly type: string; readonly enum: readonly string[] }>>;
}

export interface Pages {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly pages: readonly any[];
  /** The members whose items the pages share out. */
  readonly keys: readonly string[];
}

/** botocore's client of a simulator, and the model that it comes with. */
export class Botocore {
  private readonly program: PythonProgram;

  constructor(python: string, url: string, region = 'eu-west-1') {
    this.program = new PythonProgram(python, 'ask_botocore.py', [url, region]);
  }

  call = (operation: string, input: object): Promise<Reply> => this.program.ask({ do: 'call', operation, input });
  /** Sends, whatever is answered. */
  send = (operation: string, input: object): Promise<unknown> => this.program.ask({ do: 'send', operation, input });
  pages = (operation: string, input: object, size: number): Promise<Pages> => this.program.ask({ do: 'pages', operation, input, size });
  errors = (operation: string): Promise<ModeledError[]> => this.program.ask({ do: 'errors', operation });
  shapes = (operation: string): Promise<{ operation: unknown; shapes: Record<string, unknown> }> => this.program.ask({ do: 'shapes', operation });
  stop = (): Promise<void> => this.program.stop();
}

/** A simulator and botocore in front of it, for as long as `use` takes. */
export async function facing<T>(
  python: string, options: Parameters<typeof Harness.start>[0], use: (rooms: Harness, botocore: Botocore) => Promise<T>,
): Promise<T> {
  const rooms = await Harness.start(options);
  const botocore = new Botocore(python, rooms.server.url);
  try {
    return await use(rooms, botocore);
  } finally {
    await botocore.stop();
    await rooms.stop();
  }
}
