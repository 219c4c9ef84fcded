import { describe, expect, it } from 'vitest';
import { shopTraffic } from '#demo/shop.ts';
import type { Call } from '#demo/traffic.ts';

const UNTIL = Date.UTC(2026, 10, 22);
const traffic = shopTraffic({ seed: 7, until: UNTIL });

/** Whom a call names, by all their names; the tablet that two customers share names nobody. */
function namesOf({ userId, anonymousId, traits }: Call): string[] {
  const email = typeof traits?.email === 'string' ? traits.email.trim().toLowerCase() : undefined;
  const names = Object.entries({ userId, anonymousId, email }).map(([type, value]) => `${type}:${value}`);
  return names.filter((name) => !/:undefined$|:shared-tablet$/.test(name));
}

/** Calls that share a name, however far round, by one name of theirs: recognition as simple as can be. */
function byPerson(calls: readonly Call[]): Map<string, Call[]> {
  const parents = new Map<string, string>();
  const find = (name: string): string => {
    const parent = parents.get(name);
    return parent === undefined || parent === name ? name : find(parent);
  };
  for (const call of calls) {
    const [first = '', ...others] = namesOf(call);
    for (const other of others) parents.set(find(other), find(first));
  }
  return Map.groupBy(calls, (call) => find(namesOf(call)[0] ?? ''));
}

const minor = (calls: readonly Call[]): number =>
  calls
    .filter(({ event }) => event === 'Order Completed')
    .reduce((sum, { properties }) => sum + Math.round(Number(properties?.total) * 100), 0);

describe('the traffic of the shop', () => {
  it('is the same for the same seed and day, and another for another', () => {
    expect(shopTraffic({ seed: 7, until: UNTIL })).toEqual(traffic);
    expect(shopTraffic({ seed: 8, until: UNTIL }).calls).not.toEqual(traffic.calls);
  });

  it('is of a size that shows something, in the order of time and with an id for each call', () => {
    const times = traffic.calls.map(({ timestamp }) => timestamp.getTime());

    expect(traffic.people.length).toBeGreaterThanOrEqual(300);
    expect(traffic.calls.length).toBeGreaterThanOrEqual(3_000);
    expect(new Set(traffic.calls.map(({ messageId }) => messageId)).size).toBe(traffic.calls.length);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBeLessThan(UNTIL);
  });

  it.each([7, 1, 2_026])('comes to what is expected of each person, counted another way: seed %d', (seed) => {
    const { calls, people } = shopTraffic({ seed, until: UNTIL });

    const counted = [...byPerson(calls).values()].map((theirs) => [theirs.length, minor(theirs)] as const);

    const inOrder = (pairs: readonly (readonly [number, number])[]) =>
      pairs.toSorted(([a, b], [c, d]) => a - c || b - d);
    expect(inOrder(counted)).toEqual(inOrder(people.map(({ events, spent }) => [events, spent] as const)));
  });

  it('has all that the demo shows: second devices, a till, a shared tablet, consents given and withdrawn', () => {
    const { calls } = traffic;
    const subscriptions = calls.flatMap(
      ({ context }) => JSON.stringify(context ?? {}).match(/"[A-Z]*SUBSCRIBED"/g) ?? [],
    );
    const onTablet = calls.filter(({ anonymousId }) => anonymousId === 'shared-tablet');

    expect(calls.some(({ anonymousId }) => anonymousId?.startsWith('phone-'))).toBe(true);
    expect(calls.some(({ properties }) => properties?.channel === 'shop')).toBe(true);
    expect(new Set(onTablet.map(({ userId }) => userId)).size).toBe(2);
    expect(onTablet.every(({ userId }) => userId !== undefined)).toBe(true);
    expect(new Set(subscriptions)).toEqual(new Set(['"SUBSCRIBED"', '"UNSUBSCRIBED"']));
  });
});
