import { ModeledResourceType, notFound } from './errors';
import { liveVersion, Population } from './population';
import {
  AnalysisTemplate, AnalysisType, analysisTypeOf, Association, Collaboration, ConfiguredTable, IntermediateTable, Membership,
} from './resource-types';

/** Everything that the service remembers. */
export class Store {
  readonly collaborations = new Map<string, Collaboration>();
  readonly memberships = new Map<string, Membership>();
  readonly configuredTables = new Map<string, ConfiguredTable>();
  readonly associations = new Map<string, Association>();
  readonly analysisTemplates = new Map<string, AnalysisTemplate>();
  readonly tables = new Map<string, IntermediateTable>();
  /** In the order of acceptance; those of deleted tables, too. */
  readonly populations: Population[] = [];

  collaboration(id: string): Collaboration {
    return found(this.collaborations.get(id), 'Collaboration', id, 'COLLABORATION');
  }

  membership(id: string): Membership {
    return found(this.memberships.get(id), 'Membership', id, 'MEMBERSHIP');
  }

  configuredTable(id: string): ConfiguredTable {
    return found(this.configuredTables.get(id), 'Configured table', id, 'CONFIGURED_TABLE');
  }

  association(id: string): Association {
    return found(this.associations.get(id), 'Configured table association', id, 'CONFIGURED_TABLE_ASSOCIATION');
  }

  table(membershipId: string, id: string): IntermediateTable {
    const table = this.tables.get(id);
    return found(this.membership(membershipId) === table?.membership ? table : undefined, 'Intermediate table', id, 'CONFIGURED_TABLE');
  }

  tableById(id: string): IntermediateTable {
    return found(this.tables.get(id), 'Intermediate table', id, 'CONFIGURED_TABLE');
  }

  query(membershipId: string, analysisId: string): Population {
    return found(this.analyses(membershipId, 'QUERY').find((query) => query.analysisId === analysisId), 'Protected query', analysisId, 'MEMBERSHIP');
  }

  job(membershipId: string, analysisId: string): Population {
    return found(this.analyses(membershipId, 'JOB').find((job) => job.analysisId === analysisId), 'Protected job', analysisId, 'MEMBERSHIP');
  }

  /** A membership's queries or jobs. */
  analyses(membershipId: string, type: AnalysisType): Population[] {
    const membership = this.membership(membershipId);
    return this.populations.filter(({ table }) => table.membership === membership && analysisTypeOf(table) === type);
  }

  populationsOf(table: IntermediateTable): Population[] {
    return this.populations.filter((population) => population.table === table);
  }

  liveVersionOf(table: IntermediateTable, now: number): Population | undefined {
    return liveVersion(this.populationsOf(table), now);
  }
}

function found<T>(resource: T | undefined, what: string, id: string, type: ModeledResourceType): T {
  if (!resource) throw notFound(what, id, type);
  return resource;
}
