import { describe, expect, it } from 'vitest';
import type { SeenId } from '#shared/profiles/activity.ts';
import { compareSeen } from '#shared/profiles/register.ts';

describe('compareSeen', () => {
  it('orders by time, then by fingerprint', () => {
    const inOrder: SeenId[] = [
      [1, 'b'],
      [1, 'c'],
      [2, 'a'],
    ];

    expect(inOrder.toReversed().sort(compareSeen)).toEqual(inOrder);
    expect(compareSeen([1, 'b'], [1, 'b'])).toBe(0);
  });
});
