/** A seeded source of randomness: the same seed replays the same run. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A version-4 UUID. */
  uuid(): string;
  /** Capital letters and digits, as CloudFormation appends to generated names. */
  suffix(length?: number): string;
}

const MODULUS = 2147483647;

export function seededRandom(seed: number): Random {
  // Lehmer's generator (MINSTD): exact in doubles, and good enough to tell names apart.
  let state = (Math.abs(Math.trunc(seed)) % (MODULUS - 1)) + 1;
  const next = (): number => {
    state = (state * 48271) % MODULUS;
    return (state - 1) / (MODULUS - 1);
  };
  // The first outputs of neighbouring seeds are neighbours, too.
  for (let warmUp = 0; warmUp < 5; warmUp++) next();
  const pick = (alphabet: string): string => alphabet[Math.floor(next() * alphabet.length)];
  return {
    next,
    uuid: () => 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, (c) => pick(c === 'x' ? '0123456789abcdef' : '89ab')),
    suffix: (length = 12) => Array.from({ length }, () => pick('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789')).join(''),
  };
}
