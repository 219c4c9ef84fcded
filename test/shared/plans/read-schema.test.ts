import { describe, expect, it } from 'vitest';
import type { Json } from '#shared/events/json.ts';
import { planFaults } from '#shared/plans/plan-faults.ts';
import { MAX_SCHEMA_DEPTH, MAX_SCHEMA_PARTS, readSchema } from '#shared/plans/read-schema.ts';
import { TrackingPlan } from '#shared/plans/tracking-plan.ts';

/** Written so, since an object with a property "then" is taken for a promise. */
const when = (condition: Json, asked: Json): Json =>
  Object.fromEntries([
    ['if', condition],
    ['then', asked],
  ]);
/** Places of what is wrong with a schema of identify calls. */
const faults = (schema: Json) =>
  planFaults(TrackingPlan.parse({ id: 'p', name: 'P', identify: { schema } })).map(({ path }) =>
    path.slice(2).join('.'),
  );
const nested = (levels: number): Json => (levels === 0 ? {} : { properties: { a: nested(levels - 1) } });

describe('a schema', () => {
  it.each<Json>([
    {},
    { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: 'x', title: 'T', examples: [1] },
    { type: ['string', 'null'] },
    { items: [{ type: 'number' }, true], additionalItems: false },
    { $ref: '#/definitions/a', definitions: { a: { $ref: '#/definitions/b' }, b: { type: 'object' } } },
    { properties: { a: { $ref: '#/$defs/x~1y' } }, $defs: { 'x/y': { format: 'date' } } },
    when({ required: ['a'] }, { required: ['b'] }),
    { dependencies: { a: ['b'], c: { required: ['d'] } } },
    { patternProperties: { '^x_': { type: 'number' } }, additionalProperties: false },
    { properties: { x_a: { minimum: 1 } }, patternProperties: { '(?i)^X_': { type: 'number' } } },
    nested(MAX_SCHEMA_DEPTH),
    { enum: ['a', 1, null, { b: 1 }] },
  ])('may be %j', (schema) => {
    expect(faults(schema)).toEqual([]);
  });

  it.each<[Json, string]>([
    [{ type: 'text' }, 'type'],
    [{ required: 'total' }, 'required'],
    [{ properties: [] }, 'properties'],
    [{ allOf: {} }, 'allOf'],
    [{ minimum: '1' }, 'minimum'],
    [{ properties: { a: 'text' } }, 'properties.a'],
    [{ properties: { a: { pattern: '(?=x)' } } }, 'properties.a.pattern'],
    [{ patternProperties: { '(': {} } }, 'patternProperties.('],
    [{ properties: { a: { format: 'phone' } } }, 'properties.a.format'],
    [{ properties: { a: { $id: 'x' } } }, 'properties.a.$id'],
    [{ unevaluatedProperties: false }, 'unevaluatedProperties'],
    [{ prefixItems: [{}] }, 'prefixItems'],
    [{ $ref: 'https://example.com/x.json' }, '$ref'],
    [{ $ref: '#/definitions/lost' }, '$ref'],
    [{ $ref: '#/definitions/toString', definitions: {} }, '$ref'],
    [
      { $ref: '#/definitions/a', definitions: { a: { not: { $ref: '#/definitions/a' } } } },
      'definitions.a.not.$ref',
    ],
    [{ if: { required: ['a'] } }, ''],
    [{ definitions: { unused: { type: 'text' } } }, 'definitions.unused.type'],
  ])('is refused as %j, at %s', (schema, place) => {
    expect(faults(schema)).toContain(place);
  });

  it('has a bounded size, however its definitions multiply', () => {
    const definitions = Object.fromEntries(
      Array.from({ length: 12 }, (_, n) => {
        const next = { $ref: `#/definitions/d${n + 1}` };
        return [`d${n}`, { properties: { a: next, b: next } }];
      }),
    );
    const schema = { $ref: '#/definitions/d0', definitions: { ...definitions, d12: {} } };

    expect(readSchema(schema).faults).toMatchObject([
      { path: [], message: expect.stringContaining(`at most ${MAX_SCHEMA_PARTS} schemas`) },
    ]);
  });

  it('has a bounded depth', () => {
    expect(readSchema(nested(MAX_SCHEMA_DEPTH + 1)).faults).toMatchObject([
      { message: expect.stringContaining(`at most ${MAX_SCHEMA_DEPTH} schemas`) },
    ]);
  });

  it('asks what stands beside a $ref as well, as newer drafts do', () => {
    const schema = {
      $ref: '#/definitions/a',
      allOf: [{ type: 'string' }],
      minLength: 2,
      definitions: { a: { maxLength: 3 } },
    };

    expect(readSchema(schema).schema).toEqual({
      allOf: [{ type: 'string' }, { maxLength: 3 }],
      minLength: 2,
    });
  });
});
