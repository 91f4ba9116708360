import type { IIntermediateTablePopulation } from '../i-intermediate-table-population';

/** Returns the parts of the populations' paths that tell them apart. */
export function shortNames(populations: readonly IIntermediateTablePopulation[]): string[] {
  const tables = populations.map((population) => tableOrOwn(population).split('/'));
  const paths = new Set(tables.map(String)).size === tables.length ? tables : populations.map(({ node }) => node.path.split('/'));
  const shortest = Math.min(...paths.map(({ length }) => length));
  const isCommon = (at: (path: string[]) => string) => new Set(paths.map(at)).size === 1;
  let [start, end] = [0, 0];
  while (start < shortest - 1 && isCommon((path) => path[start])) {
    start++;
  }
  while (start + end < shortest - 1 && isCommon((path) => path[path.length - 1 - end])) {
    end++;
  }
  return paths.map((path) => path.slice(start, path.length - end).join('/'));
}

/** A population that was added to its table is known by the table: many are called `Population`. */
const tableOrOwn = ({ node, intermediateTable }: IIntermediateTablePopulation): string =>
  (node.scope === intermediateTable ? intermediateTable.node.path : node.path);
