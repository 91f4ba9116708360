import type { PopulationCompute } from '../compute';
import type { ComputeProperties, NameValue, PopulationProperties, ScheduleProperties } from '../contract/custom-resource';
import type { IntermediateTablePopulationProps } from '../population-props';

/** What users give, as the custom resource's properties have it: see `PopulationProperties`. */

export type Texts = { readonly [name: string]: string };
type Given = Pick<PopulationProperties, 'Parameters' | 'Compute' | 'AnalysisPayerAccountId' | 'KmsKey' | 'Triggers'>;

/** Returns what decides which data comes out. Empty maps and lists mean the same as none, and must not count as changes. */
export const dataProperties = (props: IntermediateTablePopulationProps, kmsKey?: string): Given => ({
  Parameters: nameValues(props.parameters),
  Compute: computeOf(props.compute),
  AnalysisPayerAccountId: props.analysisPayerAccountId,
  KmsKey: kmsKey,
  Triggers: props.triggers?.length ? props.triggers : undefined,
});

/** Returns every schedule, in one order whatever the app's is. */
export const scheduleProperties = (schedules: ReadonlyMap<string, Texts | undefined>): ScheduleProperties[] =>
  [...schedules].sort(([one], [other]) => (one < other ? -1 : 1)).map(([Name, parameters]) => ({ Name, Parameters: nameValues(parameters) }));

/** Languages hand over maps in orders of their own: one order for all, so that the template tells of changes only. */
export const nameValues = (map: Texts = {}): NameValue[] | undefined => {
  const entries = Object.entries(map).sort(([one], [other]) => (one < other ? -1 : 1));
  return entries.length ? entries.map(([Name, Value]) => ({ Name, Value })) : undefined;
};

function computeOf({ workerType, workers, sparkProperties }: PopulationCompute = {}): ComputeProperties | undefined {
  const compute = { WorkerType: workerType?.name, Workers: workers, SparkProperties: nameValues(sparkProperties) };
  return Object.values(compute).some((value) => value !== undefined) ? compute : undefined;
}
