import { Ajv, type ErrorObject } from 'ajv';
import formats from 'ajv-formats';
import { isJson } from '#shared/events/json.ts';
import { compilePattern } from '#shared/traits/pattern.ts';
import { FORMATS, type SchemaPart } from './read-schema.ts';

/** What a schema refuses of a value; nothing of one that it takes. */
export type Validate = (value: unknown) => readonly ErrorObject[];

/**
 * Makes the compiler of schemas that `readSchema` has read: ajv, which writes a function for each.
 *
 * Anybody can send anything, so no keyword takes longer than in proportion to the value: patterns are
 * RE2's, and `enum` and `uniqueItems`, which ajv asks of each with each, are asked by sets. `multipleOf`
 * takes 19.99 for so many hundredths, of which no double is one.
 */
export function schemaCompiler(): (schema: SchemaPart) => Validate {
  const ajv = new Ajv({
    allErrors: true,
    // names that senders choose are asked of what they sent, not of what every object inherits
    ownProperties: true,
    strict: true,
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    allowUnionTypes: true,
    // else names are held against patterns while compiling, as JavaScript reads those
    allowMatchingProperties: true,
    // what is stored was asked when it was put
    meta: false,
    validateSchema: false,
    messages: false,
    logger: false,
    code: { regExp: RE2 },
  });
  formats.default(ajv, [...FORMATS]);
  for (const keyword of ['enum', 'multipleOf', 'uniqueItems']) ajv.removeKeyword(keyword);
  ajv.addKeyword({
    keyword: 'enum',
    schemaType: 'array',
    compile(values: readonly unknown[]) {
      const texts = new Set(values.map(canonical));
      return (value: unknown) => texts.has(canonical(value));
    },
  });
  ajv.addKeyword({
    keyword: 'multipleOf',
    type: 'number',
    schemaType: 'number',
    compile: (step: number) => (value: number) => isMultiple(value, step),
  });
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    compile: (asked: boolean) => (items: readonly unknown[]) =>
      !asked || new Set(items.map(canonical)).size === items.length,
  });

  return (schema) => {
    const validate = ajv.compile(schema);
    return (value) => (validate(value) ? NONE : (validate.errors ?? NONE));
  };
}

const NONE: readonly never[] = [];

/** ajv keeps one of equal texts of patterns, and would name this function in code that it wrote to a file. */
const RE2 = Object.assign(
  (pattern: string) => {
    const matches = compilePattern(pattern);
    return { test: (text: string) => matches(text) === true, toString: () => pattern };
  },
  { code: 'compilePattern' },
);

/** Exact for whole steps; a fraction and its value are decimals that were rounded, and so is their quotient. */
function isMultiple(value: number, step: number): boolean {
  if (Number.isInteger(step)) return value % step === 0;
  const times = value / step;
  const off = Math.abs(times - Math.round(times));
  // of a quotient that is too large for a double, nothing is known
  return Number.isNaN(off) || off <= Math.max(1e-6, Math.abs(times) * 2 * Number.EPSILON);
}

/** The same text for equal values of JSON, whatever the order of their keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isJson(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}
