/**
 * The commands that `@aws-sdk/client-cleanrooms` lacks, on the client's own mechanism and under the SDK's own names:
 * the day the dependency has them, delete this module and import them from the client.
 *
 * A schema is what the SDK's generated code holds: `[kind, namespace, name, traits, memberNames, memberSchemas, required]`,
 * where kind 3 is a structure, 4 a union, 9 an operation, and a member is 0 (string), 1 (number), 4 (timestamp),
 * `128` (a map of strings), a further schema, or `[member, traits]`; trait 1 is an HTTP label.
 */
import {
  $Command,
  type CleanRoomsClientResolvedConfig,
  type ServiceInputTypes,
  type ServiceOutputTypes,
  WorkerComputeConfiguration$,
  type WorkerComputeConfiguration,
} from '@aws-sdk/client-cleanrooms';
import { getEndpointPlugin } from '@smithy/core/endpoints';
import type { MetadataBearer, StaticOperationSchema, StaticStructureSchema, StaticUnionSchema } from '@smithy/types';

const NAMESPACE = 'com.amazonaws.cleanrooms';
const TABLE_PATH = '/memberships/{membershipIdentifier}/intermediateTables/{intermediateTableIdentifier}';
const LABEL = 1;
const STRING_MAP = 128;

export interface IntermediateTableInput {
  readonly membershipIdentifier: string;
  readonly intermediateTableIdentifier: string;
}

export interface PopulateIntermediateTableCommandInput extends IntermediateTableInput {
  readonly parameters?: Record<string, string>;
  readonly computeConfiguration?:
    | { readonly queryComputeConfiguration: WorkerComputeConfiguration }
    | { readonly jobComputeConfiguration: JobComputeConfiguration };
  readonly analysisPayerAccountId?: string;
}

export interface JobComputeConfiguration {
  readonly worker: { readonly type?: string; readonly number?: number; readonly properties?: { readonly spark: Record<string, string> } };
}

export interface PopulateIntermediateTableCommandOutput extends MetadataBearer {
  readonly analysisId: string;
  readonly analysisType: string;
  readonly versionId: string;
}

export interface IntermediateTableActiveVersion {
  readonly versionId: string;
  readonly analysisId: string;
  readonly analysisType?: string;
  readonly kmsKeyArn?: string;
  readonly parameters?: Record<string, string>;
  readonly expirationTime?: Date;
}

export interface GetIntermediateTableCommandOutput extends MetadataBearer {
  readonly intermediateTable: {
    readonly id: string;
    readonly status: string;
    readonly statusReason?: string;
    readonly populationAnalysisConfiguration?: {
      readonly sqlParameters?: { readonly queryString?: string };
      readonly jobParameters?: { readonly analysisTemplateArn: string };
    };
    readonly intermediateTableVersion?: IntermediateTableActiveVersion;
  };
}

export interface ListIntermediateTableVersionsCommandInput extends IntermediateTableInput {
  readonly nextToken?: string;
  readonly maxResults?: number;
}

export interface IntermediateTableVersionSummary {
  readonly versionId: string;
  readonly analysisId: string;
  readonly status: string;
  readonly createTime: Date;
}

export interface ListIntermediateTableVersionsCommandOutput extends MetadataBearer {
  readonly intermediateTableVersionSummaries: IntermediateTableVersionSummary[];
  readonly nextToken?: string;
}

export interface AnalysesInput {
  readonly membershipIdentifier: string;
  readonly nextToken?: string;
  readonly maxResults?: number;
}

export interface AnalysisSummary {
  readonly id: string;
  readonly createTime: Date;
  readonly status: string;
  readonly intermediateTableConfiguration?: { readonly id: string };
}

export interface ListQueriesOutput extends MetadataBearer {
  readonly protectedQueries: AnalysisSummary[];
  readonly nextToken?: string;
}

export interface ListJobsOutput extends MetadataBearer {
  readonly protectedJobs: AnalysisSummary[];
  readonly nextToken?: string;
}

/** Of a protected query or job: what a run reads of it. */
export interface AnalysisDetails {
  readonly status: string;
  readonly createTime?: Date;
  readonly sqlParameters?: { readonly parameters?: Record<string, string> };
  readonly jobParameters?: { readonly parameters?: Record<string, string> };
  readonly statistics?: { readonly totalDurationInMillis?: number; readonly billedResourceUtilization?: { readonly units?: number } };
  readonly error?: { readonly code?: string; readonly message?: string; readonly retry?: { readonly retryable?: boolean } };
}

