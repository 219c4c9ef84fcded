import { own } from '#shared/kernel/own.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { traitValue } from '#shared/profiles/trait-value.ts';
import type { TraitRules } from '#shared/traits/trait-definition.ts';
import type { TraitTest } from './condition.ts';

type Operator = Exclude<keyof TraitTest, 'name' | 'exists'>;
type Operand<K extends Operator> = NonNullable<TraitTest[K]>;
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

/** Makes the test of a trait a function: all of its operators must hold. */
export function compileTraitTest(test: TraitTest, rules: TraitRules): (person: Person) => boolean {
  const read = reader(test.name, rules);
  const tests = OPERATOR_NAMES.flatMap((name) => compileOperator(name, test));
  return (person) => {
    const value = read(person);
    const exists = value !== undefined && value !== null;
    if (test.exists !== undefined && test.exists !== exists) return false;
    if (!exists) return tests.length === 0;
    return tests.every((holds) => holds(value));
  };
}

function compileOperator<K extends Operator>(name: K, test: TraitTest): readonly ValueTest[] {
  const operand = test[name];
  return operand === undefined ? [] : [OPERATORS[name](operand)];
}

/** A trait of exactly this name, else a part of one: `address.city`. */
function reader(name: string, rules: TraitRules): (person: Person) => unknown {
  const whole = traitValue(name, rules);
  const [first = '', ...rest] = name.split('.');
  if (rest.length === 0) return whole;
  const outer = traitValue(first, rules);
  return (person) =>
    own(person.profile.traits, name) === undefined
      ? rest.reduce<unknown>(part, outer(person))
      : whole(person);
}

const part = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;
