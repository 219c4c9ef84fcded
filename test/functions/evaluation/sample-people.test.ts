import { describe, expect, it } from 'vitest';
import { samplePeople } from '#functions/evaluation/sample-people.ts';
import { estimateSize } from '#shared/segments/sample-size.ts';
import { memoryPeopleScan } from '#test/support/memory-people-scan.ts';
import { person } from '#test/support/person.ts';

const everybody = Array.from({ length: 3_000 }, (_, n) => person(`p${n}`));
const isMember = ({ pid }: { readonly pid: string }): boolean => Number(pid.slice(1)) % 5 === 0;

/** The same numbers each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const limits = { wholeItems: 1_000, partItems: 100, parts: 12, leastParts: 4, timeMs: 1_000 };
const portsOf = (people = everybody, random = seeded(7)) => ({
  scan: memoryPeopleScan(() => people, 50),
  now: () => 0,
  random,
});

describe('samplePeople', () => {
  it('looks at everybody once where they are few', async () => {
    const seen: string[] = [];

    const sample = await samplePeople(({ pid }) => seen.push(pid), portsOf(everybody.slice(0, 400)), limits);

    expect(sample).toEqual({ share: 1, people: 400 });
    expect(new Set(seen).size).toBe(400);
    expect(seen).toHaveLength(400);
  });

  it('looks at some parts of many, each person once, and says with which probability', async () => {
    const seen: string[] = [];

    const sample = await samplePeople(({ pid }) => seen.push(pid), portsOf(), limits);

    expect(sample).toEqual({ share: 12 / 60, people: seen.length });
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(450);
    expect(seen.length).toBeLessThan(750);
  });

  it('takes a table for large that turns out to be, though its count says otherwise', async () => {
    const ports = portsOf();
    const scan = { ...ports.scan, countItems: async () => 0 };

    const sample = await samplePeople(() => {}, { ...ports, scan }, { ...limits, parts: 5 });

    expect(sample.share).toBe(5 / 10);
  });

  it('ends with its time, but not before it has a few parts', async () => {
    const ports = portsOf();
    let now = 0;
    const slow = {
      ...ports,
      now: () => now,
      scan: {
        ...ports.scan,
        page: (...asked: Parameters<typeof ports.scan.page>) => {
          now += 600;
          return ports.scan.page(...asked);
        },
      },
    };

    const { share } = await samplePeople(() => {}, slow, limits);

    expect(share).toBeGreaterThanOrEqual(4 / 60);
    expect(share).toBeLessThan(12 / 60);
  });

  it('estimates a group within its margin in 95 of 100 samples', async () => {
    const random = seeded(20_261_122);
    const members = everybody.filter(isMember).length;
    let within = 0;
    for (let n = 0; n < 100; n++) {
      let found = 0;
      const { share } = await samplePeople(
        (one) => {
          if (isMember(one)) found += 1;
        },
        portsOf(everybody, random),
        { ...limits, parts: 6 },
      );
      const { atLeast, atMost } = estimateSize(found, share);
      if (atLeast <= members && members <= atMost) within += 1;
    }

    expect(within).toBeGreaterThanOrEqual(88);
  });
});
