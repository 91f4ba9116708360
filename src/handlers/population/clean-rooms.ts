import {
  CleanRoomsClient,
  GetProtectedQueryCommand,
  UpdateProtectedQueryCommand,
  type WorkerComputeConfiguration,
} from '@aws-sdk/client-cleanrooms';
import {
  GetIntermediateTableCommand,
  ListIntermediateTableVersionsCommand,
  ListTableQueriesCommand,
  PopulateIntermediateTableCommand,
  type IntermediateTableActiveVersion,
  type IntermediateTableVersionSummary,
} from './clean-rooms-commands';
import type { Population } from './run-state';
import { toServiceError, type Answer } from './service-error';
import { withNames } from '../text';

export interface Table {
  readonly status: string;
  readonly statusReason?: string;
  readonly live?: LiveVersion;
}

export interface LiveVersion {
  readonly versionId: string;
  readonly analysisId: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** By the service's clock, in milliseconds. */
  readonly expiresAt?: number;
}

export interface Version {
  readonly versionId: string;
  readonly analysisId: string;
  readonly status: string;
  /** By the service's clock, in milliseconds. */
  readonly createTime: number;
}

export interface Query {
  readonly status: string;
  readonly createTime?: number;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly durationMillis?: number;
  readonly billedCrpuHours?: number;
  readonly error?: { readonly code: string; readonly message: string };
}

/** A population, or a table that one is built on. */
export type TableIdentifiers = Pick<Population, 'membershipIdentifier' | 'intermediateTableIdentifier'> & Partial<Pick<Population, 'parameters'>>;

export interface Populated {
  readonly analysisId: string;
  readonly versionId: string;
}

/** The Clean Rooms API as a run sees it: what went wrong is an answer, too. */
export interface CleanRooms {
  getTable(table: TableIdentifiers): Promise<Answer<Table>>;
  listVersions(table: TableIdentifiers): Promise<Answer<readonly Version[]>>;
  /** The queries since a moment that populate the table, by id. */
  listQueries(table: TableIdentifiers, since: number): Promise<Answer<readonly string[]>>;
  populate(population: Population): Promise<Answer<Populated>>;
  getQuery(table: TableIdentifiers, analysisId: string): Promise<Answer<Query>>;
  cancelQuery(population: Population, analysisId: string): Promise<Answer<void>>;
}

/** A client that asks once: the run decides what is asked again, since the SDK would repeat a populate that was accepted. */
export function cleanRoomsClient(): CleanRoomsClient {
  return new CleanRoomsClient({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 15_000, throwOnRequestTimeout: true },
  });
}

export function cleanRooms(client: CleanRoomsClient): CleanRooms {
  return {
    getTable: (population) => answer(population, async () => {
      const { intermediateTable: table } = await client.send(new GetIntermediateTableCommand(identifiers(population)));
      const { status, statusReason, intermediateTableVersion: live } = table;
      return {
        status,
        statusReason: statusReason && withNames(statusReason, population.parameters),
        live: live && !isExpired(status, live) ? liveOf(live) : undefined,
      };
    }),
    listVersions: (population) => answer(population, () => allVersions(client, population)),
    listQueries: (table, since) => answer(table, () => queriesOf(client, table, since)),
    populate: (population) => answer(population, async () => {
      const { analysisId, versionId } = await client.send(new PopulateIntermediateTableCommand({
        ...identifiers(population),
        parameters: population.parameters,
        computeConfiguration: population.compute && { queryComputeConfiguration: population.compute as WorkerComputeConfiguration },
        analysisPayerAccountId: population.analysisPayerAccountId,
      }));
      if (!analysisId || !versionId) {
        // Not the service's format: nobody knows what it did.
        throw new Error('PopulateIntermediateTable answered without ids.');
      }
      return { analysisId, versionId };
    }),
    getQuery: (population, analysisId) => answer(population, async () => {
      const { protectedQuery: query } = await client.send(new GetProtectedQueryCommand({
        membershipIdentifier: population.membershipIdentifier,
        protectedQueryIdentifier: analysisId,
      }));
      return {
        status: query!.status!,
        createTime: query!.createTime?.getTime(),
        parameters: query!.sqlParameters?.parameters,
        durationMillis: query!.statistics?.totalDurationInMillis,
        billedCrpuHours: query!.statistics?.billedResourceUtilization?.units,
        error: query!.error && { code: query!.error.code!, message: withNames(query!.error.message!, population.parameters) },
      };
    }),
    cancelQuery: (population, analysisId) => answer(population, async () => {
      await client.send(new UpdateProtectedQueryCommand({
        membershipIdentifier: population.membershipIdentifier,
        protectedQueryIdentifier: analysisId,
        targetStatus: 'CANCELLED',
      }));
    }),
  };
}

async function allVersions(client: CleanRoomsClient, population: TableIdentifiers): Promise<Version[]> {
  const versions: Version[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(new ListIntermediateTableVersionsCommand({ ...identifiers(population), maxResults: 100, nextToken }));
    versions.push(...page.intermediateTableVersionSummaries.map(toVersion));
    nextToken = page.nextToken;
  } while (nextToken);
  return versions;
}

/** A membership may have had thousands of queries; those of this run are among its newest. */
const MOST_QUERY_PAGES = 5;

async function queriesOf(client: CleanRoomsClient, wanted: TableIdentifiers, since: number): Promise<string[]> {
  const { membershipIdentifier, intermediateTableIdentifier } = wanted;
  const found: string[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page === 0 || (nextToken && page < MOST_QUERY_PAGES); page++) {
    const answered = await client.send(new ListTableQueriesCommand({ membershipIdentifier, maxResults: 100, nextToken }));
    found.push(...answered.protectedQueries
      .filter(({ createTime, intermediateTableConfiguration: table }) => createTime.getTime() >= since && table?.id === intermediateTableIdentifier)
      .map(({ id }) => id));
    nextToken = answered.nextToken;
  }
  return found;
}

/** The data of an expired version is gone, though it may still be told as the active one. */
const isExpired = (status: string, { expirationTime }: IntermediateTableActiveVersion): boolean =>
  status === 'RETENTION_PERIOD_EXPIRED' || (expirationTime !== undefined && expirationTime.getTime() <= Date.now());

const liveOf = ({ versionId, analysisId, parameters, expirationTime }: IntermediateTableActiveVersion) =>
  ({ versionId, analysisId, parameters, expiresAt: expirationTime?.getTime() });

const toVersion = ({ versionId, analysisId, status, createTime }: IntermediateTableVersionSummary): Version =>
  ({ versionId, analysisId, status, createTime: createTime.getTime() });

const identifiers = ({ membershipIdentifier, intermediateTableIdentifier }: TableIdentifiers) =>
  ({ membershipIdentifier, intermediateTableIdentifier });

/** The service may quote a parameter's value, which is nobody's to read in a log: the parameter's name stands for it. */
async function answer<T>({ parameters }: Pick<TableIdentifiers, 'parameters'>, ask: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: true, value: await ask() };
  } catch (thrown) {
    const error = toServiceError(thrown);
    return { ok: false, error: { ...error, message: withNames(error.message, parameters) } };
  }
}
