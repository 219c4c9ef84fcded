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

/** No single value is larger, in the units of its last decimal: what is below is exact as a number. */
const MAX_FIXED = 1_000_000_000_000_000;

/**
 * A number in units of its last decimal place, rounded half away from zero once, so that sums are exact
 * whatever their order: floats do not associate, integers do. `undefined` for what is no number, or is
 * larger than `most`.
 */
export function fixedPoint(
  amount: unknown,
  { places, most = MAX_FIXED }: { readonly places: number; readonly most?: number },
): number | undefined {
  const value = readNumber(amount);
  if (value === undefined) return undefined;
  // Shifting the decimal point in the text is exact, multiplying 1.005 by 100 is not
  const text = String(Math.abs(value));
  // A number has an exponent of its own below a millionth, which is nothing, and from 1e21, which is too much
  const shifted = text.includes('e') ? Math.abs(value) : Number(`${text}e${places}`);
  const fixed = Math.round(shifted);
  if (fixed > most) return undefined;
  // With 0 added, since the negative of 0 is a -0 that no store gives back
  return Math.sign(value) * fixed + 0;
}

/** A finite number, or what a text writes as one. */
export function readNumber(value: unknown): number | undefined {
  const isWritten = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
  const number = isWritten ? Number(value) : Number.NaN;
  // With 0 added, since no store gives back a -0
  return Number.isFinite(number) ? number + 0 : undefined;
}

/** A sum as a decimal number with so many places: `24409194` with 2 is `244091.94`. */
export function decimalText(minor: Minor, places: number): string {
  const digits = String(minor);
  const sign = digits.startsWith('-') ? '-' : '';
  const text = digits.slice(sign.length).padStart(places + 1, '0');
  const whole = text.slice(0, text.length - places);
  return `${sign}${whole}${places > 0 ? `.${text.slice(-places)}` : ''}`;
}
