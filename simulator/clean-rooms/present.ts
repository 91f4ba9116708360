import { baseTables, directReads } from './base-tables';
import type { Behaviours, ParametersVisible } from './behaviours';
import { billedUnits, durationMillis, expiresAt, isExpired, isOver, merged, Population, queryStatus, succeeded } from './population';
import { analysisTypeOf, IntermediateTable, Parameters } from './resource-types';
import type { Store } from './store';

/** State as the API tells it: pure functions of what is stored, the switches and the moment. */
export interface View {
  readonly store: Store;
  readonly behaviours: Behaviours;
  readonly accountId: string;
  readonly now: number;
}

export function tableStatus(table: IntermediateTable, { store, behaviours, now }: View): string {
  if (table.imposed) return table.imposed.status;
  const last = store.populationsOf(table).at(-1);
  if (!last) return 'CREATED';
  const live = store.liveVersionOf(table, now);
  if (live && isExpired(live, now)) return isOver(last, now) ? 'RETENTION_PERIOD_EXPIRED' : 'POPULATE_STARTED';
  if (live === last) return 'POPULATE_SUCCESS';
  // Success that is not live yet is still under way, as far as the table goes.
  if (!isOver(last, now) || succeeded(last, now)) return live && behaviours.statusDuringRefresh === 'success' ? 'POPULATE_SUCCESS' : 'POPULATE_STARTED';
  return live && behaviours.statusAfterFailedRefresh === 'success' ? 'POPULATE_SUCCESS' : 'POPULATE_FAILED';
}

export function presentTable(table: IntermediateTable, view: View): object {
  const { membership } = table;
  return {
    id: table.id,
    arn: table.arn,
    name: table.name,
    description: table.description,
    membershipArn: membership.arn,
    membershipId: membership.id,
    collaborationArn: membership.collaboration.arn,
    collaborationId: membership.collaboration.id,
    childResources: [...view.store.tables.values()].filter((other) => directReads(other, view.store).tables.includes(table))
      .map((child) => ({
        resourceId: child.id,
        resourceType: 'INTERMEDIATE_TABLE',
        resourceName: child.name,
        ownerAccountId: view.accountId,
        resourceStatus: tableStatus(child, view),
      })),
    createTime: table.createdAt,
    updateTime: table.updatedAt,
    status: tableStatus(table, view),
    statusReason: table.imposed?.reason,
    kmsKeyArn: table.kmsKeyArn,
    populationAnalysisConfiguration: table.populationAnalysisConfiguration,
    retentionInDays: table.retentionInDays,
    tableDependencies: dependencies(table, view),
    intermediateTableVersion: presentActiveVersion(table, view),
    analysisRuleTypes: table.analysisRuleTypes,
    schema: table.columns && { columns: table.columns },
  };
}

function dependencies(table: IntermediateTable, { store, accountId }: View): object[] {
  const direct = directReads(table, store);
  const tell = (type: string, parentType: string) => ({ id, name }: { id: string; name: string }) =>
    ({ id, name, type, parentType, creatorAccountId: accountId });
  return [
    ...direct.associations.map(tell('TABLE', 'DIRECT')),
    ...direct.tables.map(tell('INTERMEDIATE_TABLE', 'DIRECT')),
    ...baseTables(table, store).filter((association) => !direct.associations.includes(association)).map(tell('TABLE', 'INDIRECT')),
  ];
}

function presentActiveVersion(table: IntermediateTable, { store, behaviours, now }: View): object | undefined {
  const live = store.liveVersionOf(table, now);
  if (!live || (isExpired(live, now) && behaviours.activeVersionAfterExpiry === 'absent')) return undefined;
  return {
    versionId: live.versionId,
    analysisId: live.analysisId,
    analysisType: analysisTypeOf(table),
    kmsKeyArn: live.kmsKeyArn,
    parameters: visible(live, behaviours.activeVersionParameters),
    inheritedConstraints: {},
    expirationTime: expiresAt(live),
  };
}

