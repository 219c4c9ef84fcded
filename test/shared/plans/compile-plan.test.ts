import { describe, expect, it } from 'vitest';
import type { Json } from '#shared/events/json.ts';
import { LIMITS } from '#shared/events/limits.ts';
import { compilePlan } from '#shared/plans/compile-plan.ts';
import { planFaults } from '#shared/plans/plan-faults.ts';
import { TrackingPlan } from '#shared/plans/tracking-plan.ts';
import { admissionRules, admitEvents } from '#shared/sources/admit-events.ts';
import { MAX_MATCHED_CHARACTERS } from '#shared/traits/pattern.ts';
import { collected } from '#test/support/events.ts';

const plan = (more: Json = {}) => compilePlan(TrackingPlan.parse({ id: 'p', name: 'P', ...more }));
/** Written so, since an object with a property "then" is taken for a promise. */
const when = (condition: Json, asked: Json): Json =>
  Object.fromEntries([
    ['if', condition],
    ['then', asked],
  ]);
/** What a schema finds wrong with the properties of a track call. */
const wrong = (schema: Json, properties: Json) => {
  const check = plan({
    events: { Bought: { schema } },
    unplannedProperties: 'allow',
    violations: 'quarantine',
  });
  const outcome = check(collected({ event: 'Bought', properties }));
  return outcome.kind === 'quarantined' ? outcome.details : [];
};
/** What is left of the properties of a track call; nothing where it is quarantined. */
const left = (schema: Json, properties: Json, more: Json = {}) => {
  const outcome = plan({
    events: { Bought: { schema } },
    violations: 'strip',
    unplannedProperties: 'allow',
    ...more,
  })(collected({ event: 'Bought', properties }));
  return outcome.kind === 'ok' ? outcome.value.properties : undefined;
};

