import fc from 'fast-check';
import { ComputedTrait } from '#shared/computed/computed-trait.ts';
import { Condition } from '#shared/segments/condition.ts';
import { SequenceTest } from '#shared/segments/event-test.ts';
import type { Segment } from '#shared/segments/segment.ts';

// Few names and values, so that conditions and people meet often.
const scalar = fc.constantFrom<string | number | boolean>('a', 'ab', 'b', 0, 1, 2, true);
const ordered = fc.constantFrom<string | number>('a', 'ab', 0, 1, 2);
const name = fc.constantFrom('plan', 'age', 'address.city', 'born');
const eventName = fc.constantFrom('Order Completed', 'Signed Up');
const identifierType = fc.constantFrom('userId', 'email', 'phone', 'anonymousId');
const count = fc.nat(3);

/** Stretches of time that people's histories are full of. */
export const duration = fc.constantFrom('15m', '24h', '48h', '7d', '30d');
const date = fc.oneof(
  fc.constantFrom('2026-03-08', '2026-03-08T12:00:00Z', '2025-12-31'),
  duration.map((ago) => ({ ago })),
  duration.map((ahead) => ({ ahead })),
);

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });

const TEXT = { equals: scalar, in: fc.array(scalar, { minLength: 1, maxLength: 3 }) };
const PARTS = {
  contains: fc.constantFrom('a', 'b'),
  startsWith: fc.constantFrom('a', 'b'),
  matches: fc.constantFrom('^a', 'b$', '^a?b$'),
};
const operators = {
  ...TEXT,
  ...PARTS,
  exists: fc.boolean(),
  greaterThan: ordered,
  atLeast: ordered,
  lessThan: ordered,
  atMost: ordered,
  before: date,
  after: date,
  within: duration,
  withinNext: duration,
  anniversary: fc.record({ withinDays: fc.constantFrom(0, 1, 7, 364, 365) }),
};

/** One or two of some operators: with more, hardly anybody meets them all. */
function someOf(all: Readonly<Record<string, fc.Arbitrary<unknown>>>, minLength = 1) {
  return fc
    .uniqueArray(fc.constantFrom(...Object.keys(all)), { minLength, maxLength: 2 })
    .chain((keys) => fc.record(Object.fromEntries(keys.map((key) => [key, all[key] ?? fc.constant(0)]))));
}

const traitTest = fc.tuple(name, someOf(operators)).map(([of, said]) => ({ name: of, ...said }));

/** A test of a trait alone: there are most ways to get it wrong. */
export const traitCondition: fc.Arbitrary<Condition> = traitTest.map((trait) => Condition.parse({ trait }));

const where = optional(
  fc.array(
    someOf({ equals: fc.constantFrom(1, 2, 'a'), exists: fc.boolean(), atLeast: fc.constantFrom(1, 2) }).map(
      (said) => ({ property: 'value', ...said }),
    ),
    { minLength: 1, maxLength: 2 },
  ),
);
const occasion = fc.record({ event: eventName, where });
const often = fc.record({ atLeast: optional(count), atMost: optional(count), exactly: optional(count) });
const once = fc.constantFrom({}, { atLeast: 1 }, { exactly: 0 }, { atMost: 0 });
const absolute = fc.constantFrom('2026-02-28', '2026-03-08T12:00:00Z', '2025-12-31', '2024-02-28');

/** Events at any time, and of stretches of time that are counted, looked back to, or have passed. */
const eventTest = fc
  .tuple(
    fc.record({ name: eventName, where }),
    fc.oneof(
      often,
      fc.tuple(once, duration).map(([said, within]) => ({ ...said, within })),
      fc.tuple(once, duration).map(([said, within]) => ({ ...said, within, first: true })),
      fc
        .tuple(often, fc.constantFrom('24h', '48h', '7d', '30d'))
        .map(([said, within]) => ({ ...said, within })),
      fc.tuple(once, duration).map(([said, ago]) => ({ ...said, before: { ago } })),
      fc.tuple(often, absolute).map(([said, before]) => ({ ...said, before })),
      fc.tuple(often, absolute, absolute).map(([said, ...two]) => ({
        ...said,
        between: two.toSorted((a, b) => Date.parse(a) - Date.parse(b)),
      })),
    ),
  )
  .map(([of, said]) => ({ event: { ...of, ...said } }));

