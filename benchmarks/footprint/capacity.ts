import { Duration } from 'aws-cdk-lib';
import { limitOf, MOST_RESOURCES, synthesizeScheduled } from './measure';
import type { Cloud } from '../../simulator/cloud';
import { Candidate, ours } from '../peers';
import { openCloud } from '../simulation';
import { sum } from '../statistics';

export interface Capacity {
  readonly candidate: string;
  /** The most scheduled populations, each with its table, that one stack takes. */
  readonly most: number;
  /** Of that stack's template. */
  readonly templateBytes: number;
  /** What one more of them meets. */
  readonly limit: string;
}

/** Starts from what the resources of one and of ten come to, and goes on from there to where it really ends. */
export function measureCapacity(candidate: Candidate): Capacity {
  const [one, ten] = [1, 10].map((populations) => Object.keys(synthesizeScheduled(candidate, populations).source.template.Resources).length);
  const each = (ten - one) / 9;
  let most = Math.floor((MOST_RESOURCES - (one - each)) / each);
  let limit = limitOf(candidate, most + 1);
  for (let own = limitOf(candidate, most); own; own = limitOf(candidate, most)) {
    limit = own;
    most--;
  }
  while (!limit) {
    most++;
    limit = limitOf(candidate, most + 1);
  }
  return { candidate: candidate.name, most, templateBytes: synthesizeScheduled(candidate, most).templateBytes, limit };
}

export interface Deployed {
  readonly populations: number;
  readonly status: string;
  readonly reason?: string;
  readonly populatedOnce: boolean;
  /** Of the roles that the populations share, as IAM counts: white space left out. */
  readonly largestInline: number;
  readonly largestManaged: number;
  readonly mostManagedOnRole: number;
}

/** Deploys so many to the simulator, which enforces IAM's limits, and reads off how near to them the stack comes. */
export async function deployMany(populations: number): Promise<Deployed> {
  const cloud = openCloud(Duration.minutes(1));
  try {
    const { status, failures } = await cloud.deploy(synthesizeScheduled(ours, populations).source);
    await cloud.settle();
    const tables = cloud.cleanRooms.journal.acceptedPopulates().map(({ tableId }) => tableId);
    return {
      populations,
      status,
      reason: failures[0]?.reason,
      populatedOnce: tables.length === populations && new Set(tables).size === populations,
      ...policiesOf(cloud),
    };
  } finally {
    cloud.close();
  }
}

const characters = (document: unknown): number => JSON.stringify(document).replace(/\s/g, '').length;

function policiesOf(cloud: Cloud): Pick<Deployed, 'largestInline' | 'largestManaged' | 'mostManagedOnRole'> {
  const resources = cloud.cloudFormation.names().flatMap((name) => [...cloud.stack(name).resources.values()]);
  const documentsOf = (type: string) => resources.filter((resource) => resource.type === type)
    .map(({ properties }) => ({ roles: (properties.Roles ?? []) as string[], size: characters(properties.PolicyDocument) }));
  const inline = documentsOf('AWS::IAM::Policy');
  const managed = documentsOf('AWS::IAM::ManagedPolicy');
  const roles = [...new Set([...inline, ...managed].flatMap((policy) => policy.roles))];
  const most = (measure: (role: string) => number) => Math.max(0, ...roles.map(measure));
  return {
    largestInline: most((role) => sum(inline.filter((policy) => policy.roles.includes(role)).map(({ size }) => size))),
    largestManaged: Math.max(0, ...managed.map(({ size }) => size)),
    mostManagedOnRole: most((role) => managed.filter((policy) => policy.roles.includes(role)).length),
  };
}
