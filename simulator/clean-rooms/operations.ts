import type { Behaviours } from './behaviours';
import { conflict } from './errors';
import type { Limits } from './limits';
import type { OperationName } from './model';
import { page, PageRequest } from './page';
import type { PopulateRequest } from './populate';
import { isOver, Population, queryStatus, WorkerCompute } from './population';
import { presentJob, presentJobSummary, presentQuery, presentQuerySummary, presentTable, presentVersion, View } from './present';
import { cancel } from './queue';
import { AnalysisType, analysisTypeOf, IntermediateTable } from './resource-types';
import type { IntermediateTableProperties, Resources, TableChanges } from './resources';
import type { Input } from './wire';

/** What operations act on. */
interface Service {
  readonly behaviours: Behaviours;
  readonly limits: Limits;
  readonly resources: Resources;
  populate(table: IntermediateTable, request: PopulateRequest): Population;
}

type Handler = (input: Input, service: Service, view: View) => object;

/** What an operation does and answers, once its input was found valid and its caller allowed. */
export function perform(operation: OperationName, input: Input, service: Service, view: View): object {
  return HANDLERS[operation](input, service, view);
}

const HANDLERS: Record<OperationName, Handler> = {
  PopulateIntermediateTable: (input, service, view) => {
    const populated = table(input, view);
    const { analysisId, versionId } = service.populate(populated, {
      parameters: input.parameters as Record<string, string> | undefined,
      ...computeOf(input),
      payerAccountId: input.analysisPayerAccountId as string | undefined,
    });
    return { analysisId, analysisType: analysisTypeOf(populated), versionId };
  },

  GetIntermediateTable: (input, _service, view) => ({ intermediateTable: presentTable(table(input, view), view) }),

  ListIntermediateTableVersions: (input, { behaviours, limits }, view) => {
    const versions = view.store.populationsOf(table(input, view)).flatMap((population) => {
      const version = presentVersion(population, view);
      return version ? [{ id: population.versionId, version }] : [];
    });
    const ordered = behaviours.versionListOrder === 'newestFirst' ? versions.reverse() : versions;
    const { items, nextToken } = page(ordered, ({ id }) => id, input as PageRequest, limits.pageSize);
    return { intermediateTableVersionSummaries: items.map(({ version }) => version), nextToken };
  },

  GetProtectedQuery: (input, _service, view) => ({ protectedQuery: presentQuery(query(input, view), view) }),

  UpdateProtectedQuery: (input, { limits }, view) => ({ protectedQuery: presentQuery(cancelled(query(input, view), 'query', limits, view), view) }),

  ListProtectedQueries: (input, { limits }, view) => {
    const { items, nextToken } = listed('QUERY', input, limits, view);
    return { protectedQueries: items.map((population) => presentQuerySummary(population, view)), nextToken };
  },

  GetProtectedJob: (input, _service, view) => ({ protectedJob: presentJob(job(input, view), view) }),

  UpdateProtectedJob: (input, { limits }, view) => ({ protectedJob: presentJob(cancelled(job(input, view), 'job', limits, view), view) }),

  ListProtectedJobs: (input, { limits }, view) => {
    const { items, nextToken } = listed('JOB', input, limits, view);
    return { protectedJobs: items.map((population) => presentJobSummary(population, view)), nextToken };
  },

  CreateIntermediateTable: (input, { resources }, view) =>
    ({ intermediateTable: presentTable(resources.createIntermediateTable(input as unknown as IntermediateTableProperties), view) }),

  UpdateIntermediateTable: (input, { resources }, view) => {
    const updated = table(input, view);
    const { description, kmsKeyArn, columns } = input as TableChanges;
    resources.updateIntermediateTable(updated.id, given({ description, kmsKeyArn, columns }));
    return { intermediateTable: presentTable(updated, view) };
  },

  DeleteIntermediateTable: (input, { resources }, view) => {
    resources.deleteIntermediateTable(table(input, view).id);
    return {};
  },
};

function table(input: Input, { store }: View) {
  return store.table(input.membershipIdentifier as string, input.intermediateTableIdentifier as string);
}

function query(input: Input, { store }: View) {
  return store.query(input.membershipIdentifier as string, input.protectedQueryIdentifier as string);
}

function job(input: Input, { store }: View) {
  return store.job(input.membershipIdentifier as string, input.protectedJobIdentifier as string);
}

function cancelled(population: Population, what: 'query' | 'job', limits: Limits, { now }: View): Population {
  if (isOver(population, now)) {
    throw conflict(`The protected ${what} is over: it is ${queryStatus(population, now)}.`, population.analysisId, 'INVALID_STATE');
  }
  if (population.cancelledAt === undefined) cancel(population, limits, now);
  return population;
}

/** Newest first. */
function listed(type: AnalysisType, input: Input, limits: Limits, { store, now }: View) {
  const analyses = store.analyses(input.membershipIdentifier as string, type)
    .filter((population) => input.status === undefined || queryStatus(population, now) === input.status)
    .reverse();
  return page(analyses, ({ analysisId }) => analysisId, input as PageRequest, limits.pageSize);
}

interface ComputeInput {
  readonly queryComputeConfiguration?: WorkerCompute;
  readonly jobComputeConfiguration?: { readonly worker?: WorkerCompute };
}

function computeOf({ computeConfiguration }: Input): Pick<PopulateRequest, 'compute' | 'computeFor'> {
  const { queryComputeConfiguration, jobComputeConfiguration } = (computeConfiguration ?? {}) as ComputeInput;
  if (jobComputeConfiguration) return { compute: jobComputeConfiguration.worker, computeFor: 'JOB' };
  return queryComputeConfiguration ? { compute: queryComputeConfiguration, computeFor: 'QUERY' } : {};
}

/** What was left out stays as it is. */
function given<T extends object>(changes: T): Partial<T> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Partial<T>;
}