describe('what is asked', () => {
  it.each<[keyword: string, schema: Json, properties: Json, found: readonly string[]]>([
    ['type', { properties: { a: { type: 'number' } } }, { a: '1' }, ['type /properties/a']],
    ['required', { required: ['a', 'toString'] }, { a: 1 }, ['required /properties/toString']],
    ['enum', { properties: { a: { enum: ['x', { b: 1, c: 2 }] } } }, { a: { c: 2, b: 1 } }, []],
    ['enum', { properties: { a: { enum: ['x', 1] } } }, { a: '1' }, ['enum /properties/a']],
    [
      'pattern',
      { properties: { a: { pattern: '^x' }, b: { pattern: '^y' } } },
      { a: 'x', b: 'x' },
      ['pattern /properties/b'],
    ],
    ['pattern', { properties: { a: { pattern: '^x*$' } } }, { a: 'x'.repeat(MAX_MATCHED_CHARACTERS) }, []],
    [
      'pattern',
      { properties: { a: { pattern: '^x*$' } } },
      { a: 'x'.repeat(MAX_MATCHED_CHARACTERS + 1) },
      ['pattern /properties/a'],
    ],
    ['format', { properties: { a: { format: 'date' } } }, { a: '2026-13-01' }, ['format /properties/a']],
    ['format', { properties: { a: { format: 'email' } } }, { a: 'ada@example.com' }, []],
    [
      'uniqueItems',
      { properties: { a: { uniqueItems: true } } },
      {
        a: [
          { b: 1, c: 2 },
          { c: 2, b: 1 },
        ],
      },
      ['uniqueItems /properties/a'],
    ],
    ['uniqueItems', { properties: { a: { uniqueItems: true } } }, { a: [1, '1', [1]] }, []],
    ['uniqueItems', { properties: { a: { uniqueItems: false } } }, { a: [1, 1] }, []],
    [
      'items',
      { properties: { a: { items: { required: ['b'] } } } },
      { a: [{}, { b: 1 }, {}] },
      ['required /properties/a/*/b'],
    ],
    [
      'additionalProperties',
      { additionalProperties: false },
      { 'a/b~c': 1 },
      ['additionalProperties /properties/a~1b~0c'],
    ],
    ['propertyNames', { propertyNames: { maxLength: 1 } }, { ab: 1 }, ['propertyNames /properties/ab']],
    ['dependencies', { dependencies: { a: ['b'] } }, { a: 1 }, ['dependencies /properties/b']],
    [
      'anyOf',
      { properties: { a: { anyOf: [{ type: 'number' }, { type: 'boolean' }] } } },
      { a: 'x' },
      ['anyOf /properties/a'],
    ],
    ['not', { properties: { a: { not: { required: ['b'] } } } }, { a: { b: 1 } }, ['not /properties/a']],
    [
      'contains',
      { properties: { a: { contains: { type: 'number' } } } },
      { a: ['x'] },
      ['contains /properties/a'],
    ],
    ['then', when({ required: ['a'] }, { required: ['b'] }), { a: 1 }, ['required /properties/b']],
    [
      'names that are keywords',
      { properties: { anyOf: { properties: { not: { type: 'number' } } } } },
      { anyOf: { not: 'x' } },
      ['type /properties/anyOf/not'],
    ],
    [
      'several at once',
      { properties: { a: { type: 'number' } }, required: ['b'] },
      { a: 'x' },
      ['required /properties/b', 'type /properties/a'],
    ],
  ])('by %s: %j', (_, schema, properties, found) => {
    expect(wrong(schema, properties)).toEqual(found);
  });

  it.each<[step: number, taken: readonly number[], refused: readonly number[]]>([
    [
      0.01,
      [19.99, -0.07, 0, 0.1 + 0.2, 114_702_096.07, 9_876_543_210.98, 1e21, 1e308],
      [19.999, 0.005, 1e-7],
    ],
    [1e-7, [3e-7, 19.99], [1.5e-7]],
    [2, [4, 0, -6, 1e21], [3, 0.5, Number.MAX_SAFE_INTEGER]],
    [1, [1e21], [1.000_000_1]],
    [2.5, [7.5], [7]],
  ])('by multipleOf %d, as the decimals that are written', (multipleOf, taken, refused) => {
    const schema = { properties: { a: { items: { multipleOf } } } };

    expect(wrong(schema, { a: taken })).toEqual([]);
    for (const a of refused) expect(wrong(schema, { a: [a] })).toEqual(['multipleOf /properties/a/*']);
  });

  it('is told of the worst event that there may be', () => {
    const schema = {
      properties: { a: { items: { required: Array.from({ length: 99 }, (_, n) => `n${n}`) } } },
    };
    const a = Array.from({ length: LIMITS.eventNodes }, () => ({}));

    expect(planFaults(TrackingPlan.parse({ id: 'p', name: 'P', page: { schema } }))).toEqual([]);
    expect(wrong(schema, { a })).toHaveLength(LIMITS.violations);
  });

  it.each([
    ['flag', (all: number) => ({ events: all, rejected: 0 })],
    ['strip', (all: number, unasked: number) => ({ events: all - unasked, rejected: unasked })],
    ['quarantine', (all: number) => ({ events: 0, rejected: all })],
  ] as const)('ends with too much that is wrong in one request: %s', (violations, ends) => {
    const schema = { properties: { a: { items: { type: 'string' } } } };
    const rules = admissionRules({}, plan({ events: { Bought: { schema } }, violations }));
    const event = collected({ event: 'Bought', properties: { a: Array.from({ length: 1_000 }, () => 1) } });
    const asked = LIMITS.requestViolations / 1_000;
    const events = Array.from({ length: asked + 2 }, () => event);

    const admitted = admitEvents(events, rules);

    const told = [
      ...admitted.events.map((one) => one.violations),
      ...admitted.rejected.map(({ details }) => details),
    ];
    expect({ events: admitted.events.length, rejected: admitted.rejected.length }).toEqual(
      ends(events.length, 2),
    );
    expect(told).toEqual([
      ...Array.from({ length: asked }, () => ['type /properties/a/*']),
      ...Array.from({ length: 2 }, () => ['too_many_violations']),
    ]);
    expect(admitEvents([event], rules)).toEqual(admitEvents(events.slice(0, 1), rules));
  });

  it('is told ten times at most, each once and no longer than is read', () => {
    const properties = Object.fromEntries(
      Array.from({ length: 20 }, (__, n) => [`${n}${'x'.repeat(300)}`, 1]),
    );

    const found = wrong({ additionalProperties: false }, properties);

    expect(found).toHaveLength(LIMITS.violations);
    for (const text of found ?? []) expect(text).toHaveLength(LIMITS.violationLength);
  });
});

