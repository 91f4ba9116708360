export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Calls `measure` so often for each subject, in turns, so that a machine that gets slower gets slower for all of them alike. */
export async function inTurns<S, T>(subjects: readonly S[], rounds: number, measure: (subject: S) => T | Promise<T>): Promise<Map<S, T[]>> {
  const results = new Map<S, T[]>(subjects.map((subject) => [subject, []]));
  for (let round = 0; round < rounds; round++) {
    for (const subject of subjects) {
      results.get(subject)!.push(await measure(subject));
    }
  }
  return results;
}