export interface QueryInput {
  readonly membershipIdentifier: string;
  readonly protectedQueryIdentifier: string;
}

export interface JobInput {
  readonly membershipIdentifier: string;
  readonly protectedJobIdentifier: string;
}

const structure = (name: string, members: Record<string, unknown>, required = 0): StaticStructureSchema =>
  [3, NAMESPACE, name, 0, Object.keys(members), Object.values(members), required] as unknown as StaticStructureSchema;

const union = (name: string, members: Record<string, unknown>): StaticUnionSchema =>
  [4, NAMESPACE, name, 0, Object.keys(members), Object.values(members)] as unknown as StaticUnionSchema;

const operation = (name: string, method: string, path: string, input: unknown, output: unknown): StaticOperationSchema =>
  [9, NAMESPACE, name, { http: [method, path, 200] }, () => input, () => output] as unknown as StaticOperationSchema;

const PAGE = { nextToken: [0, { httpQuery: 'nextToken' }], maxResults: [1, { httpQuery: 'maxResults' }] };
const TABLE_LABELS = { membershipIdentifier: [0, LABEL], intermediateTableIdentifier: [0, LABEL] };

const Populate$ = operation('PopulateIntermediateTable', 'POST', `${TABLE_PATH}/populate`,
  structure('PopulateIntermediateTableInput', {
    ...TABLE_LABELS,
    parameters: STRING_MAP,
    computeConfiguration: () => union('IntermediateTableComputeConfiguration', {
      queryComputeConfiguration: () => WorkerComputeConfiguration$,
      jobComputeConfiguration: () => union('ProtectedJobComputeConfiguration', { worker: () => WorkerComputeConfiguration$ }),
    }),
    analysisPayerAccountId: 0,
  }, 2),
  structure('PopulateIntermediateTableOutput', { analysisId: 0, analysisType: 0, versionId: 0 }, 3));

const ActiveVersion$ = structure('IntermediateTableActiveVersion', {
  versionId: 0, analysisId: 0, analysisType: 0, kmsKeyArn: 0, parameters: STRING_MAP, expirationTime: 4,
}, 3);

const Configuration$ = union('PopulationAnalysisConfiguration', {
  sqlParameters: () => structure('PopulationAnalysisSqlParameters', { queryString: 0 }),
  jobParameters: () => structure('PopulationAnalysisJobParameters', { analysisTemplateArn: 0 }, 1),
});

const Table$ = structure('IntermediateTable', {
  id: 0, status: 0, populationAnalysisConfiguration: () => Configuration$, statusReason: 0, intermediateTableVersion: () => ActiveVersion$,
}, 3);

const Get$ = operation('GetIntermediateTable', 'GET', TABLE_PATH,
  structure('GetIntermediateTableInput', TABLE_LABELS, 2),
  structure('GetIntermediateTableOutput', { intermediateTable: () => Table$ }, 1));

const VersionSummary$ = structure('IntermediateTableVersionSummary', { versionId: 0, analysisId: 0, status: 0, createTime: 4 }, 4);

const ListVersions$ = operation('ListIntermediateTableVersions', 'GET', `${TABLE_PATH}/versions`,
  structure('ListIntermediateTableVersionsInput', {
    ...TABLE_LABELS,
    ...PAGE,
  }, 2),
  structure('ListIntermediateTableVersionsOutput', {
    intermediateTableVersionSummaries: () => [1, NAMESPACE, 'IntermediateTableVersionSummaryList', 0, () => VersionSummary$],
    nextToken: 0,
  }, 1));

const summary = (name: string) => structure(name, {
  id: 0, createTime: 4, status: 0, intermediateTableConfiguration: () => structure('IntermediateTableOutputConfiguration', { id: 0 }, 1),
}, 3);

const list = (plural: string, path: string, member: string, summary$: unknown) => operation(`List${plural}`, 'GET', `/memberships/{membershipIdentifier}/${path}`,
  structure(`List${plural}Input`, { membershipIdentifier: [0, LABEL], ...PAGE }, 1),
  structure(`List${plural}Output`, { [member]: () => [1, NAMESPACE, `${plural}SummaryList`, 0, () => summary$], nextToken: 0 }, 1));