describe('each call', () => {
  const schema = { properties: { a: { type: 'number' } } };
  const of = { identify: { schema }, group: { schema }, page: { schema }, screen: { schema } };
  const refuses = plan({ ...of, violations: 'quarantine', unplannedProperties: 'allow' });

  it.each(['identify', 'group'] as const)('%s is asked its traits', (type) => {
    expect(refuses(collected({ type, traits: { a: 'x' } }))).toMatchObject({ details: ['type /traits/a'] });
    expect(refuses(collected({ type, properties: { a: 'x' } }))).toMatchObject({ kind: 'ok' });
  });

  it.each(['page', 'screen'] as const)('%s is asked its properties', (type) => {
    expect(refuses(collected({ type, properties: { a: 'x' } }))).toMatchObject({
      details: ['type /properties/a'],
    });
    expect(refuses(collected({ type, traits: { a: 'x' } }))).toMatchObject({ kind: 'ok' });
  });

  it('alias is asked nothing, nor is one that the plan does not speak of', () => {
    expect(refuses(collected({ type: 'alias', properties: { a: 'x' } }))).toMatchObject({ kind: 'ok' });
    expect(plan({})(collected({ type: 'identify', traits: { a: 'x' } }))).toMatchObject({ kind: 'ok' });
  });

  it('identify is asked what RudderStack says in context.traits, which traits overrule', () => {
    const strips = plan({ ...of, violations: 'strip', unplannedProperties: 'allow' });
    const context = { locale: 'fr', traits: { a: 'x', b: 1 } };

    expect(refuses(collected({ type: 'identify', context }))).toMatchObject({ details: ['type /traits/a'] });
    expect(refuses(collected({ type: 'identify', context, traits: { a: 1 } }))).toMatchObject({ kind: 'ok' });
    const outcome = strips(collected({ type: 'identify', context, traits: { c: 1 } }));
    expect(outcome).toMatchObject({ value: { traits: { b: 1, c: 1 }, context: { locale: 'fr' } } });
    expect(outcome.kind === 'ok' && outcome.value.context).toEqual({ locale: 'fr' });
    expect(outcome.kind === 'ok' && outcome.value.traits).toEqual({ b: 1, c: 1 });
  });
});

describe('what is not planned', () => {
  const events = { Bought: { schema: { properties: { a: {} }, patternProperties: { '^x_': {} } } } };
  const other = collected({ event: 'toString' });
  const bought = collected({ event: 'Bought', properties: { a: 1, x_1: 2, b: 3 } });

  it.each([
    ['allow', other],
    ['flag', { ...other, violations: ['unplanned_event'] }],
  ] as const)('of events comes in by %s', (unplannedEvents, value) => {
    expect(plan({ events, unplannedEvents })(other)).toEqual({ kind: 'ok', value });
  });

  it('of events is quarantined where the plan says so', () => {
    expect(plan({ events, unplannedEvents: 'quarantine' })(other)).toEqual({
      kind: 'quarantined',
      reason: 'plan_violation',
      details: ['unplanned_event'],
    });
  });

  it.each([
    ['allow', bought],
    ['flag', { ...bought, violations: ['unplanned_property /properties/b'] }],
    ['strip', { ...bought, properties: { a: 1, x_1: 2 }, violations: ['unplanned_property /properties/b'] }],
  ] as const)('of properties comes in by %s', (unplannedProperties, value) => {
    expect(plan({ events, unplannedProperties })(bought)).toEqual({ kind: 'ok', value });
  });

  it.each<Json>([
    { additionalProperties: true },
    { additionalProperties: { type: 'number' } },
    { allOf: [{ properties: { b: {} } }] },
    when({ properties: { b: {} } }, {}),
    { dependencies: { a: { properties: { b: {} } } } },
  ])('is nothing that the schema speaks of anywhere: %j', (more) => {
    const check = plan({ events: { Bought: { schema: { ...events.Bought.schema, ...more } } } });

    expect(check(bought)).toEqual({ kind: 'ok', value: bought });
  });

  it('is taken out before the schema is asked, which may refuse it too', () => {
    const schema = { properties: { a: {} }, additionalProperties: false };
    const strict = { events: { Bought: { schema } }, violations: 'quarantine' };
    const said = collected({ event: 'Bought', properties: { a: 1, b: 2 } });

    expect(plan({ ...strict, unplannedProperties: 'strip' })(said)).toMatchObject({ kind: 'ok' });
    expect(plan({ ...strict, unplannedProperties: 'flag' })(said)).toMatchObject({ kind: 'quarantined' });
  });
});

