/**
 * The commands that `@aws-sdk/client-cleanrooms` lacks, on the client's own mechanism and under the SDK's own names:
 * the day the dependency has them, delete this module and import them from the client.
 *
 * A schema is what the SDK's generated code holds: `[kind, namespace, name, traits, memberNames, memberSchemas, required]`,
 * where kind 1 is a list, 3 a structure, 4 a union, 9 an operation, and a member is 0 (string), 1 (number), 2 (boolean), 4 (timestamp),
 * `128` (a map of strings), a further schema, or `[member, traits]`; trait 1 is an HTTP label.
 */
import {
  $Command, WorkerComputeConfiguration$, type CleanRoomsClientResolvedConfig, type ServiceInputTypes, type ServiceOutputTypes,
} from '@aws-sdk/client-cleanrooms';
import { getEndpointPlugin } from '@smithy/core/endpoints';
import type { MetadataBearer, StaticOperationSchema } from '@smithy/types';
import type { Compute, Parameters, TableIdentifiers } from '../../contract/definition';

export interface PopulateIntermediateTableCommandInput extends TableIdentifiers {
  readonly parameters?: Parameters;
  readonly computeConfiguration?:
    | { readonly queryComputeConfiguration: Compute }
    | { readonly jobComputeConfiguration: { readonly worker: Compute } };
  readonly analysisPayerAccountId?: string;
}

export interface Populated {
  readonly analysisId: string;
  readonly analysisType: string;
  readonly versionId: string;
}

export interface IntermediateTable {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly statusReason?: string;
  readonly populationAnalysisConfiguration?: {
    readonly sqlParameters?: { readonly queryString?: string };
    readonly jobParameters?: { readonly analysisTemplateArn: string };
  };
  readonly intermediateTableVersion?: {
    readonly versionId: string;
    readonly analysisId: string;
    readonly analysisType?: string;
    readonly kmsKeyArn?: string;
    readonly parameters?: Parameters;
    readonly expirationTime?: Date;
  };
}

export interface Page {
  readonly nextToken?: string;
  readonly maxResults?: number;
}
export type Listed<Name extends string, Summary> = { readonly [name in Name]: readonly Summary[] } & { readonly nextToken?: string };

export interface IntermediateTableVersionSummary {
  readonly versionId: string;
  readonly analysisId: string;
  readonly status: string;
  readonly createTime: Date;
}

export interface AnalysisSummary {
  readonly id: string;
  readonly createTime: Date;
  readonly status: string;
  readonly intermediateTableConfiguration?: { readonly id: string };
}

/** Of a protected query or job: what a run reads of it. */
export interface AnalysisDetails {
  readonly status: string;
  readonly createTime?: Date;
  readonly sqlParameters?: { readonly parameters?: Parameters };
  readonly jobParameters?: { readonly parameters?: Parameters };
  readonly statistics?: { readonly totalDurationInMillis?: number; readonly billedResourceUtilization?: { readonly units?: number } };
  readonly error?: { readonly code?: string; readonly message?: string; readonly retry?: { readonly retryable?: boolean } };
}

export type Versions = Listed<'intermediateTableVersionSummaries', IntermediateTableVersionSummary>;
export type Queries = Listed<'protectedQueries', AnalysisSummary>;
export type Jobs = Listed<'protectedJobs', AnalysisSummary>;
export type InMembership = Pick<TableIdentifiers, 'membershipIdentifier'>;
export type InQuery = InMembership & { readonly protectedQueryIdentifier: string };
export type InJob = InMembership & { readonly protectedJobIdentifier: string };

const NAMESPACE = 'com.amazonaws.cleanrooms';
const MEMBERSHIP = '/memberships/{membershipIdentifier}';
const TABLE = `${MEMBERSHIP}/intermediateTables/{intermediateTableIdentifier}`;
const LABEL = 1;
const STRING_MAP = 128;

type Members = Readonly<Record<string, unknown>>;

const structure = (name: string, members: Members, required = 0) =>
  [3, NAMESPACE, name, 0, Object.keys(members), Object.values(members), required];
const union = (name: string, members: Members) => [4, NAMESPACE, name, 0, Object.keys(members), Object.values(members)];
const list = (name: string, member: unknown) => [1, NAMESPACE, name, 0, () => member];

// What the client's own commands pass as `commonParams`, which it does not export.
const ENDPOINT_PARAMETERS = {
  UseFIPS: { type: 'builtInParams', name: 'useFipsEndpoint' },
  Endpoint: { type: 'builtInParams', name: 'endpoint' },
  Region: { type: 'builtInParams', name: 'region' },
  UseDualStack: { type: 'builtInParams', name: 'useDualstackEndpoint' },
} as const;