/** `undefined` where the list leaves the version out. */
export function presentVersion(population: Population, { behaviours, now }: View): object | undefined {
  if (population.acceptedAt + behaviours.versionListLag * 1000 > now) return undefined;
  const over = isOver(population, now);
  const ended = population.outcome === 'CANCELLED' || population.outcome === 'TIMED_OUT';
  if (over && ended && behaviours.versionAfterCancel === 'absent') return undefined;
  return {
    versionId: population.versionId,
    tableId: population.table.id,
    createTime: population.acceptedAt,
    analysisId: population.analysisId,
    status: versionStatus(population, now),
    analysisType: analysisTypeOf(population.table),
    kmsKeyArn: population.kmsKeyArn,
    expirationTime: succeeded(population, now) ? expiresAt(population) : undefined,
  };
}

function versionStatus(population: Population, now: number): string {
  if (!isOver(population, now)) return 'POPULATE_STARTED';
  if (!succeeded(population, now)) return 'POPULATE_FAILED';
  return isExpired(population, now) ? 'RETENTION_PERIOD_EXPIRED' : 'POPULATE_SUCCESS';
}

export function presentQuery(population: Population, view: View): object {
  const { populationAnalysisConfiguration } = population.table;
  return {
    ...presentAnalysis(population, view),
    sqlParameters: { ...populationAnalysisConfiguration.sqlParameters, parameters: visible(population, view.behaviours.queryParametersVisible) },
    queryComputePayerAccountId: payerOf(population, view),
  };
}

export function presentJob(population: Population, view: View): object {
  const { populationAnalysisConfiguration } = population.table;
  return {
    ...presentAnalysis(population, view),
    jobParameters: { ...populationAnalysisConfiguration.jobParameters, parameters: visible(population, view.behaviours.queryParametersVisible) },
    jobComputePayerAccountId: payerOf(population, view),
  };
}

/** What queries and jobs have in common. */
function presentAnalysis(population: Population, { now }: View): object {
  const { table, compute } = population;
  return {
    id: population.analysisId,
    membershipId: table.membership.id,
    membershipArn: table.membership.arn,
    createTime: population.acceptedAt,
    status: queryStatus(population, now),
    resultConfiguration: { outputConfiguration: { intermediateTable: presentOutput(table) } },
    statistics: isOver(population, now) && population.startedAt !== undefined
      ? { totalDurationInMillis: durationMillis(population), billedResourceUtilization: { units: billedUnits(population) } }
      : undefined,
    error: isOver(population, now) ? presentError(population) : undefined,
    computeConfiguration: compute ? { worker: compute } : undefined,
  };
}

function presentError({ table, outcome, plan }: Population): object | undefined {
  if (outcome === 'FAILED' && plan.outcome !== 'FAILED' && analysisTypeOf(table) === 'JOB') {
    return { code: 'INSUFFICIENT_COMPUTE', message: 'The job exceeded the time that it may take.' };
  }
  if (outcome === 'SUCCESS' || outcome !== plan.outcome || !plan.error) return undefined;
  return { ...plan.error, retry: plan.retryable === undefined ? undefined : { retryable: plan.retryable } };
}

export function presentQuerySummary(population: Population, view: View): object {
  return { ...presentSummary(population, view), queryComputePayerAccountId: payerOf(population, view) };
}

export function presentJobSummary(population: Population, view: View): object {
  return { ...presentSummary(population, view), jobComputePayerAccountId: payerOf(population, view) };
}

function presentSummary(population: Population, { now }: View): object {
  const { membership } = population.table;
  return {
    id: population.analysisId,
    membershipId: membership.id,
    membershipArn: membership.arn,
    createTime: population.acceptedAt,
    status: queryStatus(population, now),
    receiverConfigurations: [],
    intermediateTableConfiguration: presentOutput(population.table),
  };
}

function payerOf({ payerAccountId }: Population, { accountId }: View): string {
  return payerAccountId ?? accountId;
}

function presentOutput({ id, arn, name }: IntermediateTable): object {
  return { id, arn, name };
}

function visible(population: Population, which: ParametersVisible): Parameters | undefined {
  if (which === 'none') return undefined;
  const shown = which === 'given' ? population.parameters : merged(population);
  return Object.keys(shown).length > 0 ? shown : undefined;
}
