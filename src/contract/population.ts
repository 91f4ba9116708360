/**
 * What is populated, and how: made from the template, read by the functions. All of it stands in the state machine's definition;
 * a deployment's own, which may be ahead of that, in the custom resource's property `Definition`, as JSON.
 */
export interface Definition {
  /** What data comes out: what of it changes is another definition. */
  readonly population: Population;
  /** What else makes other data: the key, and the user's triggers. Never add what an upgrade of this library would change. */
  readonly change: Change;
  /** How long a run may take, waiting included. */
  readonly timeoutSeconds: number;
  readonly cancelOnTimeout: boolean;
  /** The key of the population's item in the stack's record: its construct's address. */
  readonly record: string;
  /** What the table is built on, directly or not, the furthest first. */
  readonly upstream?: readonly Upstream[];
  /** Whether the machine writes the live version into an SSM parameter. */
  readonly keepsVersion?: boolean;
}

export interface Population extends TableIdentifiers {
  readonly parameters?: Parameters;
  readonly compute?: Compute;
  readonly analysisPayerAccountId?: string;
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

export interface Change {
  readonly kmsKey?: string;
  readonly triggers?: readonly string[];
}

export interface Upstream extends TableIdentifiers {
  /** Where its population is on record: the name of its stack's table, and the item's key. */
  readonly recordTable: string;
  readonly record: string;
  /** Which of the list this one is built on itself. */
  readonly after: readonly number[];
  /** Whether the population's own table is built on it. */
  readonly direct: boolean;
  /** Whether CloudFormation orders the deploys of the two, as it does within a stack. */
  readonly sameStack: boolean;
}
