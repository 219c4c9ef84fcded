import type { TraitTest } from './condition.ts';
import type { DateOperand } from './date-test.ts';
import { counted, listed, quoted, spoken } from './words.ts';

type Operator = Exclude<keyof TraitTest, 'name'>;
/** What may be asked of a value: of a trait anything, of others some of it. */
type Operators = Pick<TraitTest, Operator>;

/** One entry an operator: what it asks of a value. */
const OPERATORS: { readonly [K in Operator]: (operand: NonNullable<Operators[K]>) => string } = {
  exists: (operand) => (operand ? 'is known' : 'is not known'),
  equals: (operand) => `is ${quoted(operand)}`,
  in: (operands) => `is ${listed(operands.map(quoted), 'or')}`,
  contains: (operand) => `contains ${quoted(operand)}`,
  matches: (operand) => `matches ${quoted(operand)}`,
  startsWith: (operand) => `begins with ${quoted(operand)}`,
  greaterThan: (operand) => `is more than ${quoted(operand)}`,
  atLeast: (operand) => `is at least ${quoted(operand)}`,
  lessThan: (operand) => `is less than ${quoted(operand)}`,
  atMost: (operand) => `is at most ${quoted(operand)}`,
  before: (operand) => `is before ${sayDate(operand)}`,
  after: (operand) => `is after ${sayDate(operand)}`,
  within: (operand) => `was in the last ${spoken(operand)}`,
  withinNext: (operand) => `comes in the next ${spoken(operand)}`,
  anniversary: ({ withinDays }) =>
    withinDays === 0 ? 'has its day today' : `has its day in the next ${counted(withinDays, 'day')}`,
};

const isOperator = (name: string): name is Operator => Object.hasOwn(OPERATORS, name);

/** What operators ask of a value: `is at least 18 and is less than 120`. */
export function sayOperators(asked: Operators): string {
  const said = Object.keys(asked).flatMap((name) => (isOperator(name) ? sayOperator(name, asked) : []));
  return said.join(' and ');
}

function sayOperator<K extends Operator>(name: K, asked: Operators): readonly string[] {
  const operand = asked[name];
  return operand === undefined ? [] : [OPERATORS[name](operand)];
}

/** `2026-11-22`, `30 days ago`. */
export function sayDate(operand: DateOperand): string {
  if (typeof operand === 'string') return operand;
  return 'ago' in operand ? `${spoken(operand.ago)} ago` : `${spoken(operand.ahead)} from now`;
}
