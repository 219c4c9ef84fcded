import * as z from 'zod';

/**
 * A sum in minor units, exact however large: a number as long as numbers are exact, beyond 2^53 its
 * digits. Bounding it instead would make it depend on the order of what is added.
 */
export const Minor = z.union([z.int(), z.string().regex(/^-?\d{16,400}$/)]);
export type Minor = z.infer<typeof Minor>;

/** The sum of two: commutative and associative, since it is exact. */
export function addMinor(a: Minor, b: Minor): Minor {
  const sum = BigInt(a) + BigInt(b);
  return isExact(sum) ? Number(sum) : String(sum);
}

/** What added to it makes nothing. */
export function negateMinor(minor: Minor): Minor {
  if (typeof minor === 'number') return minor === 0 ? 0 : -minor;
  return minor.startsWith('-') ? minor.slice(1) : `-${minor}`;
}

/** Below 0 when a is less than b, above when it is more. */
export const compareMinor = (a: Minor, b: Minor): number => Number(BigInt(a) - BigInt(b));

const isExact = (value: bigint): boolean => value <= MOST && value >= -MOST;
const MOST = BigInt(Number.MAX_SAFE_INTEGER);
