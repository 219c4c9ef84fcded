import { isJson } from '#shared/events/json.ts';
import { compilePattern } from '#shared/traits/pattern.ts';
import type { SchemaPart } from './read-schema.ts';

/** Keywords whose schemas are asked of the same value. */
const OF_THE_SAME = ['allOf', 'anyOf', 'oneOf', 'if', 'then', 'else', 'dependencies'] as const;

/**
 * Makes the test whether a schema plans a property of the value that it is asked of: by name, by a pattern,
 * or because it says of all others what they must be. That it refuses all others (`additionalProperties:
 * false`) plans none.
 */
export function plannedNames(schema: SchemaPart): (name: string) => boolean {
  const names = new Set<string>();
  const patterns: ((name: string) => boolean | undefined)[] = [];
  let plansAll = false;

  function visit(part: unknown): void {
    if (Array.isArray(part)) for (const one of part) visit(one);
    if (!isJson(part)) return;
    const { properties, patternProperties, additionalProperties = false } = part;
    if (additionalProperties !== false) plansAll = true;
    if (isJson(properties)) for (const name of Object.keys(properties)) names.add(name);
    if (isJson(patternProperties)) patterns.push(...Object.keys(patternProperties).map(compilePattern));
    for (const keyword of OF_THE_SAME) {
      const held = part[keyword];
      visit(keyword === 'dependencies' && isJson(held) ? Object.values(held) : held);
    }
  }

  visit(schema);
  return (name) => plansAll || names.has(name) || patterns.some((matches) => matches(name) === true);
}
