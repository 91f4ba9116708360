import { aws_cleanrooms as cleanrooms, Duration, IResolvable } from 'aws-cdk-lib';
import { IIntermediateTableRef, IntermediateTableReference } from 'aws-cdk-lib/aws-cleanrooms';
import { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { PopulationCompute } from '../compute';

/** What the handlers read: see `Population` in `src/handlers/population/run-state.ts`. */
export interface PopulationDefinition {
  readonly membershipIdentifier: string;
  readonly intermediateTableIdentifier: string;
  readonly parameters?: { [name: string]: string };
  readonly compute?: { type?: string; number?: number; properties?: { spark: { [key: string]: string } } };
  readonly analysisPayerAccountId?: string;
  readonly timeoutSeconds: number;
  readonly cancelOnTimeout: boolean;
}

export interface DefinitionProps {
  readonly intermediateTable: IIntermediateTableRef;
  readonly parameters?: { [name: string]: string };
  readonly compute?: PopulationCompute;
  readonly analysisPayerAccountId?: string;
  readonly cancelOnTimeout?: boolean;
}

/** By the attributes of a table of this app: its generated reference takes them out of `Ref`, whose form is not documented. */
export function identityOf(table: IIntermediateTableRef): IntermediateTableReference {
  return cleanrooms.CfnIntermediateTable.isCfnIntermediateTable(table)
    ? {
      membershipIdentifier: table.membershipIdentifier,
      intermediateTableIdentifier: table.attrIntermediateTableIdentifier,
      intermediateTableArn: table.attrArn,
    }
    : table.intermediateTableRef;
}

export function definitionOf(props: DefinitionProps, timeout: Duration): PopulationDefinition {
  const { membershipIdentifier, intermediateTableIdentifier } = identityOf(props.intermediateTable);
  return {
    membershipIdentifier,
    intermediateTableIdentifier,
    parameters: filled(props.parameters),
    compute: computeOf(props.compute),
    analysisPayerAccountId: props.analysisPayerAccountId,
    timeoutSeconds: timeout.toSeconds(),
    cancelOnTimeout: props.cancelOnTimeout ?? true,
  };
}

function computeOf({ workerType, workers, sparkProperties }: PopulationCompute = {}): PopulationDefinition['compute'] {
  const spark = filled(sparkProperties);
  const compute = { type: workerType?.name, number: workers, properties: spark && { spark } };
  return Object.values(compute).some((value) => value !== undefined) ? compute : undefined;
}

/** Languages hand over maps in orders of their own: one order for all, so that the template tells of changes only. */
export const inOrder = (map: { [key: string]: string }): { [key: string]: string } =>
  Object.fromEntries(Object.entries(map).sort(([one], [other]) => (one < other ? -1 : 1)));

/** An empty map means the same as none, and must not count as a change. */
const filled = (map?: { [key: string]: string }) => (map && Object.keys(map).length ? inOrder(map) : undefined);

/** The ARN of the key that the table's data is encrypted with, where it can be known. */
export function kmsKeyArnOf(table: IIntermediateTableRef, key?: IKeyRef): string | undefined {
  return key?.keyRef.keyArn ?? (cleanrooms.CfnIntermediateTable.isCfnIntermediateTable(table) ? table.kmsKeyArn : undefined);
}

/** The properties of a table of this app that replace it when they change: what its identifier cannot tell before it is deployed. */
export function replacingProperties(table: IIntermediateTableRef): { [name: string]: string | IResolvable | object } {
  if (!cleanrooms.CfnIntermediateTable.isCfnIntermediateTable(table)) {
    return {};
  }
  const { membershipIdentifier, name, populationAnalysisConfiguration } = table;
  return { membershipIdentifier, name, populationAnalysisConfiguration };
}
