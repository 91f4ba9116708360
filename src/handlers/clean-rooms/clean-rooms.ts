import { CleanRoomsClient, UpdateProtectedJobCommand, UpdateProtectedQueryCommand } from '@aws-sdk/client-cleanrooms';
import {
  GetIntermediateTableCommand, GetProtectedJobCommand, GetProtectedQueryCommand, ListIntermediateTableVersionsCommand,
  ListProtectedJobsCommand, ListProtectedQueriesCommand, PopulateIntermediateTableCommand, type AnalysisDetails,
} from './commands';
import type { Compute, Parameters, TableIdentifiers } from '../../contract/definition';
import { REQUEST_TIMEOUT_SECONDS } from '../../contract/time';
import type { AnalysisType } from '../record/table-record';
import { tryCall, type Result } from '../service-error';
import { withNames } from '../text';

export interface Table {
  readonly name: string;
  readonly status: string;
  readonly statusReason?: string;
  readonly analysisType: AnalysisType;
  /** Whether the stored query may have defaults of its own for parameters: only one of an analysis template has. */
  readonly mayHaveDefaults: boolean;
  /** The service may still show a version whose data is gone. */
  readonly live?: LiveVersion;
}

export interface LiveVersion {
  readonly versionId: string;
  readonly analysisId: string;
  readonly analysisType: AnalysisType;
  readonly parameters?: Parameters;
  /** By the service's clock, in milliseconds. */
  readonly expiresAt?: number;
}

export interface Version {
  readonly versionId: string;
  readonly analysisId: string;
  readonly status: string;
  /** By the service's clock, in milliseconds. */
  readonly createdAt: number;
}

/** A protected query or job that populates the table. */
export interface Analysis {
  readonly id: string;
  readonly status: string;
  readonly createdAt: number;
}

export interface Details {
  readonly status: string;
  readonly createdAt?: number;
  readonly parameters?: Parameters;
  readonly durationMillis?: number;
  readonly billedCrpuHours?: number;
  readonly error?: { readonly code: string; readonly message: string; readonly retryable?: boolean };
}

export interface Populated {
  readonly analysisId: string;
  readonly versionId: string;
  readonly analysisType: AnalysisType;
}

/** A table, and the parameters whose values no message may quote. */
export type Named = TableIdentifiers & { readonly parameters?: Parameters };

export interface Populate extends Named {
  readonly compute?: Compute;
  readonly analysisPayerAccountId?: string;
}

/** The Clean Rooms API as a run sees it: what went wrong is an answer, too. */
export interface CleanRooms {
  getTable(table: Named): Promise<Result<Table>>;
  /** At least those since a moment by the service's clock. */
  listVersions(table: Named, since?: number): Promise<Result<readonly Version[]>>;
  listAnalyses(table: Named, type: AnalysisType, since?: number): Promise<Result<readonly Analysis[]>>;
  populate(population: Populate, type: AnalysisType): Promise<Result<Populated>>;
  getAnalysis(table: Named, type: AnalysisType, analysisId: string): Promise<Result<Details>>;
  cancel(table: Named, type: AnalysisType, analysisId: string): Promise<Result<void>>;
}

/** A client that asks once: the run decides what is asked again, since the SDK would repeat a populate that was accepted. */
export function cleanRoomsClient(): CleanRoomsClient {
  return new CleanRoomsClient({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: REQUEST_TIMEOUT_SECONDS * 1_000, throwOnRequestTimeout: true },
  });
}

/** A membership may have had thousands of queries; those of this run are among its newest. */
const MAX_PAGES_OF_ANALYSES = 5;

