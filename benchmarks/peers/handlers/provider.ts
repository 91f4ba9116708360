import type { CdkCustomResourceEvent, CdkCustomResourceIsCompleteEvent, CdkCustomResourceIsCompleteResponse, CdkCustomResourceResponse } from 'aws-lambda';
import { hasSucceeded, populate, type TableProperties } from './clean-rooms';

/** The two handlers of a `custom_resources.Provider`, and the function of its rule. */

export const onEvent = async (event: CdkCustomResourceEvent): Promise<CdkCustomResourceResponse> => {
  if (event.RequestType === 'Delete') {
    return {};
  }
  const table = event.ResourceProperties as unknown as TableProperties;
  return { PhysicalResourceId: table.IntermediateTableIdentifier, Data: await populate(table) };
};

export const isComplete = async (event: CdkCustomResourceIsCompleteEvent): Promise<CdkCustomResourceIsCompleteResponse> => ({
  IsComplete: event.RequestType === 'Delete'
    || await hasSucceeded(event.ResourceProperties as unknown as TableProperties, (event.Data as { analysisId: string }).analysisId),
});

export const onSchedule = async (table: TableProperties): Promise<void> => {
  await populate(table);
};
