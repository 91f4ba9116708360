import { known, problem } from './private/problem';

/**
 * The size of the workers that run the population's query.
 *
 * @see https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_WorkerComputeConfiguration.html
 */
export class WorkerType {
  /** The smallest workers. */
  public static readonly CR_1X = new WorkerType('CR.1X');

  /** Workers of four times the size of `CR_1X`. */
  public static readonly CR_4X = new WorkerType('CR.4X');

  /** Workers of eight times the size of `CR_1X`. */
  public static readonly CR_8X = new WorkerType('CR.8X');

  /**
   * A worker type that this class does not name yet.
   *
   * @param name the type's name in the Clean Rooms API, such as `CR.16X`
   * @throws if the name is empty
   */
  public static of(name: string): WorkerType {
    if (known(name) && name.trim() === '') {
      problem('WorkerType.of', 'the name', name, 'Give the Clean Rooms name of a worker type, such as \'CR.16X\'.');
    }
    return new WorkerType(name);
  }

  /** The type's name in the Clean Rooms API. */
  public readonly name: string;

  private constructor(name: string) {
    this.name = name;
  }

  /** The type's name in the Clean Rooms API. */
  public toString(): string {
    return this.name;
  }
}

/**
 * The compute that the population's query runs on. More workers end sooner and cost more by the hour:
 * the price is by CRPU-hour, with a minimum of a minute for each query.
 *
 * @see https://aws.amazon.com/clean-rooms/pricing/
 */
export interface PopulationCompute {
  /**
   * The size of a worker. A PySpark job runs on `CR_1X` or `CR_4X`.
   *
   * @default - the service's, CR.1X
   */
  readonly workerType?: WorkerType;

  /**
   * The number of workers: 2 to 400 for SQL, 4 to 1,024 for a table that a PySpark job populates, which needs the worker type, too.
   *
   * @default - the service's, 16
   * @see https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_ProtectedJobWorkerComputeConfiguration.html
   */
  readonly workers?: number;

  /**
   * Spark properties for the query: at most 50; keys have 1 to 200 characters, values up to 500.
   *
   * @default - the service's
   * @see https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_WorkerComputeConfigurationProperties.html
   */
  readonly sparkProperties?: { [key: string]: string };
}