const ListQueries$ = list('ProtectedQueries', 'protectedQueries', 'protectedQueries', summary('ProtectedQuerySummary'));
const ListJobs$ = list('ProtectedJobs', 'protectedJobs', 'protectedJobs', summary('ProtectedJobSummary'));

const Statistics$ = structure('ProtectedQueryStatistics', {
  totalDurationInMillis: 1, billedResourceUtilization: () => structure('BilledResourceUtilization', { units: 1 }, 1),
});
const Error$ = structure('ProtectedQueryError', { message: 0, code: 0, retry: () => structure('RetryInfo', { retryable: 2 }) }, 2);

/** Reads of a query or a job what both have alike. */
const get = (name: string, label: string, path: string, member: string, parameters: string) => operation(`Get${name}`, 'GET',
  `/memberships/{membershipIdentifier}/${path}/{${label}}`,
  structure(`Get${name}Input`, { membershipIdentifier: [0, LABEL], [label]: [0, LABEL] }, 2),
  structure(`Get${name}Output`, {
    [member]: () => structure(name, {
      status: 0,
      createTime: 4,
      [parameters]: () => structure(`${name}Parameters`, { parameters: STRING_MAP }),
      statistics: () => Statistics$,
      error: () => Error$,
    }, 2),
  }, 1));

const GetQuery$ = get('ProtectedQuery', 'protectedQueryIdentifier', 'protectedQueries', 'protectedQuery', 'sqlParameters');
const GetJob$ = get('ProtectedJob', 'protectedJobIdentifier', 'protectedJobs', 'protectedJob', 'jobParameters');

// What the client's own commands pass as `commonParams`, which it does not export.
const ENDPOINT_PARAMETERS = {
  UseFIPS: { type: 'builtInParams', name: 'useFipsEndpoint' },
  Endpoint: { type: 'builtInParams', name: 'endpoint' },
  Region: { type: 'builtInParams', name: 'region' },
  UseDualStack: { type: 'builtInParams', name: 'useDualstackEndpoint' },
} as const;

function commandClass<I extends object, O extends MetadataBearer>(name: string, schema: StaticOperationSchema) {
  return $Command
    .classBuilder<I & ServiceInputTypes, O & ServiceOutputTypes, CleanRoomsClientResolvedConfig, ServiceInputTypes, ServiceOutputTypes>()
    .ep(ENDPOINT_PARAMETERS)
    .m((command: any, _stack, config) => [getEndpointPlugin(config, command.getEndpointParameterInstructions())])
    .s('AWSBastionControlPlaneServiceLambda', name, {})
    .n('CleanRoomsClient', `${name}Command`)
    .sc(schema)
    .build();
}

/** https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_PopulateIntermediateTable.html */
export class PopulateIntermediateTableCommand
  extends commandClass<PopulateIntermediateTableCommandInput, PopulateIntermediateTableCommandOutput>('PopulateIntermediateTable', Populate$) {}

/** https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_GetIntermediateTable.html */
export class GetIntermediateTableCommand
  extends commandClass<IntermediateTableInput, GetIntermediateTableCommandOutput>('GetIntermediateTable', Get$) {}

/** https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_ListIntermediateTableVersions.html */
export class ListIntermediateTableVersionsCommand
  extends commandClass<ListIntermediateTableVersionsCommandInput, ListIntermediateTableVersionsCommandOutput>('ListIntermediateTableVersions', ListVersions$) {}

/** The client's own lacks the summary's member that names the table. https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_ListProtectedQueries.html */
export class ListProtectedQueriesCommand extends commandClass<AnalysesInput, ListQueriesOutput>('ListProtectedQueries', ListQueries$) {}

/** https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_ListProtectedJobs.html */
export class ListProtectedJobsCommand extends commandClass<AnalysesInput, ListJobsOutput>('ListProtectedJobs', ListJobs$) {}

/** The client's own lacks `error.retry`. https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_GetProtectedQuery.html */
export class GetProtectedQueryCommand
  extends commandClass<QueryInput, MetadataBearer & { protectedQuery: AnalysisDetails }>('GetProtectedQuery', GetQuery$) {}

/** https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_GetProtectedJob.html */
export class GetProtectedJobCommand extends commandClass<JobInput, MetadataBearer & { protectedJob: AnalysisDetails }>('GetProtectedJob', GetJob$) {}
