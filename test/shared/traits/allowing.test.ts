import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { allowing, oneOf } from '#shared/traits/allowing.ts';

describe('allowing', () => {
  const shape = { equals: z.string().optional(), exists: z.boolean().optional() };
  const says = (value: unknown) =>
    z
      .strictObject(shape, allowing(Object.keys(shape)))
      .safeParse(value)
      .error?.issues.map(({ message }) => message);

  it('names what is unknown and what there is instead', () => {
    expect(says({ equal: 'x', exist: true })).toEqual([
      'unknown: equal, exist; allowed here: equals, exists',
    ]);
  });

  it('leaves other faults in the words of whoever found them', () => {
    expect(says('x')).toEqual(['Invalid input: expected object, received string']);
    expect(says({ equals: 'x' })).toBeUndefined();
  });
});

describe('oneOf', () => {
  const { holds, message } = oneOf(['equals', 'exists']);

  it('holds where any of the keys says something', () => {
    expect([{ equals: 'x' }, { exists: false }, { equals: 1, exists: 2 }].map(holds)).toEqual([
      true,
      true,
      true,
    ]);
    expect([{}, { equals: undefined }, { other: 1 }].map(holds)).toEqual([false, false, false]);
  });

  it('says which they are', () => {
    expect(message).toBe('at least one of equals, exists is needed');
  });
});
