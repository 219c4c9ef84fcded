import * as z from 'zod';
import type { Truth } from '#shared/kernel/truth.ts';
import { compilePattern, Pattern } from './pattern.ts';

const Text = z.string().min(1).max(500);
const Scalar = z.union([z.string().max(500), z.number(), z.boolean()]);
const Ordered = z.union([z.string().max(500), z.number()]);

/** What may be asked of a value, of a trait or of an event, whatever the time: every operator given must hold. */
export const VALUE_OPERATORS = {
  equals: Scalar.optional(),
  in: z.array(Scalar).min(1).max(1000).optional(),
  /** Part of a text, or a member of a list. */
  contains: Text.optional(),
  startsWith: Text.optional(),
  matches: Pattern.optional(),
  exists: z.boolean().optional(),
  greaterThan: Ordered.optional(),
  atLeast: Ordered.optional(),
  lessThan: Ordered.optional(),
  atMost: Ordered.optional(),
};

const OperatorTest = z.strictObject(VALUE_OPERATORS);
export type OperatorTest = z.infer<typeof OperatorTest>;

/** Whether a value, which is missing as `undefined` or `null`, is what is asked for. */
export type ValueTest = (value: unknown) => Truth;

type Operator = Exclude<keyof OperatorTest, 'exists'>;
type Operand<K extends Operator> = NonNullable<OperatorTest[K]>;

/** One entry an operator, for numbers and for texts by code unit (as ISO dates want). A value that is missing, or of a kind that does not compare, is neither so nor not so. */
const OPERATORS: { readonly [K in Operator]: (operand: Operand<K>) => ValueTest } = {
  equals(operand) {
    const isSame = sameType(operand);
    return (value) => (value === operand ? true : isSame(value) ? false : undefined);
  },

  in: (operands) => (operands.length > MAX_LOOKED_THROUGH ? inSet(operands) : inList(operands)),

  contains: (part) => (value) =>
    typeof value === 'string' || Array.isArray(value) ? value.includes(part) : undefined,

  startsWith: (part) => (value) => (typeof value === 'string' ? value.startsWith(part) : undefined),

  matches: compilePattern,

  greaterThan: (operand) =>
    typeof operand === 'number'
      ? (value) => (typeof value === 'number' ? value > operand : undefined)
      : (value) => (typeof value === 'string' ? value > operand : undefined),

  atLeast: (operand) =>
    typeof operand === 'number'
      ? (value) => (typeof value === 'number' ? value >= operand : undefined)
      : (value) => (typeof value === 'string' ? value >= operand : undefined),

  lessThan: (operand) =>
    typeof operand === 'number'
      ? (value) => (typeof value === 'number' ? value < operand : undefined)
      : (value) => (typeof value === 'string' ? value < operand : undefined),

  atMost: (operand) =>
    typeof operand === 'number'
      ? (value) => (typeof value === 'number' ? value <= operand : undefined)
      : (value) => (typeof value === 'string' ? value <= operand : undefined),
};

const OPERATOR_NAMES: readonly Operator[] = [
  'equals',
  'in',
  'contains',
  'startsWith',
  'matches',
  'greaterThan',
  'atLeast',
  'lessThan',
  'atMost',
];

/** To look through a few is faster than to hash. */
const MAX_LOOKED_THROUGH = 8;

/** Whether a value is one that an operand could equal. Spelt out, since that is what compiles to one instruction. */
function sameType(operand: string | number | boolean): (value: unknown) => boolean {
  if (typeof operand === 'string') return (value) => typeof value === 'string';
  if (typeof operand === 'number') return (value) => typeof value === 'number';
  return (value) => typeof value === 'boolean';
}

function inList(operands: readonly (string | number | boolean)[]): ValueTest {
  return (value) => {
    let isKnown = false;
    for (const operand of operands) {
      if (value === operand) return true;
      if (typeof value === typeof operand) isKnown = true;
    }
    return isKnown ? false : undefined;
  };
}

function inSet(operands: readonly (string | number | boolean)[]): ValueTest {
  const set = new Set<unknown>(operands);
  const types = new Set<string>(operands.map((operand) => typeof operand));
  return (value) => (set.has(value) ? true : types.has(typeof value) ? false : undefined);
}

/** Makes the operators a function of a value: all of them must hold. */
export function compileOperators(test: OperatorTest): ValueTest {
  const { exists } = test;
  const holds = everyTest(OPERATOR_NAMES.flatMap((name) => compileOperator(name, test)));
  if (exists === undefined) return holds;
  return (value) => ((value !== undefined && value !== null) === exists ? holds(value) : false);
}

function compileOperator<K extends Operator>(name: K, test: OperatorTest): readonly ValueTest[] {
  const operand = test[name];
  return operand === undefined ? [] : [OPERATORS[name](operand)];
}

/** One test for several that must all hold. */
export function everyTest(tests: readonly ValueTest[]): ValueTest {
  const [first, second, ...others] = tests;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  const rest = everyTest([second, ...others]);
  return (value) => bothHold(first(value), rest, value);
}

/** What is not so decides, known or not what else is asked. */
function bothHold(first: Truth, rest: ValueTest, value: unknown): Truth {
  if (first === false) return false;
  const second = rest(value);
  return second === false ? false : first === undefined ? undefined : second;
}
