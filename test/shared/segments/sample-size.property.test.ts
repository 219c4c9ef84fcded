import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateSize } from '#shared/segments/sample-size.ts';

/** The same numbers each time: xorshift32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const draw = (members: number, share: number, random: () => number): number => {
  let found = 0;
  for (let n = 0; n < members; n++) if (random() < share) found += 1;
  return found;
};

describe('estimateSize', () => {
  it.each([
    { members: 0, share: 0.01 },
    { members: 40, share: 0.05 },
    { members: 300, share: 0.01 },
    { members: 2_000, share: 0.01 },
    { members: 5_000, share: 0.1 },
    { members: 500, share: 0.9 },
  ])('holds $members people within its margin in 95 of 100 samples of $share', ({ members, share }) => {
    const random = seeded(20_261_122);
    const samples = 1_000;
    let within = 0;
    for (let n = 0; n < samples; n++) {
      const { atLeast, atMost } = estimateSize(draw(members, share, random), share);
      if (atLeast <= members && members <= atMost) within += 1;
    }

    // four standard deviations of a thousand draws of 0.95 below it
    expect(within / samples).toBeGreaterThan(0.922);
  });

  it('is exact for a sample of everybody', () => {
    fc.assert(
      fc.property(fc.nat(1e6), (found) => {
        expect(estimateSize(found, 1)).toEqual({ size: found, atLeast: found, atMost: found });
      }),
    );
  });

  it('lies within its margin, which holds at least those who were found', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.double({ min: 1e-6, max: 1, noNaN: true }), (found, share) => {
        const { size, atLeast, atMost } = estimateSize(found, share);

        expect(atLeast).toBeGreaterThanOrEqual(found);
        expect(size).toBeGreaterThanOrEqual(atLeast);
        expect(atMost).toBeGreaterThanOrEqual(size);
      }),
    );
  });

  it('tells how many there may be of whom none was found', () => {
    expect(estimateSize(0, 0.01)).toEqual({ size: 0, atLeast: 0, atMost: 381 });
  });
});
