import { Pid } from '#shared/events/event.ts';
import { emptyActivity, type Person } from '#shared/profiles/activity.ts';
import { packActivity, unpackActivity } from '#shared/profiles/activity-codec.ts';
import { emptyProfile, Profile } from '#shared/profiles/profile.ts';

const DAY_MS = 86_400_000;
export const NOW = Date.parse('2026-11-22T09:15:00Z');

const COUNTRIES = ['FR', 'DE', 'BE', 'IT', 'ES', 'NL', 'GB', 'PL'];
const PLANS = ['free', 'silver', 'gold'];
const OTHER_EVENTS = ['Email Opened', 'Product Added', 'Cart Viewed', 'Signed In', 'Coupon Applied'];

/** Numbers from 0 to 1 that are the same in each run. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A customer of a shop, as they come out of storage: what they did unpacked, who they are parsed. */
export function customer(place: number, random: () => number): Person {
  const pick = (values: readonly string[]): string => values[Math.floor(random() * values.length)] ?? '';
  const ago = (days: number): number => NOW - Math.floor(random() * days * DAY_MS);
  const orders = random() < 0.4 ? 0 : Math.ceil(random() ** 2 * 9);
  const event = (count: number, last: number) => ({ count, first: last - count * DAY_MS, last });
  const stamp = { at: ago(300), id: `f${place}`, source: 'web', messageId: `m${place}` };
  const traits = {
    country: pick(COUNTRIES),
    age: 16 + Math.floor(random() * 60),
    employee: random() < 0.02,
    plan: pick(PLANS),
    firstName: 'Ada',
    city: 'Lyon',
  };
  const activity = {
    ...emptyActivity(),
    version: 1,
    profileVersion: 1,
    firstSeenAt: ago(400),
    lastSeenAt: ago(60),
    events: {
      ...Object.fromEntries(
        OTHER_EVENTS.filter(() => random() < 0.5).map((name) => [name, event(3, ago(90))]),
      ),
      'Product Viewed': event(1 + Math.floor(random() * 40), ago(120)),
      ...(orders > 0 && { 'Order Completed': event(orders, ago(200)) }),
    },
    sums: orders > 0 ? { total_spent: { EUR: Math.floor(orders * random() * 12_000) } } : {},
  };
  const profile = {
    ...emptyProfile(ago(400)),
    identifiers: { [`email#p${place}@example.com`]: stamp, [`anonymousId#${place}`]: stamp },
    traits: Object.fromEntries(Object.entries(traits).map(([name, value]) => [name, { value, ...stamp }])),
    consents:
      random() < 0.2
        ? {}
        : { 'email/marketing': { status: random() < 0.6 ? 'granted' : 'denied', ...stamp } },
  };
  return {
    pid: Pid.parse(`p${place}`),
    activity: unpackActivity(1, packActivity(activity)),
    profile: Profile.parse(JSON.parse(JSON.stringify(profile))),
  };
}

/** What the condition may look at, as a plain document: what the others are given. */
export function documentOf({ activity, profile }: Person): Readonly<Record<string, unknown>> {
  return {
    traits: Object.fromEntries(
      Object.entries(profile.traits).map(([name, trait]) => [
        name,
        Array.isArray(trait) ? undefined : trait.value,
      ]),
    ),
    events: activity.events,
    sums: activity.sums.total_spent ?? {},
    consents: Object.fromEntries(Object.entries(profile.consents).map(([key, { status }]) => [key, status])),
  };
}
