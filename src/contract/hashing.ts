import { createHash } from 'crypto';
import type { Definition } from './population';

export const hash = (text: string, length: number): string => createHash('sha256').update(text).digest('hex').slice(0, length);

/** JSON with sorted keys, so that equal things have equal texts. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner) => inner && typeof inner === 'object' && !Array.isArray(inner)
    ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
    : inner);
}

/** Of what decides which data comes out: not how long that may take, when it is decided, or what it is built on. */
export const fingerprintOf = ({ population, change }: Pick<Definition, 'population' | 'change'>): string => hash(canonical({ population, change }), 16);
