import { describe, expect, it, vi } from 'vitest';
import { memo } from '#shared/kernel/memo.ts';

describe('memo', () => {
  it('makes a value once for each key, also where it makes nothing', () => {
    const remembered = memo<string | undefined>(2);
    const make = vi.fn((key: string) => (key === 'none' ? undefined : `made of ${key}`));
    const get = (key: string) => remembered(key, () => make(key));

    expect(['a', 'a', 'none', 'none', 'a'].map(get)).toEqual([
      ...['made of a', 'made of a', undefined, undefined, 'made of a'],
    ]);
    expect(make).toHaveBeenCalledTimes(2);
  });

  it('forgets all of them when there are too many', () => {
    const remembered = memo<string>(2);
    const make = vi.fn(() => 'made');

    for (const key of ['a', 'b', 'c', 'c', 'a', 'b']) remembered(key, make);

    // a and b; c, for which both are forgotten; a again; b, for which c and a are
    expect(make).toHaveBeenCalledTimes(5);
  });
});
