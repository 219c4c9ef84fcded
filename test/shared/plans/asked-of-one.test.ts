import { describe, expect, it } from 'vitest';
import type { Json } from '#shared/events/json.ts';
import { askedOfOne, MAX_ASKED_OF_ONE } from '#shared/plans/asked-of-one.ts';
import { readSchema } from '#shared/plans/read-schema.ts';

/** Written so, since an object with a property "then" is taken for a promise. */
const conditional = (condition: Json, then: Json, otherwise: Json): Json =>
  Object.fromEntries([
    ['if', condition],
    ['then', then],
    ['else', otherwise],
  ]);
const three = { allOf: [{}, {}] };
const four = { allOf: [{}, {}, {}] };

describe('what a schema asks of one value', () => {
  it.each<[Json, number]>([
    [{}, 1],
    [{ type: 'object', minProperties: 1 }, 1],
    [{ required: ['a', 'b'] }, 3],
    [{ allOf: [{}, {}], anyOf: [{}], oneOf: [{}, {}, {}] }, 7],
    [{ not: three }, 4],
    [conditional({}, three, four), 9],
    [{ dependencies: { a: ['b', 'c'], d: three, e: true } }, 7],
    [{ dependencies: { a: { required: ['b'] } } }, 3],
    [{ properties: { a: three, b: four, c: true } }, 4],
    [{ properties: { a: three, b: {} }, patternProperties: { x: {}, y: three } }, 7],
    [{ properties: { a: {} }, additionalProperties: three }, 3],
    [{ additionalProperties: false }, 1],
    [{ propertyNames: three, properties: { a: {} } }, 3],
    [{ items: three, contains: four }, 7],
    [{ items: [three, four, {}], additionalItems: { not: four } }, 5],
    [{ items: [], additionalItems: three }, 3],
    [{ anyOf: [{ properties: { a: three } }, { items: { properties: { b: four } } }] }, 8],
    [{ properties: { a: { items: { properties: { b: three } } } } }, 3],
  ])('of %j is %i', (schema, asked) => {
    expect(askedOfOne(schema)).toBe(asked);
  });

  it.each<[what: string, of: (count: number) => Json]>([
    ['alternatives', (count) => ({ anyOf: Array.from({ length: count }, (_, n) => ({ const: n })) })],
    ['required names', (count) => ({ required: Array.from({ length: count }, (_, n) => `n${n}`) })],
    [
      'patterns',
      (count) => ({
        items: {
          properties: { a: true },
          patternProperties: Object.fromEntries(Array.from({ length: count }, (_, n) => [`^${n}`, {}])),
        },
      }),
    ],
  ])('is bounded, such as %s', (_, of) => {
    expect(readSchema(of(MAX_ASKED_OF_ONE - 1)).faults).toEqual([]);
    expect(readSchema(of(MAX_ASKED_OF_ONE)).faults).toMatchObject([
      {
        path: [],
        message: expect.stringContaining(`at most ${MAX_ASKED_OF_ONE} schemas and required names`),
      },
    ]);
  });

  it('does not grow with the properties that there are', () => {
    const nullable = { anyOf: [{ type: 'string' }, { type: 'null' }] };
    const properties = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`p${n}`, nullable]));

    expect(readSchema({ properties }).faults).toEqual([]);
  });
});
