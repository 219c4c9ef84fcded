import fc from 'fast-check';
import type { Person } from '#shared/profiles/activity.ts';
import { Condition } from '#shared/segments/condition.ts';
import { person, stampedAt, traits } from './person.ts';

// Few names and values, so that conditions and people meet often.
const scalar = fc.constantFrom<string | number | boolean>('a', 'ab', 'b', 0, 1, 2, true);
const ordered = fc.constantFrom<string | number>('a', 'ab', 0, 1, 2);
const name = fc.constantFrom('plan', 'age', 'address.city');
const eventName = fc.constantFrom('Order Completed', 'Signed Up');
const identifierType = fc.constantFrom('userId', 'email', 'phone', 'anonymousId');
const count = fc.nat(3);

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });

const operators = fc.record({
  equals: scalar,
  in: fc.array(scalar, { minLength: 1, maxLength: 3 }),
  contains: fc.constantFrom('a', 'b'),
  startsWith: fc.constantFrom('a', 'b'),
  exists: fc.boolean(),
  greaterThan: ordered,
  atLeast: ordered,
  lessThan: ordered,
  atMost: ordered,
});

// One operator or two: with more, hardly anybody meets them all.
const traitTest = fc
  .tuple(name, operators, fc.uniqueArray(fc.nat(8), { minLength: 1, maxLength: 2 }))
  .map(([of, all, chosen]) => ({
    name: of,
    ...Object.fromEntries(Object.entries(all).filter((_, n) => chosen.includes(n))),
  }));

/** A test of a trait alone: there are most ways to get it wrong. */
export const traitCondition: fc.Arbitrary<Condition> = traitTest.map((trait) => Condition.parse({ trait }));

const leaf = fc.oneof(
  traitTest.map((trait) => ({ trait })),
  fc.record({ type: identifierType, exists: optional(fc.boolean()) }).map((identifier) => ({ identifier })),
  fc
    .record({ name: eventName, atLeast: optional(count), atMost: optional(count), exactly: optional(count) })
    .map((event) => ({ event })),
  fc
    .record({
      name: fc.constant('total_spent'),
      currency: fc.constantFrom('EUR', 'JPY'),
      atLeast: fc.constantFrom(0, 1, 19.99, 20),
      atMost: optional(fc.constantFrom(0, 19.99, 2000)),
    })
    .map((sum) => ({ sum })),
  fc
    .record({ channel: fc.constant('email'), purpose: fc.constant('marketing'), granted: fc.boolean() })
    .map((consent) => ({ consent })),
);

/** Conditions of every kind and operator, parsed as a definition's are. */
export const condition: fc.Arbitrary<Condition> = fc
  .letrec((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
      fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
      tie('node').map((not) => ({ not })),
    ),
  }))
  .node.map((node) => Condition.parse(JSON.parse(JSON.stringify(node))));

/** People with few traits, events, sums, identifiers and consents. */
export const someone: fc.Arbitrary<Person> = fc
  .record({
    plan: optional(fc.oneof(scalar, fc.constant(null), fc.subarray(['a', 'b']))),
    age: optional(scalar),
    city: optional(scalar),
    whole: optional(scalar),
    identifiers: fc.uniqueArray(identifierType),
    orders: count,
    signUps: count,
    spent: optional(fc.constantFrom(0, 1, 1999, 2000, 2001)),
    consent: optional(fc.constantFrom<'granted' | 'denied'>('granted', 'denied')),
    market: optional(fc.constantFrom('fr', 'de')),
  })
  .map(({ plan, age, city, whole, identifiers, orders, signUps, spent, consent, market }) =>
    person('p', {
      profile: {
        traits: traits(
          present({ plan, age, address: city === undefined ? undefined : { city }, 'address.city': whole }),
        ),
        identifiers: Object.fromEntries(identifiers.map((type) => [`${type}#x`, stampedAt(1)])),
        consents: consent === undefined ? {} : { 'email/marketing': { status: consent, ...stampedAt(1) } },
        ...(market !== undefined && { market: { value: market, at: 1, id: 'm' } }),
      },
      activity: {
        events: {
          ...(orders > 0 && { 'Order Completed': { count: orders, first: 1, last: 2 } }),
          ...(signUps > 0 && { 'Signed Up': { count: signUps, first: 1, last: 2 } }),
        },
        sums: spent === undefined ? {} : { total_spent: { EUR: spent, JPY: spent } },
      },
    }),
  );

const present = (values: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
