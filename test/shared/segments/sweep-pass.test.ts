import { describe, expect, it } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import {
  AGAIN_AFTER_MS,
  behindOf,
  PASSES,
  rangeOf,
  type ShardSweep,
  through,
} from '#shared/segments/sweep-pass.ts';

const NOW = 1_000_000_000;
const MINUTE = 60_000;

describe('the first pass over a shard', () => {
  it('begins at the beginning, and goes up to now', () => {
    expect(rangeOf([], 0, NOW)).toEqual({ pass: { upTo: 0 }, until: NOW });
  });

  it('goes on where it was', () => {
    const inside = behindOf({ upTo: 5 }, { dueAt: 7, pid: Pid.parse('ada') });

    expect(rangeOf([through(NOW - 1)], 0, NOW)).toEqual({ pass: { upTo: NOW - 1 }, until: NOW });
    expect(rangeOf([inside], 0, NOW)).toEqual({
      pass: { upTo: 5, behind: { dueAt: 7, pid: 'ada' } },
      until: NOW,
    });
  });

  it.each([NOW, NOW + 1])('has nothing to do at %i when it is through with that', (upTo) => {
    expect(rangeOf([through(upTo)], 0, NOW)).toEqual({ pass: { upTo } });
  });
});

describe('a further pass', () => {
  const [wait] = AGAIN_AFTER_MS;

  it('notes first how far the one before it has come, and waits', () => {
    const noted = rangeOf([through(NOW)], 1, NOW);

    expect(noted).toEqual({ pass: { upTo: 0, goal: { upTo: NOW, since: NOW } } });
    expect(rangeOf([through(NOW + MINUTE), noted.pass], 1, NOW + wait - 1)).toEqual(noted);
  });

  it('goes so far and no further when it has waited', () => {
    const pass = { upTo: 3, goal: { upTo: 9, since: NOW } };

    expect(rangeOf([through(NOW), pass], 1, NOW + wait)).toEqual({ pass, until: 9 });
  });

  it('has nothing to do where the one before it has not gone beyond it, or not begun', () => {
    expect(rangeOf([through(9), through(9)], 1, NOW)).toEqual({ pass: { upTo: 9 } });
    expect(rangeOf([], 1, NOW)).toEqual({ pass: { upTo: 0 } });
  });

  it('does not follow into the midst of those who are due at once', () => {
    const inside = behindOf({ upTo: 5 }, { dueAt: 7, pid: Pid.parse('ada') });

    expect(rangeOf([inside, through(2)], 1, NOW)).toEqual({
      pass: { upTo: 2, goal: { upTo: 5, since: NOW } },
    });
  });

  it('begins anew each time where it is the last, for as long as anybody stands there', () => {
    const before: ShardSweep = Array.from({ length: PASSES }, () => through(9));

    expect(rangeOf(before, PASSES - 1, NOW)).toEqual({
      pass: { upTo: 0, goal: { upTo: 9, since: NOW } },
    });
    expect(rangeOf(before, PASSES - 2, NOW)).toEqual({ pass: { upTo: 9 } });
  });
});

it('waits longer from pass to pass, and at last longer than a record can be on its way', () => {
  expect(AGAIN_AFTER_MS.toSorted((a, b) => a - b)).toEqual([...AGAIN_AFTER_MS]);
  expect(AGAIN_AFTER_MS[0]).toBeGreaterThan(MINUTE);
  expect(AGAIN_AFTER_MS.at(-1)).toBeGreaterThan(12 * 60 * MINUTE);
});
