import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Definitions } from '#shared/profiles/definitions.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import { type Membership, mergeMembership, nextMembership } from '#shared/segments/membership.ts';
import { person } from '#test/support/person.ts';

const ids = fc.subarray(['a', 'b', 'c', 'd']);
const membership: fc.Arbitrary<Membership> = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(5));
const giving = (members: readonly string[]): Definitions => ({
  ...compileSegments([], 1),
  evaluate: () => ({ members: new Set(members) }),
});
const at = 9;

/** The rows that a keeper has who only heard of transitions. */
const apply = (
  rows: readonly string[],
  { added, removed }: { added: readonly string[]; removed: readonly string[] },
) => [...new Set([...rows, ...added])].filter((id) => !removed.includes(id)).sort();

describe('nextMembership', () => {
  it('tells whoever follows the transitions who is in', () => {
    fc.assert(
      fc.property(membership, ids, (before, after) => {
        const next = nextMembership({
          person: person('p', { activity: { segments: before } }),
          definitions: giving(after),
          at,
        });

        expect(apply(Object.keys(before), { added: next.entered, removed: next.exited })).toEqual(
          [...after].sort(),
        );
        expect(Object.keys(next.segments).sort()).toEqual([...after].sort());
      }),
    );
  });

  it('keeps the time of entry of those who stay', () => {
    fc.assert(
      fc.property(membership, ids, (before, after) => {
        const { segments } = nextMembership({
          person: person('p', { activity: { segments: before } }),
          definitions: giving(after),
          at,
        });

        for (const id of after) expect(segments[id]).toBe(before[id] ?? at);
      }),
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(membership, ids, (before, after) => {
        const definitions = giving(after);
        const once = nextMembership({
          person: person('p', { activity: { segments: before } }),
          definitions,
          at,
        });
        const twice = nextMembership({
          person: person('p', { activity: { segments: once.segments } }),
          definitions,
          at: at + 1,
        });

        expect(twice).toEqual({ segments: once.segments, entered: [], exited: [] });
      }),
    );
  });
});

describe('mergeMembership', () => {
  const merge = (winner: Membership, loser: Membership, after: readonly string[]) =>
    mergeMembership({ person: person('w'), winner, loser, definitions: giving(after), at });

  it('tells whoever keeps rows who is in, for both people', () => {
    fc.assert(
      fc.property(membership, membership, ids, (winner, loser, after) => {
        const { entered, exited, moved, left } = merge(winner, loser, after);

        expect(apply(Object.keys(winner), { added: [...entered, ...moved], removed: exited })).toEqual(
          [...after].sort(),
        );
        expect(apply(Object.keys(loser), { added: [], removed: left })).toEqual([]);
      }),
    );
  });

  it('is net: nobody enters who was in as either of the two, or exits who still is', () => {
    fc.assert(
      fc.property(membership, membership, ids, (winner, loser, after) => {
        const before = new Set([...Object.keys(winner), ...Object.keys(loser)]);

        const { entered, exited, moved } = merge(winner, loser, after);

        expect(entered.filter((id) => before.has(id))).toEqual([]);
        expect(exited.filter((id) => after.includes(id) || !before.has(id))).toEqual([]);
        expect(moved.filter((id) => entered.includes(id) || exited.includes(id))).toEqual([]);
      }),
    );
  });

  it('does not mind which of the two is the older, but for whose rows move', () => {
    fc.assert(
      fc.property(membership, membership, ids, (a, b, after) => {
        const one = merge(a, b, after);
        const other = merge(b, a, after);

        expect(one.segments).toEqual(other.segments);
        expect([...one.entered].sort()).toEqual([...other.entered].sort());
        expect([...one.exited].sort()).toEqual([...other.exited].sort());
      }),
    );
  });
});
