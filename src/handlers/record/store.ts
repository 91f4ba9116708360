import type { Documents } from './documents';
import { NOBODY, type Line } from './line';
import { EMPTY, type PopulationRecord } from './population-record';
import type { RecordStore } from '../population/outside';
import type { In } from '../population/run-state';
import type { Answer } from '../service-error';

const LINE = 'line';

/** The record as the population function sees it. */
export function recordStore(documents: Documents): RecordStore {
  return {
    read: async (key, table) => orElse(await documents.read<PopulationRecord>(key, table), EMPTY),
    change: async (key, change) => orElse(await documents.change<PopulationRecord>(key, (record = EMPTY) => {
      const changed = change(record);
      // What was empty and stays empty is not written.
      return changed === EMPTY ? undefined : changed;
    }), EMPTY),
    readLine: async () => orElse(await documents.read<Line>(LINE), NOBODY),
    changeLine: async (change) => orElse(await documents.change<Line>(LINE, (line = NOBODY) => {
      const changed = change(line);
      return changed === NOBODY && line === NOBODY ? undefined : changed;
    }), NOBODY),
    saveEnding: (execution, ending, expires) => documents.change<In<'CLOSE'>>(endingId(execution), (saved) => saved ?? ending, { expires }),
    readEnding: (execution) => documents.read<In<'CLOSE'>>(endingId(execution)),
    async takeEvent(key, event, execution, expires) {
      const taken = await documents.change<{ readonly execution: string }>(
        `event ${key} ${event}`, (document) => document ?? { execution }, { expires });
      return taken.ok ? { ok: true, value: taken.value?.execution === execution } : taken;
    },
  };
}

const endingId = (execution: string): string => `ending ${execution}`;

const orElse = <T>(answer: Answer<T | undefined>, fallback: T): Answer<T> => (answer.ok ? { ok: true, value: answer.value ?? fallback } : answer);
