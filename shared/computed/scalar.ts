import { LIMITS } from '#shared/events/limits.ts';
import { jsonBytes } from '#shared/kernel/utf8-bytes.ts';
import { readNumber } from '#shared/traits/minor.ts';

/** What is kept of a property as it is. */
export type Scalar = string | number | boolean;

export const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** A value that can be kept: a text that is not too long, a number, true or false. */
export function readScalar(value: unknown): Scalar | undefined {
  if (typeof value === 'number') return readNumber(value);
  if (typeof value === 'boolean') return value;
  return typeof value === 'string' && isShort(value) ? value : undefined;
}

const isShort = (text: string): boolean =>
  text.length <= LIMITS.computedValueBytes && jsonBytes(text) <= LIMITS.computedValueBytes;