const history = fc.oneof(
  fc
    .tuple(occasion, occasion, duration, optional(fc.boolean()))
    .map(([first, followedBy, within, absent]) => ({ sequence: { first, followedBy, within, absent } }))
    .filter(({ sequence }) => SequenceTest.safeParse(JSON.parse(JSON.stringify(sequence))).success),
  fc.record({ event: eventName, where, after: duration }).map((returned) => ({ returned })),
  fc
    .tuple(occasion, fc.constantFrom('laterThan', 'earlierThan'), occasion)
    .map(([last, than, other]) => ({ compare: { last, [than]: other } })),
  fc
    .tuple(
      fc.constantFrom('orders-7d', 'spent-24h', 'average'),
      someOf({ atLeast: count, lessThan: count, equals: count, exists: fc.boolean() }),
    )
    .map(([of, said]) => ({ computed: { name: of, ...said } })),
);

/** The computed traits that conditions ask for. */
export const COMPUTED: readonly ComputedTrait[] = [
  { id: 'orders-7d', function: 'count', window: { days: 7 } },
  { id: 'spent-24h', function: 'sum', property: 'value', window: { hours: 24 } },
  { id: 'average', function: 'average', property: 'value' },
].map((trait) => ComputedTrait.parse({ name: trait.id, event: 'Order Completed', ...trait }));

/** A test of what somebody did alone. */
export const historyCondition: fc.Arbitrary<Condition> = fc
  .oneof(eventTest, history)
  .map((said) => Condition.parse(JSON.parse(JSON.stringify(said))));

const leaf = fc.oneof(
  traitTest.map((trait) => ({ trait })),
  fc
    .tuple(identifierType, someOf({ ...TEXT, ...PARTS, exists: fc.boolean() }, 0))
    .map(([type, said]) => ({ identifier: { type, ...said } })),
  eventTest,
  eventTest,
  history,
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

/** Conditions of every kind and operator, parsed as a definition's are, that refer to these segments. */
export function conditionOn(...ids: readonly string[]): fc.Arbitrary<Condition> {
  const references = ids.map((id) => optional(fc.boolean()).map((member) => ({ segment: { id, member } })));
  const anyLeaf = fc.oneof({ weight: 4, arbitrary: leaf }, ...references);
  const { node } = fc.letrec((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      anyLeaf,
      fc.array(tie('node'), { minLength: 1, maxLength: 6 }).map((all) => ({ all })),
      fc.array(tie('node'), { minLength: 1, maxLength: 6 }).map((any) => ({ any })),
      tie('node').map((not) => ({ not })),
    ),
  }));
  // About one in 200,000 stands deeper than a definition may
  return node
    .map((tree): unknown => JSON.parse(JSON.stringify(tree)))
    .filter((tree) => Condition.safeParse(tree).success)
    .map((tree) => Condition.parse(tree));
}

export const condition: fc.Arbitrary<Condition> = conditionOn();

const scope = fc.constantFrom<Pick<Segment, 'market' | 'brand'>>({}, {}, { market: 'fr' }, { brand: 'main' });

/** Segments of which each may refer to those before it. */
export const segments: fc.Arbitrary<readonly Segment[]> = fc
  .tuple(
    conditionOn(),
    conditionOn('a'),
    conditionOn('a', 'b'),
    fc.array(scope, { minLength: 3, maxLength: 3 }),
  )
  .map(([a, b, c, scopes]) =>
    [a, b, c].map((one, at) => {
      const id = ['a', 'b', 'c'][at] ?? '';
      return { id, name: id, condition: one, ...scopes[at] };
    }),
  );
