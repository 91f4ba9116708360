import type { Behaviours } from './behaviours';
import { conflict } from './errors';
import type { Limits } from './limits';
import type { OperationName } from './model';
import { page, PageRequest } from './page';
import type { PopulateRequest } from './populate';
import { isOver, Population, queryStatus, WorkerCompute } from './population';
import { presentQuery, presentQuerySummary, presentTable, presentVersion, View } from './present';
import { cancel } from './queue';
import type { IntermediateTable } from './resource-types';
import type { IntermediateTableProperties, Resources } from './resources';
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
    const { analysisId, versionId } = service.populate(table(input, view), {
      parameters: input.parameters as Record<string, string> | undefined,
      compute: (input.computeConfiguration as { queryComputeConfiguration?: WorkerCompute } | undefined)?.queryComputeConfiguration,
      payerAccountId: input.analysisPayerAccountId as string | undefined,
    });
    return { analysisId, analysisType: 'QUERY', versionId };
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

  UpdateProtectedQuery: (input, { limits }, view) => {
    const population = query(input, view);
    if (isOver(population, view.now)) {
      throw conflict(`The protected query is over: it is ${queryStatus(population, view.now)}.`, population.analysisId, 'INVALID_STATE');
    }
    if (population.cancelledAt === undefined) cancel(population, limits, view.now);
    return { protectedQuery: presentQuery(population, view) };
  },

  ListProtectedQueries: (input, { limits }, view) => {
    const membership = view.store.membership(input.membershipIdentifier as string);
    const queries = view.store.populations
      .filter((population) => population.table.membership === membership)
      .filter((population) => input.status === undefined || queryStatus(population, view.now) === input.status)
      .reverse();
    const { items, nextToken } = page(queries, ({ analysisId }) => analysisId, input as PageRequest, limits.pageSize);
    return { protectedQueries: items.map((population) => presentQuerySummary(population, view)), nextToken };
  },

  CreateIntermediateTable: (input, { resources }, view) =>
    ({ intermediateTable: presentTable(resources.createIntermediateTable(input as unknown as IntermediateTableProperties), view) }),

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