export function cleanRooms(client: CleanRoomsClient): CleanRooms {
  return {
    getTable: (table) => answer(table, async () => {
      const { intermediateTable } = await client.send(new GetIntermediateTableCommand(identifiers(table)));
      const { name, status, statusReason, populationAnalysisConfiguration: made, intermediateTableVersion: live } = intermediateTable;
      return {
        name,
        status,
        statusReason: statusReason && withNames(statusReason, table.parameters),
        analysisType: made?.jobParameters ? 'JOB' : 'QUERY',
        mayHaveDefaults: !made?.sqlParameters?.queryString,
        live: live && {
          versionId: live.versionId,
          analysisId: live.analysisId,
          analysisType: live.analysisType === 'JOB' ? 'JOB' : 'QUERY',
          parameters: live.parameters,
          expiresAt: live.expirationTime?.getTime(),
        },
      };
    }),
    listVersions: (table, since) => answer(table, () => allPages(async (nextToken) => {
      const page = await client.send(new ListIntermediateTableVersionsCommand({ ...identifiers(table), maxResults: 100, nextToken }));
      return { items: page.intermediateTableVersionSummaries.map(withMillis), nextToken: page.nextToken };
    }, since)),
    listAnalyses: (table, type, since) => answer(table, async () => {
      const found = await allPages(async (nextToken) => {
        const input = { membershipIdentifier: table.membershipIdentifier, maxResults: 100, nextToken };
        const page = type === 'JOB'
          ? await client.send(new ListProtectedJobsCommand(input))
          : await client.send(new ListProtectedQueriesCommand(input));
        const items = 'protectedJobs' in page ? page.protectedJobs : page.protectedQueries;
        return { items: items.map(withMillis), nextToken: page.nextToken };
      }, since, MAX_PAGES_OF_ANALYSES);
      return found.filter((analysis) => analysis.intermediateTableConfiguration?.id === table.intermediateTableIdentifier);
    }),
    populate: (population, type) => answer(population, async () => {
      const { parameters, compute, analysisPayerAccountId } = population;
      const { analysisId, versionId, analysisType } = await client.send(new PopulateIntermediateTableCommand({
        ...identifiers(population),
        parameters,
        computeConfiguration: compute && computeFor(type, compute),
        analysisPayerAccountId,
      }));
      if (!analysisId || !versionId) {
        // Not the service's format: nobody knows what it did.
        throw new Error('PopulateIntermediateTable answered without ids.');
      }
      return { analysisId, versionId, analysisType: analysisType === 'JOB' ? 'JOB' : 'QUERY' };
    }),
    getAnalysis: (table, type, analysisId) => answer(table, async () => {
      const { membershipIdentifier } = table;
      const { status, createTime, sqlParameters, jobParameters, statistics, error }: AnalysisDetails = type === 'JOB'
        ? (await client.send(new GetProtectedJobCommand({ membershipIdentifier, protectedJobIdentifier: analysisId }))).protectedJob
        : (await client.send(new GetProtectedQueryCommand({ membershipIdentifier, protectedQueryIdentifier: analysisId }))).protectedQuery;
      return {
        status,
        createdAt: createTime?.getTime(),
        parameters: (sqlParameters ?? jobParameters)?.parameters,
        durationMillis: statistics?.totalDurationInMillis,
        billedCrpuHours: statistics?.billedResourceUtilization?.units,
        error: error && {
          code: error.code ?? '', message: withNames(error.message ?? '', table.parameters), retryable: error.retry?.retryable,
        },
      };
    }),
    cancel: (table, type, analysisId) => answer(table, async () => {
      const input = { membershipIdentifier: table.membershipIdentifier, targetStatus: 'CANCELLED' } as const;
      await (type === 'JOB'
        ? client.send(new UpdateProtectedJobCommand({ ...input, protectedJobIdentifier: analysisId }))
        : client.send(new UpdateProtectedQueryCommand({ ...input, protectedQueryIdentifier: analysisId })));
    }),
  };
}

interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken?: string;
}

/**
 * Reads all pages of a list, or, where the list begins with its newest, those since a moment: which order lists have is not documented,
 * so it is seen from the first page.
 */
async function allPages<T extends { readonly createdAt: number }>(
  read: (nextToken?: string) => Promise<Page<T>>, since = -Infinity, maxPages = Infinity,
): Promise<T[]> {
  const found: T[] = [];
  let nextToken: string | undefined;
  let pages = 0;
  do {
    const page = await read(nextToken);
    found.push(...page.items);
    nextToken = page.nextToken;
    pages++;
  } while (nextToken && pages < maxPages && !(isNewestFirst(found) && found.at(-1)!.createdAt < since));
  return found;
}

const isNewestFirst = (items: readonly { readonly createdAt: number }[]): boolean =>
  items.length > 1 && items[0].createdAt > items.at(-1)!.createdAt
  && items.every(({ createdAt }, index) => index === 0 || createdAt <= items[index - 1].createdAt);

const withMillis = <T extends { readonly createTime: Date }>({ createTime, ...summary }: T) =>
  ({ ...summary, createdAt: createTime.getTime() });

const computeFor = (type: AnalysisType, compute: Compute) =>
  (type === 'JOB' ? { jobComputeConfiguration: { worker: compute } } : { queryComputeConfiguration: compute });

const identifiers = ({ membershipIdentifier, intermediateTableIdentifier }: TableIdentifiers) =>
  ({ membershipIdentifier, intermediateTableIdentifier });

/** The service may quote a parameter's value, which is nobody's to read in a log: the parameter's name stands for it. */
async function answer<T>({ parameters }: Pick<Named, 'parameters'>, ask: () => Promise<T>): Promise<Result<T>> {
  const asked = await tryCall(ask);
  return asked.ok ? asked : { ok: false, error: { ...asked.error, message: withNames(asked.error.message, parameters) } };
}

/** Of queries and jobs alike. */
const OVER = ['SUCCESS', 'FAILED', 'CANCELLED', 'TIMED_OUT'];
export const isOver = ({ status }: { readonly status: string }): boolean => OVER.includes(status);

/** Returns the version whose data is there: the service may still show one whose data is gone. */
export function liveVersionOf({ status, live }: Table, now: number): LiveVersion | undefined {
  const isGone = status === 'RETENTION_PERIOD_EXPIRED' || (live?.expiresAt !== undefined && live.expiresAt <= now);
  return isGone ? undefined : live;
}
