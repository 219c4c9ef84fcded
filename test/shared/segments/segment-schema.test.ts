import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { segmentJsonSchema } from '#shared/segments/segment-schema.ts';
import { condition } from '#test/support/segment-arbitraries.ts';

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
const schema = z.fromJSONSchema(segmentJsonSchema());
const isTaken = (definition: unknown): boolean => schema.safeParse(definition).success;

describe('docs/api/segment.schema.json', () => {
  it('is in the repository as the schema gives it: node functions/admin/write-openapi.ts writes it', () => {
    expect(read('docs/api/segment.schema.json')).toEqual(JSON.parse(JSON.stringify(segmentJsonSchema())));
  });

  it('takes every definition that the API takes', () => {
    fc.assert(
      fc.property(condition, (tree) => {
        expect(isTaken({ name: 'S', condition: JSON.parse(JSON.stringify(tree)) })).toBe(true);
      }),
    );
  });

  it.each([
    { name: 'S' },
    { name: 'S', condition: { trai: { name: 'plan', equals: 'pro' } } },
    { name: 'S', condition: { any: [{ event: { name: 'A', atLest: 1 } }] } },
    { name: 'S', condition: { event: { name: 'A', within: '30 days' } } },
    { name: 'S', condition: { sequence: { first: { event: 'A' }, within: '1h' } } },
  ])('refuses %j', (definition) => {
    expect(isTaken(definition)).toBe(false);
  });

  it('says what each kind means, and that one stands alone', () => {
    expect(JSON.stringify(segmentJsonSchema())).toMatch(/"minProperties":1,"maxProperties":1/);
    expect(JSON.stringify(segmentJsonSchema())).toContain(
      '"description":"At least one of these conditions holds."',
    );
  });
});
