import fc from 'fast-check';
import { Condition } from '#shared/segments/condition.ts';
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
const PARTS = { contains: fc.constantFrom('a', 'b'), startsWith: fc.constantFrom('a', 'b') };
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

const within = fc.constantFrom({}, { atLeast: 1 }, { exactly: 0 }, { atMost: 0 });

const leaf = fc.oneof(
  traitTest.map((trait) => ({ trait })),
  fc
    .tuple(identifierType, someOf({ ...TEXT, ...PARTS, exists: fc.boolean() }, 0))
    .map(([type, said]) => ({ identifier: { type, ...said } })),
  fc
    .record({ name: eventName, atLeast: optional(count), atMost: optional(count), exactly: optional(count) })
    .map((event) => ({ event })),
  fc
    .tuple(eventName, duration, within)
    .map(([of, span, said]) => ({ event: { name: of, within: span, ...said } })),
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
  return fc
    .letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        anyLeaf,
        fc.array(tie('node'), { minLength: 1, maxLength: 6 }).map((all) => ({ all })),
        fc.array(tie('node'), { minLength: 1, maxLength: 6 }).map((any) => ({ any })),
        tie('node').map((not) => ({ not })),
      ),
    }))
    .node.map((node) => Condition.parse(JSON.parse(JSON.stringify(node))));
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
