import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Activity, SeenId } from '#shared/profiles/activity.ts';
import { compareSeen } from '#shared/profiles/register.ts';
import { addSeen, isSeen, placesToLook, SEEN_LIMIT } from '#shared/profiles/seen.ts';

type Seen = Activity['seen'];

const HOUR = 3_600_000;

/** Distinct messages over some hours, of a few times, so that ties are common and late ones too. */
const messages = fc
  .array(fc.nat(12), { maxLength: 90, size: 'max' })
  .map((times) => times.map((time, index): SeenId => [time * (HOUR / 3), `m${index}`]));

/** Batches of up to a request's size. */
const sizes = fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 1, maxLength: 20, size: 'max' });

function inBatches(ids: readonly SeenId[], lengths: readonly number[]): { seen: Seen; spilled: SeenId[] } {
  let seen: Seen = { ids: [] };
  const spilled: SeenId[] = [];
  for (let at = 0, batch = 0; at < ids.length; batch++) {
    const length = lengths[batch % lengths.length] ?? 1;
    const added = addSeen(seen, ids.slice(at, at + length));
    seen = added.seen;
    spilled.push(...added.spill);
    at += length;
  }
  return { seen, spilled };
}

/** Whether a copy of a message would be told: by the list, or by the spill, where it is looked for. */
const isTold = (seen: Seen, spilled: readonly SeenId[], [originalAt, id]: SeenId): boolean =>
  isSeen(seen, id) ||
  placesToLook(seen, { id, originalAt }).some(([at, looked]) =>
    spilled.some(([there, print]) => print === looked && there === at),
  );

describe('seen ids', () => {
  it('tell every copy of what was ever added, in whatever batches it came, and stay few', () => {
    fc.assert(
      fc.property(messages, sizes, (ids, lengths) => {
        const { seen, spilled } = inBatches(ids, lengths);

        expect(ids.filter((id) => !isTold(seen, spilled, id))).toEqual([]);
        expect(seen.ids.length).toBeLessThanOrEqual(SEEN_LIMIT);
      }),
    );
  });

  it('spill nothing that the write which spills it is to apply', () => {
    fc.assert(
      fc.property(messages, sizes, fc.nat(90), (ids, lengths, cut) => {
        const { seen } = inBatches(ids.slice(0, cut), lengths);
        const fresh = ids.slice(cut);

        const added = addSeen(seen, fresh);

        expect(fresh.filter(([, id]) => !isSeen(added.seen, id))).toEqual([]);
      }),
    );
  });

  it('tell the copies of both of two people who become one', () => {
    fc.assert(
      fc.property(messages, sizes, fc.nat(90), (ids, lengths, cut) => {
        const [a, b] = [inBatches(ids.slice(0, cut), lengths), inBatches(ids.slice(cut), lengths)];

        const merged = addSeen(a.seen, [], b.seen);

        const spilled = [...a.spilled, ...b.spilled, ...merged.spill];
        expect(ids.filter((id) => !isTold(merged.seen, spilled, id))).toEqual([]);
        expect(merged.seen.ids.length).toBeLessThanOrEqual(SEEN_LIMIT);
      }),
    );
  });

  it('keep the latest, and look nowhere for what is newer', () => {
    fc.assert(
      fc.property(messages, sizes, (ids, lengths) => {
        const { seen } = inBatches(ids, lengths);

        const latest = ids.toSorted(compareSeen).slice(-1);
        expect(latest.filter(([, id]) => !isSeen(seen, id))).toEqual([]);
        expect(placesToLook(seen, { id: 'new', originalAt: 13 * HOUR })).toEqual([]);
      }),
    );
  });
});