/** Each stands under its name in https://docs.aws.amazon.com/clean-rooms/latest/apireference/Welcome.html */
function command<I extends object, O extends object>(
  name: string, method: 'GET' | 'POST', path: string, input: Members, output: Members, requiredOutput = 1,
) {
  const labels = path.match(/(?<=\{)\w+/g)!;
  const labelled = Object.fromEntries(labels.map((label) => [label, [0, LABEL]]));
  const inputSchema = structure(`${name}Input`, { ...labelled, ...input }, labels.length);
  const outputSchema = structure(`${name}Output`, output, requiredOutput);
  const operation = [9, NAMESPACE, name, { http: [method, path, 200] }, () => inputSchema, () => outputSchema];
  type Input = I & ServiceInputTypes;
  type Output = O & MetadataBearer & ServiceOutputTypes;
  return $Command
    .classBuilder<Input, Output, CleanRoomsClientResolvedConfig, ServiceInputTypes, ServiceOutputTypes>()
    .ep(ENDPOINT_PARAMETERS)
    .m((made: any, _stack, config) => [getEndpointPlugin(config, made.getEndpointParameterInstructions())])
    .s('AWSBastionControlPlaneServiceLambda', name, {})
    .n('CleanRoomsClient', `${name}Command`)
    .sc(operation as unknown as StaticOperationSchema)
    .build();
}

const PAGE = { nextToken: [0, { httpQuery: 'nextToken' }], maxResults: [1, { httpQuery: 'maxResults' }] };

const TABLE_SCHEMA = structure('IntermediateTable', {
  id: 0,
  name: 0,
  status: 0,
  populationAnalysisConfiguration: () => union('PopulationAnalysisConfiguration', {
    sqlParameters: () => structure('PopulationAnalysisSqlParameters', { queryString: 0 }),
    jobParameters: () => structure('PopulationAnalysisJobParameters', { analysisTemplateArn: 0 }, 1),
  }),
  statusReason: 0,
  intermediateTableVersion: () => structure('IntermediateTableActiveVersion', {
    versionId: 0, analysisId: 0, analysisType: 0, kmsKeyArn: 0, parameters: STRING_MAP, expirationTime: 4,
  }, 3),
}, 4);

const VERSION_SUMMARY = structure('IntermediateTableVersionSummary', { versionId: 0, analysisId: 0, status: 0, createTime: 4 }, 4);

const analysisSummaries = (kind: string) => list(`${kind}SummaryList`, structure(`${kind}Summary`, {
  id: 0, createTime: 4, status: 0, intermediateTableConfiguration: () => structure('IntermediateTableOutputConfiguration', { id: 0 }, 1),
}, 3));

/** Returns what a query and a job have alike. */
const analysis = (kind: string, parameters: string) => structure(kind, {
  status: 0,
  createTime: 4,
  [parameters]: () => structure(`${kind}Parameters`, { parameters: STRING_MAP }),
  statistics: () => structure(`${kind}Statistics`, {
    totalDurationInMillis: 1, billedResourceUtilization: () => structure('BilledResourceUtilization', { units: 1 }, 1),
  }),
  error: () => structure(`${kind}Error`, { message: 0, code: 0, retry: () => structure('RetryInfo', { retryable: 2 }) }, 2),
}, 2);

export class PopulateIntermediateTableCommand extends command<PopulateIntermediateTableCommandInput, Populated>(
  'PopulateIntermediateTable', 'POST', `${TABLE}/populate`, {
    parameters: STRING_MAP,
    computeConfiguration: () => union('IntermediateTableComputeConfiguration', {
      queryComputeConfiguration: () => WorkerComputeConfiguration$,
      jobComputeConfiguration: () => union('ProtectedJobComputeConfiguration', { worker: () => WorkerComputeConfiguration$ }),
    }),
    analysisPayerAccountId: 0,
  }, { analysisId: 0, analysisType: 0, versionId: 0 }, 3) {}

export class GetIntermediateTableCommand extends command<TableIdentifiers, { readonly intermediateTable: IntermediateTable }>(
  'GetIntermediateTable', 'GET', TABLE, {}, { intermediateTable: () => TABLE_SCHEMA }) {}

export class ListIntermediateTableVersionsCommand extends command<TableIdentifiers & Page, Versions>(
  'ListIntermediateTableVersions', 'GET', `${TABLE}/versions`, PAGE,
  { intermediateTableVersionSummaries: () => list('IntermediateTableVersionSummaryList', VERSION_SUMMARY), nextToken: 0 }) {}

/** The client's own lacks the summary's member that names the table. */
export class ListProtectedQueriesCommand extends command<InMembership & Page, Queries>(
  'ListProtectedQueries', 'GET', `${MEMBERSHIP}/protectedQueries`, PAGE,
  { protectedQueries: () => analysisSummaries('ProtectedQuery'), nextToken: 0 }) {}

export class ListProtectedJobsCommand extends command<InMembership & Page, Jobs>(
  'ListProtectedJobs', 'GET', `${MEMBERSHIP}/protectedJobs`, PAGE,
  { protectedJobs: () => analysisSummaries('ProtectedJob'), nextToken: 0 }) {}

/** The client's own lacks `error.retry`. */
export class GetProtectedQueryCommand extends command<InQuery, { readonly protectedQuery: AnalysisDetails }>(
  'GetProtectedQuery', 'GET', `${MEMBERSHIP}/protectedQueries/{protectedQueryIdentifier}`, {},
  { protectedQuery: () => analysis('ProtectedQuery', 'sqlParameters') }) {}

export class GetProtectedJobCommand extends command<InJob, { readonly protectedJob: AnalysisDetails }>(
  'GetProtectedJob', 'GET', `${MEMBERSHIP}/protectedJobs/{protectedJobIdentifier}`, {},
  { protectedJob: () => analysis('ProtectedJob', 'jobParameters') }) {}
