import { isJson, type Json } from '#shared/events/json.ts';
import { own } from '#shared/kernel/own.ts';
import { Pattern } from '#shared/traits/pattern.ts';
import { askedOfOne, MAX_ASKED_OF_ONE } from './asked-of-one.ts';

/** Schemas inside one call's schema, each counted wherever a `$ref` names it. */
export const MAX_SCHEMA_PARTS = 1_000;
/** Schemas in each other: as many as a plan may be deep in JSON, and more than an event is (`LIMITS.eventDepth`). */
export const MAX_SCHEMA_DEPTH = 14;

/** A fault in a schema: where it stands, and what is allowed there. */
export interface SchemaFault {
  readonly path: readonly string[];
  readonly message: string;
}

export type SchemaPart = Json | boolean;

/** As JSON Schema has them, all of them in ajv-formats' strict form. */
export const FORMATS = [
  'date',
  'time',
  'date-time',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uri',
  'uuid',
] as const;

/** Keywords whose value is a schema. */
const HOLDS_ONE = new Set([
  'additionalItems',
  'additionalProperties',
  'contains',
  'else',
  'if',
  'not',
  'propertyNames',
  'then',
]);
/** … a list of schemas, or (items) one schema. */
const HOLDS_LIST = new Set(['allOf', 'anyOf', 'items', 'oneOf']);
/** … schemas by names; of `dependencies` also lists of names. */
const HOLDS_NAMED = new Set(['dependencies', 'patternProperties', 'properties']);
const ASSERTS = new Set([
  ...['const', 'enum', 'format', 'pattern', 'required', 'type', 'uniqueItems'],
  ...['exclusiveMaximum', 'exclusiveMinimum', 'maximum', 'minimum', 'multipleOf'],
  ...['maxItems', 'minItems', 'maxLength', 'minLength', 'maxProperties', 'minProperties'],
]);
/** Said to people and programs, or looked up by `$ref`: nothing is asked of a value by these. */
const SILENT = new Set([
  ...['$comment', '$defs', '$schema', 'default', 'definitions', 'deprecated', 'description', 'examples'],
  ...['readOnly', 'title', 'writeOnly'],
]);
const REFERENCE = /^#\/(definitions|\$defs)\/([^/]+)$/;

/**
 * Reads a schema of draft 7 as far as plans take it: every keyword is known, every pattern is one of RE2,
 * and a `$ref` names a definition beside it, in whose place that is written. So a schema is a tree of a
 * bounded size that asks a bounded number of things of a value, and what it takes to ask it grows with that
 * number and the values of an event, and no faster.
 *
 * @returns the schema without what asks nothing; where there are faults, it is not to be used
 */
export function readSchema(root: Json): {
  readonly schema: SchemaPart;
  readonly faults: readonly SchemaFault[];
} {
  const faults: SchemaFault[] = [];
  let parts = 0;

  function read(part: unknown, path: readonly string[], within: readonly string[]): SchemaPart {
    if (typeof part === 'boolean') return part;
    if (!isJson(part)) return fault(path, 'must be a schema: an object, true or false');
    parts += 1;
    if (parts > MAX_SCHEMA_PARTS) return parts === MAX_SCHEMA_PARTS + 1 && fault([], TOO_LARGE);
    if (path.length > MAX_PATH || within.length > MAX_SCHEMA_DEPTH) return fault(path, TOO_DEEP);
    const { $ref, ...rest } = part;
    const said = Object.fromEntries(
      Object.entries(rest).flatMap(([keyword, value]) => {
        if (SILENT.has(keyword) || (keyword === '$id' && part === root)) return [];
        return [[keyword, readKeyword(keyword, value, { path: [...path, keyword], within })]];
      }),
    );
    if ($ref === undefined) return said;
    const meant = resolve($ref, [...path, '$ref'], within);
    if (Object.keys(said).length === 0) return meant;
    return { ...said, allOf: [...(Array.isArray(said.allOf) ? said.allOf : []), meant] };
  }

  function readKeyword(
    keyword: string,
    value: unknown,
    { path, within }: { readonly path: readonly string[]; readonly within: readonly string[] },
  ): unknown {
    if (HOLDS_ONE.has(keyword)) return read(value, path, within);
    if (HOLDS_LIST.has(keyword)) {
      return Array.isArray(value)
        ? value.map((one, index) => read(one, [...path, String(index)], within))
        : read(value, path, within);
    }
    if (HOLDS_NAMED.has(keyword) && isJson(value)) {
      const named = Object.entries(value).map(([name, one]) => {
        const at = [...path, name];
        if (keyword === 'patternProperties') readPattern(name, at);
        return [name, keyword === 'dependencies' && Array.isArray(one) ? one : read(one, at, within)];
      });
      return Object.fromEntries(named);
    }
    if (keyword === 'pattern') readPattern(value, path);
    if (keyword === 'format' && !FORMATS.some((format) => format === value)) {
      fault(path, `must be one of ${FORMATS.join(', ')}`);
    }
    if (!ASSERTS.has(keyword) && !HOLDS_NAMED.has(keyword)) fault(path, 'no keyword that is read here');
    return value;
  }

  function resolve($ref: unknown, path: readonly string[], within: readonly string[]): SchemaPart {
    const [, holder = '', escaped = ''] = REFERENCE.exec(String($ref)) ?? [];
    const name = unescapePointer(escaped);
    const definitions = own(root, holder);
    const definition = isJson(definitions) ? own(definitions, name) : undefined;
    if (definition === undefined)
      return fault(path, 'must name one of the definitions beside it: #/definitions/…');
    if (within.includes(name)) return fault(path, 'comes back to itself');
    return read(definition, [holder, name], [...within, name]);
  }

  function readPattern(pattern: unknown, path: readonly string[]): void {
    const parsed = Pattern.safeParse(pattern);
    if (!parsed.success) fault(path, parsed.error.issues.map(({ message }) => message).join('; '));
  }

  function fault(path: readonly string[], message: string): false {
    faults.push({ path, message });
    return false;
  }

  const schema = read(root, [], []);
  if (faults.length === 0 && askedOfOne(schema) > MAX_ASKED_OF_ONE) fault([], TOO_MUCH_OF_ONE);
  return { schema, faults };
}

const TOO_LARGE = `at most ${MAX_SCHEMA_PARTS} schemas in one, each counted wherever a $ref names it`;
const TOO_MUCH_OF_ONE = `at most ${MAX_ASKED_OF_ONE} schemas and required names asked of one value, all alternatives, patterns and dependencies counted; for values, there is enum`;
const TOO_DEEP = `at most ${MAX_SCHEMA_DEPTH} schemas in each other`;
/** Each schema is two steps into the other: a keyword, and a name or place. */
const MAX_PATH = MAX_SCHEMA_DEPTH * 2;

/** A segment of a JSON pointer as the name that it stands for. */
export const unescapePointer = (segment: string): string =>
  segment.replaceAll('~1', '/').replaceAll('~0', '~');
