import { baseTables } from './base-tables';
import type { Behaviours } from './behaviours';
import { conflict, invalidConfiguration, quotaExceeded, ServiceError } from './errors';
import type { Limits } from './limits';
import { isOver, Population, QueryPlan, WorkerCompute } from './population';
import { AnalysisType, analysisTypeOf, IntermediateTable, Parameters } from './resource-types';
import type { Store } from './store';

export interface PopulateRequest {
  readonly parameters?: Parameters;
  readonly compute?: WorkerCompute;
  /** What the compute is for. @default what populates the table */
  readonly computeFor?: AnalysisType;
  readonly payerAccountId?: string;
}

interface Situation {
  readonly store: Store;
  readonly behaviours: Behaviours;
  readonly limits: Limits;
  readonly now: number;
}

/** Why a populate cannot be accepted now, if so. */
export function refusal(table: IntermediateTable, request: PopulateRequest, { store, behaviours, limits, now }: Situation): ServiceError | undefined {
  const type = analysisTypeOf(table);
  const ongoing = store.populations.filter((population) => !isOver(population, now) && analysisTypeOf(population.table) === type);
  const quotas = quotasOf(type, limits);
  const { imposed, membership } = table;
  if (imposed && imposed.status !== 'RETENTION_PERIOD_EXPIRED') {
    const because = imposed.reason ? `: ${imposed.reason}` : '.';
    return conflict(`The intermediate table is in status ${imposed.status}${because}`, table.id, 'INVALID_STATE');
  }
  if ((request.computeFor ?? type) !== type) {
    return invalidConfiguration(`${request.computeFor === 'JOB' ? 'jobComputeConfiguration' : 'queryComputeConfiguration'} is not for a table of analysis type ${type}.`);
  }
  if (type === 'QUERY' && (request.compute?.number ?? 0) > limits.workersPerQuery) {
    return invalidConfiguration(`A SQL query may have at most ${limits.workersPerQuery} workers.`);
  }
  if (behaviours.populateWhilePopulating === 'conflict' && ongoing.some((population) => population.table === table)) {
    return conflict('The intermediate table is already being populated.', table.id, 'INVALID_STATE');
  }
  const spent = baseTables(table, store).find(({ accessBudget }) => accessBudget === 0);
  if (spent) return invalidConfiguration(`The access budget of the table "${spent.name}" is used up.`);
  if (ongoing.filter((population) => population.table.membership === membership).length >= quotas.membership.value) {
    return quotaExceeded(quotas.membership.name, quotas.membership.value);
  }
  if (behaviours.overQuota === 'rejected' && ongoing.length >= quotas.account.value) {
    return quotaExceeded(quotas.account.name, quotas.account.value);
  }
  return undefined;
}

interface Quota {
  readonly name: string;
  readonly value: number;
}

/** https://docs.aws.amazon.com/clean-rooms/latest/userguide/clean-rooms-quotas.html */
function quotasOf(type: AnalysisType, limits: Limits): { membership: Quota; account: Quota } {
  return type === 'JOB' ? {
    membership: { name: 'Concurrent ongoing job per membership', value: limits.ongoingJobsPerMembership },
    account: { name: 'Concurrent PySpark jobs per account', value: limits.concurrentJobs },
  } : {
    membership: { name: 'Ongoing queries per membership', value: limits.ongoingQueriesPerMembership },
    account: { name: 'Concurrent SQL queries per account', value: limits.concurrentQueries },
  };
}

/** The effect of an accepted populate: a query, a version, and one read less in every base table's budget. */
export function accept(
  table: IntermediateTable, request: PopulateRequest, plan: QueryPlan, ids: { analysisId: string; versionId: string }, { store, now }: Situation,
): Population {
  const population: Population = {
    ...ids,
    table,
    acceptedAt: now,
    plan,
    parameters: request.parameters ?? {},
    defaults: table.defaults,
    compute: request.compute,
    payerAccountId: request.payerAccountId,
    kmsKeyArn: table.kmsKeyArn,
    endsAt: Infinity,
  };
  for (const association of baseTables(table, store)) {
    if (association.accessBudget !== undefined) association.accessBudget--;
  }
  table.imposed = undefined;
  store.populations.push(population);
  return population;
}
