import fc from 'fast-check';
import type { ComputedRules } from '#shared/computed/computed-rules.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { foldEvents } from '#shared/profiles/fold.ts';
import { normaliseEvent } from '#shared/profiles/normalise-event.ts';
import { DEFAULT_RULES } from '#shared/traits/trait-definition.ts';
import { collected, web } from './events.ts';
import { person, stampedAt, traits } from './person.ts';
import type { RawEvent, Situation } from './situation.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });

/** Days on which clocks change, a leap day's eve, and the end of a year. */
const base = fc.constantFrom(
  ...['2026-03-08T12:00:00Z', '2024-02-28T23:30:00Z', '2025-12-31T23:00:00Z', '2026-10-25T00:30:00Z'].map(
    (text) => Date.parse(text),
  ),
);

const timeZone = fc.constantFrom('UTC', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland');

/** Distances that conditions ask for, and a millisecond to either side. */
export const distance = fc
  .tuple(
    fc.constantFrom(0, 15 * MINUTE, HOUR, DAY, 2 * DAY, 7 * DAY, 30 * DAY),
    fc.constantFrom(-1, 0, 1, HOUR),
  )
  .map(([ms, more]) => Math.max(0, ms + more));

const dateText = (at: number) =>
  fc.tuple(distance, fc.boolean(), fc.boolean()).map(([ms, isPast, isDay]) => {
    const text = new Date(isPast ? at - ms : at + ms).toISOString();
    return isDay ? text.slice(0, 10) : text;
  });

const scalar = fc.constantFrom<string | number | boolean>('a', 'ab', 'b', 0, 1, 2, true);

const facts = (at: number): fc.Arbitrary<Person> =>
  fc
    .record({
      plan: optional(fc.oneof(scalar, fc.constant(null), fc.subarray(['a', 'b']))),
      age: optional(scalar),
      born: optional(fc.oneof(dateText(at), fc.constantFrom('2000-02-29', 'no date'))),
      city: optional(scalar),
      whole: optional(scalar),
      identifiers: fc.uniqueArray(
        fc.tuple(fc.constantFrom('userId', 'email', 'phone', 'anonymousId'), fc.constantFrom('a', 'ab', 'b')),
        { selector: ([type]) => type },
      ),
      contact: optional(fc.constantFrom('email#a', 'phone#b')),
      spent: optional(fc.constantFrom(0, 1, 1999, 2000, 2001)),
      consent: optional(fc.constantFrom<'granted' | 'denied'>('granted', 'denied')),
      market: optional(fc.constantFrom('fr', 'de')),
    })
    .map(({ plan, age, born, city, whole, identifiers, contact, spent, consent, market }) =>
      person('p', {
        profile: {
          traits: traits(
            present({
              plan,
              age,
              born,
              address: city === undefined ? undefined : { city },
              'address.city': whole,
            }),
          ),
          identifiers: Object.fromEntries(
            identifiers.map(([type, value]) => [`${type}#${value}`, stampedAt(1)]),
          ),
          contacts: contact === undefined ? {} : { [contact]: stampedAt(1) },
          consents: consent === undefined ? {} : { 'email/marketing': { status: consent, ...stampedAt(1) } },
          ...(market !== undefined && { market: { value: market, at: 1, id: 'm' } }),
        },
        activity: { sums: spent === undefined ? {} : { total_spent: { EUR: spent, JPY: spent } } },
      }),
    );

const rawEvents = (at: number): fc.Arbitrary<readonly RawEvent[]> =>
  fc.array(
    fc.record({
      name: fc.constantFrom('Order Completed', 'Signed Up'),
      at: distance.map((ms) => at - ms),
      properties: fc.constantFrom<RawEvent['properties']>({}, { value: 1 }, { value: 2 }, { value: 'a' }),
    }),
    { maxLength: 8 },
  );

/** Somebody with few traits, identifiers, consents and sums, and what they did, which nobody has counted yet. */
export const situation: fc.Arbitrary<Omit<Situation, 'segments'>> = fc
  .tuple(base, timeZone, distance)
  .chain(([at, zone, later]) =>
    fc.record({
      person: facts(at),
      events: rawEvents(at),
      timeZone: fc.constant(zone),
      now: fc.constant(at + later),
    }),
  );

/** A person after some events more; each set of them has ids of its own. */
export function after(
  before: Person,
  events: readonly RawEvent[],
  { computed, set }: { readonly computed: ComputedRules; readonly set: string },
): Person {
  const resolved = events.map(({ name, at, properties }, index) => ({
    event: normaliseEvent(
      collected({ event: name, timestamp: at, messageId: `${set}${index}`, properties }),
      { source: web, receivedAt: at },
    ),
    link: [],
    refused: [],
  }));
  return foldEvents(before, resolved, { spilled: new Set(), traits: DEFAULT_RULES, computed }).person;
}

const present = (values: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
