import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { compileSegments } from '#shared/segments/compile.ts';
import { CONDITION_KINDS, Condition, TraitTest } from '#shared/segments/condition.ts';
import { Segment } from '#shared/segments/segment.ts';
import { person, traits } from '#test/support/person.ts';

const guide = readFileSync('docs/guides/segments.md', 'utf8');
const examples = [...guide.matchAll(/```json\n([^`]+)```/g)].map(([, json = '']): unknown =>
  JSON.parse(json),
);

/** An example is a segment without the id that stands in its path, or a condition alone. */
const Example = z.union([
  z
    .looseObject({ condition: z.unknown() })
    .transform((segment) => Segment.parse({ ...segment, id: 'example' })),
  Condition.transform((condition) => ({ id: 'example', name: 'Example', condition })),
]);

describe('docs/guides/segments.md', () => {
  it('shows conditions that compile', () => {
    const segments = examples.map((example) => Example.parse(example));

    expect(segments).toHaveLength(4);
    const somebody = person('p', {
      profile: { traits: traits({ age: 36, address: { city: 'London' }, plan: 'pro-2' }) },
    });
    const members = segments.map(
      (segment) => compileSegments([segment], 1).evaluate(somebody, 0).members.size,
    );
    expect(members).toEqual([0, 1, 0, 1]);
  });

  it('tells every kind of condition and every operator', () => {
    for (const name of [...CONDITION_KINDS, ...Object.keys(TraitTest.shape)]) {
      expect(guide).toContain(name === 'name' ? '"name"' : `\`${name}\``);
    }
  });
});
