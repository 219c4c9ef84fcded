import * as z from 'zod';
import { CONDITION_KINDS, type ConditionKind, ConditionTree } from './condition.ts';
import { Segment } from './segment.ts';

/** What each kind of condition means, for who hovers over it. */
const DESCRIPTIONS: Readonly<Record<ConditionKind, string>> = {
  all: 'All of these conditions hold.',
  any: 'At least one of these conditions holds.',
  not: 'This condition is known not to hold.',
  trait: 'A trait meets every operator given; a part of an object is named with dots.',
  identifier: 'The person has an identifier of a type; with operators, one that meets them.',
  event: 'An event happened so often; at least once where nothing is said. Never is exactly 0.',
  sequence: 'After the last first event another followed within so long; or, with absent, it did not.',
  returned: 'The last event came at least so long after the one before it.',
  compare: 'The last of some events came later, or earlier, than the last of others.',
  computed: 'A computed trait meets every operator given.',
  sum: 'A sum in a currency comes to at least, or at most, so much.',
  consent: 'The person said yes, or no, to a purpose on a channel.',
  segment: 'The person is, or is not, in another segment.',
};

/** The JSON Schema of a segment's definition, as it is put: for editors that complete and check as one types. */
export function segmentJsonSchema(): z.core.JSONSchema.BaseSchema {
  // The tree alone, since what is checked beyond it would have the schema say all of it twice
  return z.toJSONSchema(Segment.partial({ id: true }).extend({ condition: ConditionTree }), {
    io: 'input',
    reused: 'ref',
    override({ zodSchema, jsonSchema }) {
      if (zodSchema !== ConditionTree) return;
      jsonSchema.minProperties = 1;
      jsonSchema.maxProperties = 1;
      for (const kind of CONDITION_KINDS) describe(jsonSchema.properties?.[kind], DESCRIPTIONS[kind]);
    },
  });
}

function describe(property: z.core.JSONSchema._JSONSchema | undefined, description: string): void {
  if (typeof property === 'object') property.description = description;
}
