import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { readStack, StackSource } from '../../simulator/cloudformation/assembly';
import { Candidate, CANDIDATES } from '../peers';
import { buildStack, STACK } from '../simulation';
import { inTurns, median } from '../statistics';

/** One that has no place in a stack is not among the footprints. */
export interface Footprint {
  readonly candidate: string;
  readonly populations: number;
  /** Without the tables themselves. */
  readonly resources: number;
  readonly templateBytes: number;
  /** Median, of building and synthesizing the app, without CDK's validation of the template. */
  readonly synthMillis: number;
}

const DAILY = { schedule: Schedule.rate(Duration.days(1)) };
export const TABLE = 'AWS::CleanRooms::IntermediateTable';

export interface Synthesized {
  readonly source: StackSource;
  readonly resources: number;
  readonly templateBytes: number;
}

export function synthesizeScheduled(candidate: Candidate, populations: number): Synthesized {
  const { app } = buildStack(candidate, populations, DAILY);
  const source = readStack(app.synth().directory, STACK);
  const all = Object.values(source.template.Resources);
  return {
    source,
    resources: all.filter(({ Type }) => Type !== TABLE).length,
    // As CDK uploads it: with indentation.
    templateBytes: Buffer.byteLength(JSON.stringify(source.template, undefined, 1)),
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
export const MOST_RESOURCES = 500;
const MOST_BYTES = 1_000_000;

/** Why so many populations do not fit into one stack; undefined where they do. */
export function limitOf(candidate: Candidate, populations: number): string | undefined {
  try {
    const { source, templateBytes } = synthesizeScheduled(candidate, populations);
    const resources = Object.keys(source.template.Resources).length;
    return resources > MOST_RESOURCES ? `${resources} resources, of ${MOST_RESOURCES}`
      : templateBytes > MOST_BYTES ? `${templateBytes} bytes of template, of ${MOST_BYTES}` : undefined;
  } catch (error) {
    // Without CDK's heading, or its list of all the resource types.
    return (error as Error).message.replace(/^Validation failed.*\n\s*\[.*?\] /, '').split('\n')[0].replace(/(maximum of \d+):.*/, '$1');
  }
}

export async function measureFootprints(counts: readonly number[], rounds: number): Promise<Footprint[]> {
  const subjects = counts.flatMap((populations) => CANDIDATES.map((candidate) => ({ candidate, populations })));
  const possible = subjects.filter(({ candidate, populations }) => limitOf(candidate, populations) === undefined);
  const measured = await inTurns(possible, rounds, ({ candidate, populations }) => {
    const start = performance.now();
    const synthesized = synthesizeScheduled(candidate, populations);
    return { ...synthesized, millis: performance.now() - start };
  });
  return [...measured].map(([{ candidate, populations }, results]) => ({
    candidate: candidate.name,
    populations,
    resources: results[0].resources,
    templateBytes: results[0].templateBytes,
    synthMillis: median(results.map(({ millis }) => millis)),
  }));
}

/** What one more population adds, on average, between the smallest and the largest of the counts. */
export function marginal(footprints: readonly Footprint[], candidate: string): { resources: number; templateBytes: number } {
  const own = footprints.filter((footprint) => footprint.candidate === candidate).sort((a, b) => a.populations - b.populations);
  const [first, last] = [own[0], own[own.length - 1]];
  const more = last.populations - first.populations;
  return { resources: (last.resources - first.resources) / more, templateBytes: (last.templateBytes - first.templateBytes) / more };
}
