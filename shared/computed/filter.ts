import * as z from 'zod';
import type { CollectedEvent } from '#shared/events/event.ts';
import { allowing, oneOf } from '#shared/traits/allowing.ts';
import { partAt } from '#shared/traits/part-at.ts';
import { compileOperators, VALUE_OPERATORS } from '#shared/traits/value-test.ts';

/** A place in an event's properties or context: names with dots between them, `page.path`. */
export const PropertyPath = z
  .string()
  .min(1)
  .max(200)
  .refine((path) => path.split('.').every((name) => name !== ''), 'names with one dot between them');

/** What is asked of the event itself; `name` is that of a page or screen. */
export const EventField = z.enum(['source', 'type', 'name', 'market', 'brand']);
export type EventField = z.infer<typeof EventField>;

const PLACES = ['property', 'context', 'field'] as const;
const OPERATORS = Object.keys(VALUE_OPERATORS);
const operators = oneOf(OPERATORS);

/**
 * What an event must be to count: one place in it, and operators that all hold. It is asked once, when
 * the event is folded, so that it can say nothing of the time that has passed since.
 */
export const Filter = z
  .strictObject(
    {
      property: PropertyPath.optional(),
      context: PropertyPath.optional(),
      field: EventField.optional(),
      ...VALUE_OPERATORS,
    },
    allowing([...PLACES, ...OPERATORS]),
  )
  .refine(
    (filter) => PLACES.filter((place) => filter[place] !== undefined).length === 1,
    `exactly one of ${PLACES.join(', ')} is needed`,
  )
  .refine(operators.holds, operators.message);
export type Filter = z.infer<typeof Filter>;

/** An event as aggregates look at it. */
export interface CountedEvent {
  readonly name: string;
  readonly at: number;
  readonly source: string;
  readonly market?: string | undefined;
  readonly brand?: string | undefined;
  readonly collected: Pick<CollectedEvent, 'type' | 'name' | 'properties' | 'context'>;
}

/** Makes filters a function: all of them must hold. */
export function compileFilters(filters: readonly Filter[]): (event: CountedEvent) => boolean {
  const tests = filters.map(compileFilter);
  return (event) => tests.every((test) => test(event));
}

function compileFilter({ property, context, field, ...test }: Filter): (event: CountedEvent) => boolean {
  const truth = compileOperators(test);
  const holds = (value: unknown): boolean => truth(value) === true;
  if (field !== undefined) return (event) => holds(fieldOf(event, field));
  if (context === undefined) {
    const read = readProperty(property ?? '');
    return (event) => holds(read(event));
  }
  const path = context.split('.');
  return ({ collected }) => holds(partAt(collected.context, path));
}

/** Makes the function that reads a property of an event. */
export function readProperty(property: string): (event: CountedEvent) => unknown {
  const path = property.split('.');
  return ({ collected }) => partAt(collected.properties, path);
}

function fieldOf(event: CountedEvent, field: EventField): string | undefined {
  return field === 'type' || field === 'name' ? event.collected[field] : event[field];
}
