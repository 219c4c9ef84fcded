import type { Truth } from '#shared/kernel/truth.ts';
import { compileOperators } from '#shared/traits/value-test.ts';
import type { ComputedTest } from './condition.ts';
import { readingLeaf, UNCOUNTED } from './counted.ts';
import type { Context, Leaf } from './leaf.ts';

/** Whether a computed trait has come to what is asked for; nothing is known of one that there is not. */
export function computedLeaf({ name, ...operators }: ComputedTest, { computed }: Context): Leaf {
  const ref = computed.named.get(name);
  if (ref === undefined) return UNCOUNTED;
  const truthOf = compileOperators(operators);
  const truthOfPart = compilePart(operators);
  return readingLeaf(ref, {
    truthOf: ({ value, overflow }) => (overflow === undefined ? truthOf(value) : truthOfPart(value)),
    sawOf: ({ value = null, overflow }) => (overflow === undefined ? value : { value, overflow }),
  });
}

/** Where more was to be kept than is: a number is the least that it can be, and a list has some of it. */
function compilePart({ exists, ...operators }: Omit<ComputedTest, 'name'>): (value: unknown) => Truth {
  const truthOf = compileOperators(operators);
  const asked = Object.entries(operators).flatMap(([key, operand]) => (operand === undefined ? [] : [key]));
  const isOfOrder = !asked.includes('equals') && !asked.includes('in');
  const isOfParts = asked.every((key) => key === 'contains');
  return (value) => {
    if (value === undefined) return undefined;
    if (exists === false) return false;
    const truth = truthOf(value);
    if (typeof value === 'number') return isOfOrder && truth === truthOf(Infinity) ? truth : undefined;
    return isOfParts && truth === true ? true : undefined;
  };
}
