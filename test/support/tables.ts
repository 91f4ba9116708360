import { Construct } from 'constructs';
import { MEMBERSHIP } from './stacks';
import { AllowedAnalysis, IntermediateTable, IntermediateTableProps, Membership, StoredQuery } from '../../src';

export type TableProps = Partial<IntermediateTableProps>;

/** A table of a membership of its own reference, with as little as it needs. */
export function makeIntermediateTable(scope: Construct, id = 'Table', props: TableProps = {}): IntermediateTable {
  return new IntermediateTable(scope, id, {
    membership: props.membership ?? Membership.fromMembershipIdentifier(scope, `${id}Membership`, MEMBERSHIP),
    tableName: id.toLowerCase(),
    query: StoredQuery.fromSql('SELECT 1'),
    allowedAnalyses: [AllowedAnalysis.ANY_QUERY],
    ...props,
  });
}

export const sqlTable = (scope: Construct, id: string, sql: string, props: TableProps = {}): IntermediateTable =>
  makeIntermediateTable(scope, id, { query: StoredQuery.fromSql(sql), ...props });
