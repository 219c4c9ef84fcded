import { isJson } from '#shared/events/json.ts';

/** What the schema of a call may ask of one value; an event has up to `LIMITS.eventNodes` of them. */
export const MAX_ASKED_OF_ONE = 100;

/**
 * The most that a schema which `readSchema` has read can ask of one value, itself or a part of it: each
 * schema is one thing, and each name that has to be there another. It is never less than that, and may be
 * more where several schemas of a value speak of its parts.
 */
export function askedOfOne(schema: unknown): number {
  if (!isJson(schema)) return 1;
  const { allOf, anyOf, oneOf, not, if: condition, dependencies, required } = schema;
  const { properties, patternProperties, additionalProperties, propertyNames } = schema;
  const { items, additionalItems, contains } = schema;
  const ofTheSame = [allOf, anyOf, oneOf, dependencies, [not, condition, schema.then, schema.else]];
  return (
    ofTheSame.reduce((sum: number, held) => sum + all(held), 0) +
    Math.max(
      1 + names(required) + valuesOf(dependencies).reduce((sum: number, one) => sum + names(one), 0),
      most(properties) + all(patternProperties),
      most([additionalProperties, propertyNames, additionalItems]),
      most(Array.isArray(items) ? items : [items]) + all([contains]),
    )
  );
}

const all = (held: unknown): number => asked(held).reduce((sum, one) => sum + one, 0);

const most = (held: unknown): number => asked(held).reduce((left, right) => Math.max(left, right), 0);

/** What each of several schemas asks, which stand in a list or under names; a list among them is of names. */
const asked = (held: unknown): readonly number[] =>
  valuesOf(held).flatMap((part) => (part === undefined || Array.isArray(part) ? [] : askedOfOne(part)));

const valuesOf = (held: unknown): readonly unknown[] => {
  if (Array.isArray(held)) return held;
  return isJson(held) ? Object.values(held) : [];
};

const names = (list: unknown): number => (Array.isArray(list) ? list.length : 0);
