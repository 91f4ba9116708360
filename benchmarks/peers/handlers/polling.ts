import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { hasSucceeded, populate, type TableProperties } from './clean-rooms';

/** One function that populates and then polls every two seconds, as scripts do, until its own 15 minutes are over. */

const sleep = (millis: number) => new Promise((resolve) => { setTimeout(resolve, millis); });

async function populateAndWait(table: TableProperties, context: Context): Promise<{ versionId: string }> {
  const { analysisId, versionId } = await populate(table);
  while (context.getRemainingTimeInMillis() > 10_000) {
    await sleep(2_000);
    if (await hasSucceeded(table, analysisId)) {
      return { versionId };
    }
  }
  throw new Error(`The function's time is over, and the query ${analysisId} still runs.`);
}

export const handler = async (event: CloudFormationCustomResourceEvent | TableProperties, context: Context): Promise<void> => {
  if (!('RequestType' in event)) {
    await populateAndWait(event, context);
    return;
  }
  const table = event.ResourceProperties as unknown as TableProperties;
  const target = {
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
    PhysicalResourceId: table.IntermediateTableIdentifier,
  };
  const result = event.RequestType === 'Delete' ? { Status: 'SUCCESS' } : await populateAndWait(table, context).then(
    (Data) => ({ Status: 'SUCCESS', Data }),
    (error: Error) => ({ Status: 'FAILED', Reason: error.message }),
  );
  await fetch(event.ResponseURL, { method: 'PUT', headers: { 'content-type': '' }, body: JSON.stringify({ ...target, ...result }) });
};
