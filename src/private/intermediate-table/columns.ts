import { IConstruct } from 'constructs';
import { known, problem } from '../problem';

const COLUMN = /^[a-z0-9_](([a-z0-9_ ]+-)*([a-z0-9_ ]+))?$/;

export function requireColumns(scope: IConstruct, prop: string, columns: string[] = []): void {
  for (const column of known(columns) ? columns : []) {
    if (known(column) && !(typeof column === 'string' && column.length <= 127 && COLUMN.test(column))) {
      problem(scope.node.path, `an item of ${prop}`, column,
        'Give the name of a column as Clean Rooms has it: up to 127 lower case letters, digits, underscores and spaces, and hyphens between them.');
    }
  }
}
