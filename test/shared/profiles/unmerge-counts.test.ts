import { describe, expect, it } from 'vitest';
import { NO_AGGREGATES } from '#shared/computed/computed-rules.ts';
import type { Activity, Person } from '#shared/profiles/activity.ts';
import { MAX_EVENT_NAMES } from '#shared/profiles/activity.ts';
import { mergePeople } from '#shared/profiles/merge.ts';
import {
  eventTotal,
  type Parts,
  separateEvents,
  separateLeast,
  separateSums,
} from '#shared/profiles/unmerge-counts.ts';
import { person } from '#test/support/person.ts';

const did = (pid: string, activity: Partial<Activity>): Person =>
  person(pid, { profile: { createdAt: pid.charCodeAt(0) }, activity });
const at = (count: number, first: number, last: number) => ({ count, first, last });
const names = (prefix: string, count: number, from = 0): Activity['events'] =>
  Object.fromEntries(
    Array.from({ length: count }, (_, n) => [`${prefix}${String(n + from).padStart(3, '0')}`, at(2, 1, 5)]),
  );

/** What two became, and what is needed to tell them apart. */
const partsOf = (a: Person, b: Person, since: (now: Activity) => Partial<Activity> = () => ({})): Parts => {
  const { winner } = mergePeople(a, b, { at: 9, traits: new Map(), computed: NO_AGGREGATES });
  const now = { ...winner, activity: { ...winner.activity, ...since(winner.activity) } };
  return { now, loser: b, own: [a], kept: [], gone: [b] };
};

describe('separateLeast', () => {
  it.each([
    { name: 'what the survivor had', pure: [5], taken: [3], seen: [3, 5], expected: 5 },
    { name: 'the least of several', pure: [5, 4], taken: [3], seen: [3], expected: 4 },
    {
      name: 'what came since, where it is before all that is known',
      pure: [5],
      taken: [3],
      seen: [2],
      expected: 2,
    },
    { name: 'what both had', pure: [3], taken: [3], seen: [3], expected: 3 },
    {
      name: 'what bounds it, where nothing is known to be the survivor’s',
      pure: [],
      taken: [3],
      seen: [3],
      expected: 3,
    },
  ])('finds $name', ({ expected, ...times }) => {
    expect(separateLeast(times)).toBe(expected);
  });
});

describe('separateEvents', () => {
  it('takes out what the other did, and forgets names that only the other had', () => {
    const parts = partsOf(
      did('a', { events: { Viewed: at(3, 10, 20) } }),
      did('b', { events: { Viewed: at(2, 5, 30), Added: at(1, 6, 6) }, otherEvents: 4 }),
    );

    expect(separateEvents(parts)).toEqual({ events: { Viewed: at(3, 10, 20) }, otherEvents: 0 });
  });

  it('knows when events since were, where they lie beyond what either had done', () => {
    const parts = partsOf(
      did('a', { events: { Viewed: at(3, 10, 20) } }),
      did('b', { events: { Viewed: at(2, 5, 30) } }),
      ({ events }) => ({ events: { ...events, Viewed: at(7, 1, 40) } }),
    );

    expect(separateEvents(parts).events.Viewed).toEqual(at(5, 1, 40));
  });

  it('counts with the times of both where it happened to the survivor only since', () => {
    const parts = partsOf(did('a', {}), did('b', { events: { Viewed: at(2, 5, 30) } }), ({ events }) => ({
      events: { ...events, Viewed: at(3, 5, 30) },
    }));

    expect(separateEvents(parts).events.Viewed).toEqual(at(1, 5, 30));
  });

  it('brings back the names that gave way to those of the other', () => {
    const a = did('a', { events: names('x', 60), otherEvents: 0 });
    const b = did('b', { events: names('m', 60), otherEvents: 3 });
    const parts = partsOf(a, b);
    expect(Object.keys(parts.now.activity.events)).toHaveLength(MAX_EVENT_NAMES);

    expect(separateEvents(parts)).toEqual({ events: a.activity.events, otherEvents: 0 });
  });

  it('brings back names that both had and that gave way', () => {
    const a = did('a', { events: { ...names('b', 50), ...names('z', 10) } });
    const b = did('b', { events: { ...names('a', 50), ...names('z', 10) } });
    const parts = partsOf(a, b);
    expect(parts.now.activity.otherEvents).toBe(40);

    expect(separateEvents(parts)).toEqual({ events: a.activity.events, otherEvents: 0 });
  });

  it('brings back names that gave way of whoever is kept too', () => {
    const a = did('a', { events: names('b', 50) });
    const c = did('c', { events: names('z', 10) });
    const b = did('b', { events: names('a', 60) });
    const first = mergePeople(a, b, { at: 9, traits: new Map(), computed: NO_AGGREGATES }).winner;
    const now = mergePeople(first, c, { at: 10, traits: new Map(), computed: NO_AGGREGATES }).winner;

    expect(separateEvents({ now, loser: b, own: [a], kept: [c], gone: [b] })).toEqual({
      events: { ...a.activity.events, ...c.activity.events },
      otherEvents: 0,
    });
  });

  it('conserves the total whatever gave way since', () => {
    const a = did('a', { events: names('n', 90), otherEvents: 1 });
    const b = did('b', { events: names('n', 90, 40), otherEvents: 2 });
    const parts = partsOf(a, b, ({ events, otherEvents }) => ({
      events: Object.fromEntries(Object.entries(events).slice(5)),
      otherEvents: otherEvents + 5 * 2 + 7,
    }));

    const left = separateEvents(parts);

    expect(eventTotal(left) + eventTotal(b.activity)).toBe(eventTotal(parts.now.activity));
    expect(Object.values(left.events).every(({ count }) => count > 0)).toBe(true);
    expect(left.otherEvents).toBeGreaterThanOrEqual(0);
  });
});

describe('separateSums', () => {
  it('takes out what the other spent, and forgets what only the other had', () => {
    const parts = partsOf(
      did('a', { sums: { total_spent: { EUR: 100, USD: 0 } } }),
      did('b', { sums: { total_spent: { EUR: 50, JPY: 7, USD: 30 }, refunds: { EUR: 1 } } }),
    );

    expect(separateSums(parts)).toEqual({ total_spent: { EUR: 100, USD: 0 } });
  });

  it('keeps a sum of nothing that any of those who are left had', () => {
    const [a, c] = [did('a', { sums: { total_spent: { USD: 0 } } }), did('c', {})];
    const b = did('b', { sums: { total_spent: { USD: 30 } } });
    const first = mergePeople(a, b, { at: 9, traits: new Map(), computed: NO_AGGREGATES }).winner;
    const now = mergePeople(first, c, { at: 10, traits: new Map(), computed: NO_AGGREGATES }).winner;

    expect(separateSums({ now, loser: b, own: [a], kept: [c], gone: [b] })).toEqual({
      total_spent: { USD: 0 },
    });
  });

  it('keeps what came to nothing since without the other', () => {
    const parts = partsOf(did('a', {}), did('b', { sums: { total_spent: { EUR: 50 } } }), () => ({
      sums: { total_spent: { EUR: 50, USD: 0 } },
    }));

    expect(separateSums(parts)).toEqual({ total_spent: { USD: 0 } });
  });
});
