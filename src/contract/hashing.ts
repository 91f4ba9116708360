import { createHash } from 'crypto';
import type { Definition, Parameters } from './definition';

export const hash = (text: string, length: number): string => createHash('sha256').update(text).digest('hex').slice(0, length);

/** Returns JSON with sorted keys, so that equal things have equal texts. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner) => inner && typeof inner === 'object' && !Array.isArray(inner)
    ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
    : inner);
}

/**
 * Returns the fingerprint of what decides which data comes out: not how long that may take, when it is decided, or what it is built on.
 * Never add what an upgrade of this library would change: everybody's tables would be populated.
 */
export function fingerprintOf(definition: Definition, parameters: Parameters = {}): string {
  const { compute, analysisPayerAccountId, kmsKey, triggers } = definition;
  return hash(canonical({
    parameters: { ...definition.parameters, ...parameters },
    compute: compute ?? {},
    analysisPayerAccountId: analysisPayerAccountId ?? '',
    kmsKey: kmsKey ?? '',
    triggers: triggers ?? [],
  }), 16);
}

/** Returns what tells one set of parameters from another where their values must not stand. */
export const parametersHash = (parameters: Parameters = {}): string => hash(canonical(parameters), 16);
