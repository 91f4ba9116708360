import type { Association, IntermediateTable } from './resource-types';
import type { Store } from './store';

export interface Reads {
  readonly associations: readonly Association[];
  readonly tables: readonly IntermediateTable[];
}

/** What the stored query names itself. Names that the membership does not have are left to the query engine. */
export function directReads(table: IntermediateTable, store: Store): Reads {
  const sql = storedSql(table, store);
  const named = <T extends { name: string; membership: unknown }>(candidates: Iterable<T>): T[] =>
    [...candidates].filter(({ name, membership }) => membership === table.membership && mentions(sql, name));
  return {
    associations: named(store.associations.values()),
    tables: named(store.tables.values()).filter((other) => other !== table),
  };
}

/** The associations that are read in the end, through nested intermediate tables too, each once. */
export function baseTables(table: IntermediateTable, store: Store, seen = new Set<IntermediateTable>()): Association[] {
  if (seen.has(table)) return [];
  seen.add(table);
  const { associations, tables } = directReads(table, store);
  return [...new Set([...associations, ...tables.flatMap((nested) => baseTables(nested, store, seen))])];
}

export function storedSql(table: IntermediateTable, store: Store): string {
  const { sqlParameters, jobParameters } = table.populationAnalysisConfiguration;
  const queryString = sqlParameters?.queryString;
  const analysisTemplateArn = jobParameters?.analysisTemplateArn ?? sqlParameters?.analysisTemplateArn;
  return queryString ?? [...store.analysisTemplates.values()].find(({ arn }) => arn === analysisTemplateArn)?.queryString ?? '';
}

function mentions(sql: string, name: string): boolean {
  const literal = name.toLowerCase().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\w])${literal}(?![\\w])`).test(sql.toLowerCase());
}
