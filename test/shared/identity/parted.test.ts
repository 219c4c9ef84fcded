import { describe, expect, it } from 'vitest';
import { areParted } from '#shared/identity/parted.ts';
import { person } from '#test/support/person.ts';

const known = (
  pid: string,
  profile: { readonly absorbed?: Record<string, number>; readonly parted?: Record<string, number> } = {},
) => {
  const { absorbed, parted } = person(pid, { profile }).profile;
  return { pid: person(pid).pid, absorbed, parted };
};

describe('areParted', () => {
  it.each([
    { name: 'strangers', a: known('a'), b: known('b'), expected: false },
    {
      name: 'people parted from somebody else',
      a: known('a', { parted: { x: 1 } }),
      b: known('b'),
      expected: false,
    },
    {
      name: 'two with whom the same one was parted',
      a: known('a', { parted: { x: 1 } }),
      b: known('b', { parted: { x: 1 } }),
      expected: false,
    },
    {
      name: 'two who absorbed the same pid once',
      a: known('a', { absorbed: { x: 1 } }),
      b: known('b', { absorbed: { x: 1 } }),
      expected: false,
    },
    { name: 'one parted from the other', a: known('a', { parted: { b: 1 } }), b: known('b'), expected: true },
    {
      name: 'one parted from whom the other absorbed',
      a: known('a', { parted: { x: 1 } }),
      b: known('b', { absorbed: { y: 1, x: 2 } }),
      expected: true,
    },
    {
      name: 'one parted from several',
      a: known('a', { parted: { x: 1, b: 2 } }),
      b: known('b'),
      expected: true,
    },
    {
      name: 'names that every object has',
      a: known('a', { parted: { toString: 1 } }),
      b: known('b'),
      expected: false,
    },
  ])('says $expected of $name, whichever comes first', ({ a, b, expected }) => {
    expect(areParted(a, b)).toBe(expected);
    expect(areParted(b, a)).toBe(expected);
  });
});
