import type { Truth } from '#shared/kernel/truth.ts';
import type { OperatorTest } from '#shared/traits/value-test.ts';

export function and(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes(undefined) ? undefined : true;
}

export const or = (truths: readonly Truth[]): Truth => negate(and(truths.map(negate)));
export const negate = (truth: Truth): Truth => (truth === undefined ? undefined : !truth);

export function naiveValue(test: OperatorTest, value: unknown): readonly Truth[] {
  const missing = value === undefined || value === null;
  const truths: Truth[] = [];
  if (test.exists !== undefined) truths.push(test.exists === !missing);
  if (test.equals !== undefined) truths.push(naiveEquals(value, test.equals));
  if (test.in !== undefined)
    truths.push(or(test.in.map((one) => naiveEquals(value, one))) ?? naiveIn(value, test.in));
  if (test.contains !== undefined) {
    const part = test.contains;
    if (Array.isArray(value)) truths.push(value.some((one) => one === part));
    else truths.push(typeof value === 'string' ? value.split(part).length > 1 : undefined);
  }
  if (test.startsWith !== undefined) {
    const begins = typeof value === 'string' && value.slice(0, test.startsWith.length) === test.startsWith;
    truths.push(typeof value === 'string' ? begins : undefined);
  }
  if (test.matches !== undefined) {
    truths.push(typeof value === 'string' ? new RegExp(test.matches).test(value) : undefined);
  }
  if (test.greaterThan !== undefined) truths.push(same(value, test.greaterThan, (a, b) => a > b));
  if (test.atLeast !== undefined) truths.push(same(value, test.atLeast, (a, b) => a >= b));
  if (test.lessThan !== undefined) truths.push(same(value, test.lessThan, (a, b) => a < b));
  if (test.atMost !== undefined) truths.push(same(value, test.atMost, (a, b) => a <= b));
  return truths;
}

const naiveEquals = (value: unknown, operand: string | number | boolean): Truth =>
  typeof value === typeof operand ? value === operand : undefined;

/** One of a list that it could be compared with is enough to know that it is none. */
const naiveIn = (value: unknown, operands: readonly unknown[]): Truth =>
  operands.some((operand) => typeof operand === typeof value) ? false : undefined;

function same(
  value: unknown,
  operand: string | number,
  compare: (a: string | number, b: string | number) => boolean,
): Truth {
  if (typeof value === 'number') return typeof operand === 'number' ? compare(value, operand) : undefined;
  return typeof value === 'string' && typeof operand === 'string' ? compare(value, operand) : undefined;
}
