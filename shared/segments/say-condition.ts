import {
  CONDITION_KINDS,
  type Condition,
  type ConditionKind,
  type EventTest,
  type TraitTest,
} from './condition.ts';
import type { DateOperand } from './date-test.ts';
import { isNever, timesOf } from './times.ts';
import { counted, listed, quoted, spoken } from './words.ts';

type Operand<K extends ConditionKind> = NonNullable<Condition[K]>;

/** One entry a kind of condition: what it asks, as one would tell a colleague. */
const SAYINGS: { readonly [K in ConditionKind]: (operand: Operand<K>) => string } = {
  all: (parts) => parts.map(sayPart).join(', and '),
  any: (parts) => parts.map(sayPart).join(', or '),
  not: (part) => `not: ${sayPart(part)}`,
  trait: ({ name, ...operators }) => `${quoted(name)} ${sayOperators(operators)}`,
  identifier({ type, exists, ...operators }) {
    if (exists === false) return `has no ${type}`;
    const asked = sayOperators(operators);
    return asked === '' ? `has ${withArticle(type)}` : `has ${withArticle(type)} that ${asked}`;
  },
  event: sayEvent,
  sum: ({ name, currency, ...operators }) =>
    `${name.replaceAll('_', ' ')} in ${currency} ${sayOperators(operators)}`,
  consent: ({ channel, purpose, granted }) => `said ${granted ? 'yes' : 'no'} to ${purpose} by ${channel}`,
  segment: ({ id, member }) => `is ${member ? '' : 'not '}in the segment ${quoted(id)}`,
};

/** What a condition asks, in words. */
export function sayCondition(condition: Condition): string {
  for (const kind of CONDITION_KINDS) {
    const said = sayKind(kind, condition);
    if (said !== undefined) return said;
  }
  throw new TypeError(`a condition without any of ${CONDITION_KINDS.join(', ')}`);
}

/** Within another condition: one made of several stands in brackets. */
function sayPart(part: Condition): string {
  const several = part.all ?? part.any ?? [];
  return several.length > 1 ? `(${sayCondition(part)})` : sayCondition(part);
}

function sayKind<K extends ConditionKind>(kind: K, condition: Condition): string | undefined {
  const operand = condition[kind];
  return operand === undefined ? undefined : SAYINGS[kind](operand);
}

function sayEvent(test: EventTest): string {
  const { name, within } = test;
  const period = within === undefined ? '' : ` in the last ${spoken(within)}`;
  if (isNever(timesOf(test))) return `${quoted(name)} did not happen${period === '' ? ' ever' : period}`;
  return `${quoted(name)} happened${sayTimes(test)}${period}`;
}

function sayTimes(test: EventTest): string {
  const { least, most } = timesOf(test);
  if (least === most) return ` exactly ${counted(least, 'time')}`;
  if (most === Infinity) return least === 1 ? '' : ` at least ${counted(least, 'time')}`;
  return least === 0 ? ` at most ${counted(most, 'time')}` : ` ${least} to ${counted(most, 'time')}`;
}

type Operator = Exclude<keyof TraitTest, 'name'>;
/** What may be asked of a value: of a trait anything, of others some of it. */
type Operators = Pick<TraitTest, Operator>;

/** One entry an operator: what it asks of a value. */
const OPERATORS: { readonly [K in Operator]: (operand: NonNullable<Operators[K]>) => string } = {
  exists: (operand) => (operand ? 'is known' : 'is not known'),
  equals: (operand) => `is ${quoted(operand)}`,
  in: (operands) => `is ${listed(operands.map(quoted), 'or')}`,
  contains: (operand) => `contains ${quoted(operand)}`,
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

function sayOperators(asked: Operators): string {
  const said = Object.keys(asked).flatMap((name) => (isOperator(name) ? sayOperator(name, asked) : []));
  return said.join(' and ');
}

function sayOperator<K extends Operator>(name: K, asked: Operators): readonly string[] {
  const operand = asked[name];
  return operand === undefined ? [] : [OPERATORS[name](operand)];
}

function sayDate(operand: DateOperand): string {
  if (typeof operand === 'string') return operand;
  return 'ago' in operand ? `${spoken(operand.ago)} ago` : `${spoken(operand.ahead)} from now`;
}

/** `an email`, `a phone`. */
const withArticle = (noun: string): string => `${/^[aeiou](?!ser)/i.test(noun) ? 'an' : 'a'} ${noun}`;
