import fc from 'fast-check';
import type { CollectedEvent } from '#shared/events/event.ts';
import type { Json } from '#shared/events/json.ts';
import { TrackingPlan } from '#shared/plans/tracking-plan.ts';
import { collected } from './events.ts';

const name = fc.constantFrom('a', 'b', 'x_1');
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 2 });

/** Keywords in few values, alone or together, so that a value often meets some and breaks others. */
const { schema } = fc.letrec<{ schema: Json }>((tie) => ({
  schema: fc
    .oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom<Json>(
        {},
        { type: 'string' },
        { type: ['number', 'null'] },
        { type: 'object' },
        { enum: ['x', 1, { a: 1 }] },
        { const: 1 },
        { minimum: 2 },
        { pattern: '^x' },
        { minLength: 2 },
        { format: 'date' },
        { uniqueItems: true },
        { minItems: 2 },
        { maxProperties: 1 },
      ),
      fc.record({ required: names }),
      fc.record({ properties: fc.dictionary(name, tie('schema'), { maxKeys: 2 }) }),
      fc.record({
        properties: fc.dictionary(name, tie('schema'), { maxKeys: 2 }),
        required: names,
        additionalProperties: fc.boolean(),
      }),
      fc.record({ patternProperties: tie('schema').map((of) => ({ '^x_': of })) }),
      fc.record({ propertyNames: tie('schema') }),
      fc.record({ dependencies: fc.record({ a: fc.constant(['b']) }) }),
      fc.record({ items: tie('schema') }),
      fc.record({ contains: tie('schema') }),
      fc.record({ allOf: fc.tuple(tie('schema'), tie('schema')) }),
      fc.record({ anyOf: fc.tuple(tie('schema'), tie('schema')) }),
      fc.record({ oneOf: fc.tuple(tie('schema'), tie('schema')) }),
      fc.record({ not: tie('schema') }),
      fc.tuple(tie('schema'), tie('schema')).map(([condition, asked]) =>
        Object.fromEntries([
          ['if', condition],
          ['then', asked],
        ]),
      ),
    )
    .map((of): Json => of),
}));

/** Mostly of what a call says by name, as people write them. */
const root = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record(
      {
        properties: fc.record({ a: schema, b: schema }),
        required: names,
        additionalProperties: fc.boolean(),
      },
      { requiredKeys: ['properties'] },
    ),
  },
  { weight: 1, arbitrary: schema },
);

/** As JSON is parsed, whose objects are of a prototype: ajv's own `enum` tells those that are not apart. */
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<unknown>('x', 'xy', 'y', '2026-11-22', 1, 3, null, true),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

/** What a call says, of few names and values. */
export const payload = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'x_1'), value, {
  maxKeys: 4,
  noNullPrototype: true,
});

/** A plan of any settings that plans the event A, and the traits of identify calls. */
export const trackingPlan = (fixed: Partial<TrackingPlan> = {}): fc.Arbitrary<TrackingPlan> =>
  fc
    .record({
      events: fc.record({ A: fc.record({ schema: root }) }),
      identify: fc.record({ schema: root }),
      unplannedEvents: fc.constantFrom('allow', 'flag', 'quarantine'),
      unplannedProperties: fc.constantFrom('allow', 'flag', 'strip'),
      violations: fc.constantFrom('flag', 'strip', 'quarantine'),
    })
    .map((said) => TrackingPlan.parse({ id: 'p', name: 'P', ...said, ...fixed }));

const call: fc.Arbitrary<Partial<CollectedEvent>> = fc.oneof(
  fc.record({ event: fc.constantFrom('A', 'A', 'B'), properties: payload }),
  fc.record({ type: fc.constant('identify' as const), traits: payload }),
  fc.record({
    type: fc.constant('identify' as const),
    traits: payload,
    context: fc.record({ traits: payload }),
  }),
  fc.record({ type: fc.constantFrom('page' as const, 'alias' as const), properties: payload }),
);

/** Calls with message ids of their own. */
export const calls: fc.Arbitrary<readonly CollectedEvent[]> = fc
  .array(call, { maxLength: 4 })
  .map((said) => said.map((one, n) => collected({ ...one, messageId: `m${n}` })));
