import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Activity } from '#shared/profiles/activity.ts';
import { packActivity, unpackActivity } from '#shared/profiles/activity-codec.ts';

const at = fc.nat(1_800_000_000_000);
const name = fc.constantFrom('page', 'Order Completed', 'toString', '', 'é');
/** Few prints, so that those of recent events are often among the seen ids, and often not. */
const print = fc.constantFrom('a', 'b', 'c', 'd', '0');
const seenId = fc.tuple(at, print);
/** Numbers that have much in common, or nothing, and are as long, or not. */
const sequence = fc.oneof(
  fc.bigInt({ min: 0n, max: 130n }),
  fc.bigInt({ min: 10n ** 55n, max: 10n ** 55n + 130n }),
);
const mark = fc
  .tuple(print, sequence, sequence)
  .map(([key, a, b]): [string, string, string] => (a < b ? [key, `${a}`, `${b}`] : [key, `${b}`, `${a}`]));
const records = <T>(value: fc.Arbitrary<T>) =>
  fc.dictionary(name, value, { maxKeys: 3, noNullPrototype: true });

/** Anything that JSON can say, as it comes back: without a -0. */
const cell = fc.json().map((text): unknown => JSON.parse(text));

const activity: fc.Arbitrary<Activity> = fc.record({
  version: fc.nat(),
  profileVersion: fc.nat(),
  definitionsVersion: fc.nat(),
  firstSeenAt: fc.oneof(at, fc.constant(Number.MAX_SAFE_INTEGER)),
  lastSeenAt: at,
  events: records(fc.record({ count: fc.integer({ min: 1 }), first: at, last: at })),
  otherEvents: fc.nat(),
  sums: records(records(fc.oneof(fc.maxSafeInteger(), fc.constant('9007199254740993')))),
  computed: records(
    fc
      .dictionary(fc.integer({ min: -1, max: 3 }).map(String), cell, { minKeys: 1, maxKeys: 3 })
      .map((cells) =>
        Object.entries(cells)
          .map(([bucket, cell]) => [Number(bucket), cell] as const)
          .sort(([a], [b]) => a - b),
      ),
  ),
  segments: records(at),
  marks: fc.array(mark, { maxLength: 3 }),
  seen: fc.record({ ids: fc.array(seenId, { maxLength: 4 }), lowWater: seenId }, { requiredKeys: ['ids'] }),
  recent: fc.array(fc.tuple(at, name, print), { maxLength: 3 }),
  affirmed: records(
    fc
      .array(fc.option(seenId), { minLength: 1, maxLength: 4 })
      .filter((again) => again.some((seen) => seen !== null)),
  ),
});

describe('activity codec', () => {
  it('gives back what was packed, whatever it is', () => {
    fc.assert(
      fc.property(activity, (packed) => {
        expect(unpackActivity(packed.version, packActivity(packed))).toEqual(packed);
      }),
    );
  });
});
