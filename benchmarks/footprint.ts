import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Candidate, CANDIDATES } from './peers';
import { synthesize } from './simulation';

/** One that has no place in a stack is not among the footprints. */
export interface Footprint {
  readonly candidate: string;
  readonly populations: number;
  /** Without the tables themselves. */
  readonly resources: number;
  readonly templateBytes: number;
}

const DAILY = { schedule: Schedule.rate(Duration.days(1)) };
const TABLE = 'AWS::CleanRooms::IntermediateTable';

/** Scheduled populations in one stack; undefined where they do not fit, as CDK or the library says. */
export function footprintOf(candidate: Candidate, populations: number): Footprint | undefined {
  try {
    const { template } = synthesize(candidate, populations, DAILY);
    return {
      candidate: candidate.name,
      populations,
      resources: Object.values(template.Resources).filter(({ Type }) => Type !== TABLE).length,
      // As CDK uploads it: with indentation.
      templateBytes: Buffer.byteLength(JSON.stringify(template, undefined, 1)),
    };
  } catch (error) {
    if (/CloudFormation takes|greater than allowed maximum/.test((error as Error).message)) return undefined;
    throw error;
  }
}

export const measureFootprints = (counts: readonly number[]): Footprint[] =>
  counts.flatMap((populations) => CANDIDATES.flatMap((candidate) => footprintOf(candidate, populations) ?? []));

/** What one more population adds, on average, between the smallest and the largest of the counts. */
export function marginal(footprints: readonly Footprint[], candidate: string): { resources: number; templateBytes: number } {
  const own = footprints.filter((footprint) => footprint.candidate === candidate).sort((a, b) => a.populations - b.populations);
  const [first, last] = [own[0], own[own.length - 1]];
  const more = last.populations - first.populations;
  return { resources: (last.resources - first.resources) / more, templateBytes: (last.templateBytes - first.templateBytes) / more };
}