describe('stripping', () => {
  it.each<[Json, Json, Json | undefined]>([
    [{ properties: { a: { type: 'number' } } }, { a: 'x', b: 1 }, { b: 1 }],
    [
      { properties: { a: { properties: { b: { type: 'number' } } } } },
      { a: { b: 'x', c: 1 } },
      { a: { c: 1 } },
    ],
    [{ properties: { a: { items: { type: 'number' } } } }, { a: ['x', 1, 'y', 2] }, { a: [1, 2] }],
    [{ properties: { a: { items: { required: ['b'] } } } }, { a: [{}, { b: 1 }] }, { a: [{ b: 1 }] }],
    [{ properties: { a: { items: { required: ['b'] } } }, required: ['a'] }, { a: [{}] }, { a: [] }],
    [{ properties: { a: { type: 'number' } }, required: ['a'] }, { a: 'x' }, undefined],
    [{ required: ['a'] }, {}, undefined],
    [{ properties: { a: { minItems: 2, items: { type: 'number' } } } }, { a: [1, 'x'], b: 1 }, { b: 1 }],
    [{ dependencies: { a: ['b'] } }, { a: 1, c: 2 }, { c: 2 }],
    [{ additionalProperties: false, properties: { a: {} } }, { a: 1, b: 2 }, { a: 1 }],
    [{ propertyNames: { maxLength: 1 } }, { a: 1, bc: 2 }, { a: 1 }],
    [
      {
        properties: {
          a: { anyOf: [{ required: ['b'] }, { properties: { c: { type: 'number' } }, required: ['d'] }] },
        },
      },
      { a: { c: 'x' }, e: 1 },
      { e: 1 },
    ],
    [{ anyOf: [{ required: ['a'] }, { required: ['b'] }] }, { c: 1 }, undefined],
    [{ maxProperties: 1 }, { a: 1, b: 2 }, undefined],
    [when({ required: ['a'] }, { properties: { b: { type: 'number' } } }), { a: 1, b: 'x' }, { a: 1 }],
  ])('by %j leaves of %j %j', (schema, properties, expected) => {
    expect(left(schema, properties)).toEqual(expected);
  });

  it('says what it took out, and tells one that cannot be mended', () => {
    const events = { Bought: { schema: { properties: { a: { type: 'number' } }, required: ['b'] } } };
    const check = plan({ events, violations: 'strip', unplannedProperties: 'allow' });

    expect(check(collected({ event: 'Bought', properties: { a: 'x', b: 1 } }))).toMatchObject({
      value: { properties: { b: 1 }, violations: ['type /properties/a'] },
    });
    expect(check(collected({ event: 'Bought', properties: { a: 'x' } }))).toEqual({
      kind: 'quarantined',
      reason: 'plan_violation',
      details: ['required /properties/b', 'type /properties/a'],
    });
  });
});

describe('flagging', () => {
  it('leaves an event that nothing is wrong with the same object, and adds to what was said before', () => {
    const events = { Bought: { schema: { properties: { a: { type: 'number' } } } } };
    const good = collected({ event: 'Bought', properties: { a: 1 } });
    const bad = collected({ event: 'Bought', properties: { a: 'x' }, violations: ['unplanned_event'] });

    const good2 = plan({ events })(good);

    expect(good2.kind === 'ok' && good2.value).toBe(good);
    expect(plan({ events })(bad)).toMatchObject({
      value: { violations: ['unplanned_event', 'type /properties/a'], properties: { a: 'x' } },
    });
  });
});
