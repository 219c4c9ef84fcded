import * as z from 'zod';
import { LIMITS } from '#shared/events/limits.ts';
import { isDangerousKey } from '#shared/events/tidy.ts';
import { jsonBytes } from '#shared/kernel/utf8-bytes.ts';
import { Slug } from '#shared/sources/source.ts';

/**
 * A trait's name as events say it, which is the id of its definition: `firstName`, `E-mail opt-in`.
 * No slash or control character, since it stands in a path.
 */
export const TraitName = z
  .string()
  .min(1)
  .refine((name) => jsonBytes(name) <= LIMITS.traitNameBytes, `at most ${LIMITS.traitNameBytes} bytes`)
  .refine((name) => !/[/\p{Cc}\p{Cs}]/u.test(name), 'no slash and no control character')
  .refine((name) => !isDangerousKey(name) && !(name in Object.prototype), 'not a name that every object has');
export type TraitName = z.infer<typeof TraitName>;

/**
 * Which of the writes of a trait make its value:
 * - `latest`: the last one; `null` takes the value away;
 * - `first`: the earliest;
 * - `max`, `min`: the greatest or least value, in the one order of all JSON values;
 * - `union`: a list of the distinct values said last; `null` takes away what was said before it;
 * - `mostTrustedSource`: the latest of the first source in a ranking that says anything; `null` takes
 *   back what that source said.
 */
export const TraitStrategy = z.enum(['latest', 'first', 'max', 'min', 'union', 'mostTrustedSource']);
export type TraitStrategy = z.infer<typeof TraitStrategy>;

/** What a value is read as; a value that is none is refused, and the refusal listed. */
export const TraitType = z.enum([
  'text',
  'number',
  'boolean',
  'date',
  'country',
  'currency',
  'money',
  'phone',
  'email',
]);
export type TraitType = z.infer<typeof TraitType>;

/** How many values a union keeps unless it says so. */
export const DEFAULT_UNION_LIMIT = 20;
/** How many it may keep. */
export const MAX_UNION_LIMIT = 50;
/** How many sources a ranking may have; those that are not in it share one more place. */
export const MAX_RANKED_SOURCES = 10;

/** How many writes all traits together may keep that keep several, so that a person fits one item. */
export const MAX_KEPT_WRITES = 150;

/** How a trait is kept where the last write alone is not what is wanted. */
export const TraitDefinition = z
  .strictObject({
    id: TraitName,
    strategy: TraitStrategy.default('latest'),
    type: TraitType.optional(),
    /** Most trusted first. */
    sources: z.array(Slug).min(1).max(MAX_RANKED_SOURCES).optional(),
    limit: z.int().positive().max(MAX_UNION_LIMIT).optional(),
  })
  .refine(({ strategy, sources }) => (strategy === 'mostTrustedSource') === (sources !== undefined), {
    path: ['sources'],
    message: 'goes with mostTrustedSource, and with nothing else',
  })
  .refine(({ sources }) => sources === undefined || new Set(sources).size === sources.length, {
    path: ['sources'],
    message: 'each source once',
  })
  .refine(({ strategy, limit }) => strategy === 'union' || limit === undefined, {
    path: ['limit'],
    message: 'goes with union, and with nothing else',
  });
export type TraitDefinition = z.infer<typeof TraitDefinition>;

/** How many writes a trait of this definition keeps at most. */
export function writesKept({ strategy, sources = [], limit = DEFAULT_UNION_LIMIT }: TraitDefinition): number {
  // A union keeps its latest tombstone too, a ranking the latest of all that are not in it, as where there is none
  return strategy === 'union' ? limit + 1 : sources.length + 1;
}

/** Rules by trait name; a trait without one is `latest`, of any type. */
export type TraitRules = ReadonlyMap<string, TraitDefinition>;

/** Of the traits that Segment's spec reserves, those that have one meaning everywhere. https://segment.com/docs/connections/spec/identify/#traits */
const RESERVED: readonly TraitDefinition[] = [
  { id: 'birthday', strategy: 'latest', type: 'date' },
  { id: 'createdAt', strategy: 'latest', type: 'date' },
];

/** The rules of a workspace: its own definitions, over those of the reserved traits. */
export const traitRules = (definitions: readonly TraitDefinition[]): TraitRules =>
  new Map([...RESERVED, ...definitions].map((definition) => [definition.id, definition]));

/** The rules of a workspace that has defined none. */
export const DEFAULT_RULES: TraitRules = traitRules([]);
