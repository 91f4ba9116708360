import { CleanRoomsClient, GetProtectedQueryCommand } from '@aws-sdk/client-cleanrooms';
import { PopulateIntermediateTableCommand } from '../../../src/handlers/clean-rooms/commands';

/** What all the peers' functions call, as one would write it on an afternoon. */

export interface TableProperties {
  readonly MembershipIdentifier: string;
  readonly IntermediateTableIdentifier: string;
}

const client = new CleanRoomsClient({});

export interface Populated {
  readonly analysisId: string;
  readonly versionId: string;
}

export async function populate({ MembershipIdentifier, IntermediateTableIdentifier }: TableProperties): Promise<Populated> {
  const { analysisId, versionId } = await client.send(new PopulateIntermediateTableCommand({
    membershipIdentifier: MembershipIdentifier, intermediateTableIdentifier: IntermediateTableIdentifier,
  }));
  return { analysisId, versionId };
}

/** Whether the query has succeeded; throws where it has ended in another way. */
export async function hasSucceeded({ MembershipIdentifier }: TableProperties, analysisId: string): Promise<boolean> {
  const { protectedQuery } = await client.send(new GetProtectedQueryCommand({
    membershipIdentifier: MembershipIdentifier, protectedQueryIdentifier: analysisId,
  }));
  const { status, error } = protectedQuery!;
  if (['FAILED', 'CANCELLED', 'TIMED_OUT'].includes(status!)) {
    throw new Error(`The query ended as ${status}. ${error?.code ?? ''} ${error?.message ?? ''}`);
  }
  return status === 'SUCCESS';
}
