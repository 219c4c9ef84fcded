import * as z from 'zod';

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
  exists: z.boolean().optional(),
  greaterThan: Ordered.optional(),
  atLeast: Ordered.optional(),
  lessThan: Ordered.optional(),
  atMost: Ordered.optional(),
};

const OperatorTest = z.strictObject(VALUE_OPERATORS);
export type OperatorTest = z.infer<typeof OperatorTest>;

type Operator = Exclude<keyof OperatorTest, 'exists'>;
type Operand<K extends Operator> = NonNullable<OperatorTest[K]>;
type ValueTest = (value: unknown) => boolean;

/** One entry an operator: what it means of a value that is there. */
const OPERATORS: { readonly [K in Operator]: (operand: Operand<K>) => ValueTest } = {
  equals: (operand) => (value) => value === operand,

  in(operands) {
    const set = new Set<unknown>(operands);
    return (value) => set.has(value);
  },

  contains: (part) => (value) =>
    typeof value === 'string' ? value.includes(part) : Array.isArray(value) && value.includes(part),

  startsWith: (part) => (value) => typeof value === 'string' && value.startsWith(part),

  greaterThan: (operand) => comparing(operand, (order) => order > 0),
  atLeast: (operand) => comparing(operand, (order) => order >= 0),
  lessThan: (operand) => comparing(operand, (order) => order < 0),
  atMost: (operand) => comparing(operand, (order) => order <= 0),
};

const OPERATOR_NAMES: readonly Operator[] = [
  'equals',
  'in',
  'contains',
  'startsWith',
  'greaterThan',
  'atLeast',
  'lessThan',
  'atMost',
];

/** Numbers compare with numbers, texts with texts by code unit (as ISO dates want); nothing else does. */
function comparing(operand: string | number, accepts: (order: number) => boolean): ValueTest {
  return (value) => {
    if (typeof value === 'number' && typeof operand === 'number') return accepts(value - operand);
    if (typeof value !== 'string' || typeof operand !== 'string') return false;
    return accepts(value < operand ? -1 : value > operand ? 1 : 0);
  };
}

/** Makes the operators a function of a value, which is missing as `undefined` or `null`: all must hold. */
export function compileOperators(test: OperatorTest): ValueTest {
  const tests = OPERATOR_NAMES.flatMap((name) => compileOperator(name, test));
  return (value) => {
    const exists = value !== undefined && value !== null;
    if (test.exists !== undefined && test.exists !== exists) return false;
    if (!exists) return tests.length === 0;
    return tests.every((holds) => holds(value));
  };
}

function compileOperator<K extends Operator>(name: K, test: OperatorTest): readonly ValueTest[] {
  const operand = test[name];
  return operand === undefined ? [] : [OPERATORS[name](operand)];
}
