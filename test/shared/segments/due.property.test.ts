import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dueAfter } from '#shared/segments/due.ts';

const moment = fc.integer({ min: 0, max: 12 });
const maybe = fc.option(moment, { nil: undefined });

describe('dueAfter', () => {
  it('is never after the next change, nor before now, nor made up', () => {
    fc.assert(
      fc.property(maybe, maybe, moment, (stored, nextChange, now) => {
        const due = dueAfter(stored, nextChange, now);

        expect(due ?? Infinity).toBeLessThanOrEqual(Math.max(nextChange ?? Infinity, now));
        expect(due ?? Infinity).toBeGreaterThanOrEqual(now);
        expect([stored, nextChange, now, undefined]).toContain(due);
      }),
    );
  });

  it('leaves a wake-up that lies ahead and is early enough, and moves every other', () => {
    fc.assert(
      fc.property(moment, maybe, moment, (stored, nextChange, now) => {
        const isKept = stored > now && stored <= (nextChange ?? Infinity);

        const expected = nextChange === undefined ? undefined : Math.max(nextChange, now);
        expect(dueAfter(stored, nextChange, now)).toBe(isKept ? stored : expected);
      }),
    );
  });

  it('gives the same again: what it decided is not moved at once', () => {
    fc.assert(
      fc.property(maybe, moment, moment, (stored, ahead, now) => {
        const nextChange = now + 1 + ahead;

        const due = dueAfter(stored, nextChange, now);

        expect(dueAfter(due, nextChange, now)).toBe(due);
      }),
    );
  });

  it.each([
    [undefined, undefined, 5, undefined],
    [undefined, 9, 5, 9],
    [7, undefined, 5, 7],
    [7, 9, 5, 7],
    [9, 7, 5, 7],
    [5, 9, 5, 9],
    [5, undefined, 5, undefined],
    [3, undefined, 5, undefined],
    [undefined, 3, 5, 5],
  ])('makes of %o, with the next change at %o and at %o, %o', (stored, nextChange, now, due) => {
    expect(dueAfter(stored, nextChange, now)).toBe(due);
  });
});
