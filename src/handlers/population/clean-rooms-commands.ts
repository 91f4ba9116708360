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
  readonly computeConfiguration?: { readonly queryComputeConfiguration: WorkerComputeConfiguration };
  readonly analysisPayerAccountId?: string;
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

export interface ListTableQueriesCommandInput {
  readonly membershipIdentifier: string;
  readonly nextToken?: string;
  readonly maxResults?: number;
}

/** The client has ListProtectedQueries, but not the summary's member that names the table: hence the other name. */
export interface ListTableQueriesCommandOutput extends MetadataBearer {
  readonly protectedQueries: {
    readonly id: string;
    readonly createTime: Date;
    readonly intermediateTableConfiguration?: { readonly id: string };
  }[];
  readonly nextToken?: string;
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
    computeConfiguration: () => union('IntermediateTableComputeConfiguration', { queryComputeConfiguration: () => WorkerComputeConfiguration$ }),
    analysisPayerAccountId: 0,
  }, 2),
  structure('PopulateIntermediateTableOutput', { analysisId: 0, analysisType: 0, versionId: 0 }, 3));

const ActiveVersion$ = structure('IntermediateTableActiveVersion', {
  versionId: 0, analysisId: 0, analysisType: 0, kmsKeyArn: 0, parameters: STRING_MAP, expirationTime: 4,
}, 3);

const Table$ = structure('IntermediateTable', { id: 0, status: 0, statusReason: 0, intermediateTableVersion: () => ActiveVersion$ }, 2);

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

const QuerySummary$ = structure('ProtectedQuerySummary', {
  id: 0, createTime: 4, intermediateTableConfiguration: () => structure('IntermediateTableOutputConfiguration', { id: 0 }, 1),
}, 2);

const ListQueries$ = operation('ListProtectedQueries', 'GET', '/memberships/{membershipIdentifier}/protectedQueries',
  structure('ListProtectedQueriesInput', { membershipIdentifier: [0, LABEL], ...PAGE }, 1),
  structure('ListProtectedQueriesOutput', {
    protectedQueries: () => [1, NAMESPACE, 'ProtectedQuerySummaryList', 0, () => QuerySummary$],
    nextToken: 0,
  }, 1));

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

/** https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_ListProtectedQueries.html */
export class ListTableQueriesCommand
  extends commandClass<ListTableQueriesCommandInput, ListTableQueriesCommandOutput>('ListProtectedQueries', ListQueries$) {}
