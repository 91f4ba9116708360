/** What a table is populated with, and how: it reaches the run time by the custom resource's properties, and lives on record. */
export interface Definition {
  readonly parameters?: Parameters;
  readonly compute?: Compute;
  readonly analysisPayerAccountId?: string;
  /** The table's customer key: another one makes other data. */
  readonly kmsKey?: string;
  /** The user's own values whose change repopulates. */
  readonly triggers?: readonly string[];
  /** How long a run may take, waiting included. */
  readonly timeoutSeconds: number;
  readonly cancelOnTimeout: boolean;
  /** Nothing is populated once the last 24 hours were billed that much. */
  readonly maxBilledCrpuHoursPerDay?: number;
  readonly schedules?: readonly ScheduleDefinition[];
  /** The populations of the tables that the query reads. */
  readonly upstream?: readonly Upstream[];
}

export interface TableIdentifiers {
  readonly membershipIdentifier: string;
  readonly intermediateTableIdentifier: string;
}

export type Parameters = Readonly<Record<string, string>>;

/** As the API's worker configuration has it. */
export interface Compute {
  readonly type?: string;
  readonly number?: number;
  readonly properties?: { readonly spark: Readonly<Record<string, string>> };
}

/** Those schedules that have parameters of their own, and those that have none: a run names its schedule. */
export interface ScheduleDefinition {
  readonly name: string;
  /** Over the definition's, by name. */
  readonly parameters?: Parameters;
}

export interface Upstream {
  /** The logical id of its custom resource, under which the record points to its table. */
  readonly population: string;
  /** The name of its stack's record, where that is another stack. */
  readonly recordTable?: string;
  /** The name of the table that it had when this definition was made, where it is known: the query reads tables by their names. */
  readonly tableName?: string;
}

/** Returns the table's own id: the physical id of its custom resource on every path, and what it is called on record. */
export const tableId = ({ membershipIdentifier, intermediateTableIdentifier }: TableIdentifiers): string =>
  `${membershipIdentifier}/${intermediateTableIdentifier}`;
