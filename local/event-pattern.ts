import * as z from 'zod';

/**
 * Event patterns as EventBridge rules and Lambda's event filtering read them: an object of fields, a list of
 * accepted values at each leaf, `$or` between whole patterns.
 *
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */

interface Operator {
  readonly accepts: (argument: unknown) => boolean;
  readonly holds: (argument: unknown, value: unknown) => boolean;
}

const operator = <T>(argument: z.ZodType<T>, holds: (argument: T, value: unknown) => boolean): Operator => ({
  accepts: (given) => argument.safeParse(given).success,
  holds: (given, value) => holds(argument.parse(given), value),
});

const isText = (value: unknown): value is string => typeof value === 'string';
const oneOrMany = <T extends z.ZodType>(item: T) => z.union([item, z.array(item).min(1)]);

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};
const Comparison = z.enum(['=', '<', '<=', '>', '>=']);
const Numeric = z.union([
  z.tuple([Comparison, z.number()]),
  z.tuple([Comparison, z.number(), Comparison, z.number()]),
]);
const inRange = (range: z.infer<typeof Numeric>, value: unknown): boolean => {
  if (typeof value !== 'number') return false;
  const [first, bound, second, otherBound] = range;
  const holds = (sign: string, limit: number) => comparisons[sign]?.(value, limit) ?? false;
  return (
    holds(first, bound) && (second === undefined || otherBound === undefined || holds(second, otherBound))
  );
};

const ButNot = z.union([
  oneOrMany(z.union([z.string(), z.number()])),
  z.strictObject({ prefix: oneOrMany(z.string()) }),
  z.strictObject({ suffix: oneOrMany(z.string()) }),
]);
const isOther = (argument: z.infer<typeof ButNot>, value: unknown): boolean => {
  // A field that is not there is not "anything but": the pattern asks for a value.
  if (value === undefined) return false;
  const none = (list: string | readonly string[], has: (part: string) => boolean) => ![list].flat().some(has);
  if (isText(argument) || typeof argument === 'number' || Array.isArray(argument)) {
    return ![argument].flat().some((excluded) => excluded === value);
  }
  if (!isText(value)) return true;
  return 'prefix' in argument
    ? none(argument.prefix, (part) => value.startsWith(part))
    : none(argument.suffix, (part) => value.endsWith(part));
};

const operators: ReadonlyMap<string, Operator> = new Map([
  ['prefix', operator(z.string(), (start, value) => isText(value) && value.startsWith(start))],
  ['suffix', operator(z.string(), (end, value) => isText(value) && value.endsWith(end))],
  [
    'equals-ignore-case',
    operator(z.string(), (text, value) => isText(value) && value.toLowerCase() === text.toLowerCase()),
  ],
  ['exists', operator(z.boolean(), (wanted, value) => wanted === (value !== undefined))],
  ['anything-but', operator(ButNot, isOther)],
  ['numeric', operator(Numeric, inRange)],
]);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The values that stand at a leaf; an intermediate object is none, so `exists` sees nothing there, as on AWS. */
const leaves = (value: unknown): readonly unknown[] => {
  const found = [value].flat(Number.POSITIVE_INFINITY).filter((one) => !isObject(one));
  return found.length > 0 ? found : [undefined];
};

const accepted = (matcher: unknown, value: unknown): boolean => {
  if (!isObject(matcher)) return matcher === value;
  return Object.entries(matcher).every(
    ([name, argument]) => operators.get(name)?.holds(argument, value) ?? false,
  );
};

const matchesField = (pattern: unknown, value: unknown): boolean => {
  if (Array.isArray(pattern)) {
    return pattern.some((matcher) => leaves(value).some((leaf) => accepted(matcher, leaf)));
  }
  // One element of a list has to satisfy the whole of a nested pattern, not one element this and one that.
  const inside = Array.isArray(value) && value.length > 0 ? value : [value];
  return inside.some((element) => matchesPattern(pattern, element));
};

/** Whether the pattern selects the event. Only for a pattern that {@link checkPattern} let through. */
export function matchesPattern(pattern: unknown, event: unknown): boolean {
  if (!isObject(pattern)) return false;
  const fields = isObject(event) ? event : {};
  return Object.entries(pattern).every(([name, wanted]) =>
    name === '$or' && Array.isArray(wanted)
      ? wanted.some((alternative) => matchesPattern(alternative, event))
      : matchesField(wanted, fields[name]),
  );
}

const checkMatcher = (matcher: unknown, path: string): void => {
  if (matcher === null || ['string', 'number', 'boolean'].includes(typeof matcher)) return;
  const [entry, ...more] = isObject(matcher) ? Object.entries(matcher) : [];
  if (!entry || more.length > 0) throw new Error(`event pattern: ${path} holds ${JSON.stringify(matcher)}`);
  const [name, argument] = entry;
  const known = operators.get(name);
  if (!known) throw new Error(`event pattern: operator "${name}" at ${path} is not honoured`);
  if (!known.accepts(argument)) {
    throw new Error(`event pattern: operator "${name}" at ${path} does not take ${JSON.stringify(argument)}`);
  }
};

/**
 * Refuses a pattern that {@link matchesPattern} would read otherwise than AWS does.
 *
 * @throws {Error} naming the field and the operator.
 */
export function checkPattern(pattern: unknown, path = '$'): void {
  if (!isObject(pattern) || Object.keys(pattern).length === 0) {
    throw new Error(`event pattern: ${path} has to be an object with fields`);
  }
  for (const [name, wanted] of Object.entries(pattern)) {
    const here = `${path}.${name}`;
    if (!Array.isArray(wanted)) {
      checkPattern(wanted, here);
    } else if (wanted.length === 0) {
      throw new Error(`event pattern: ${here} accepts nothing`);
    } else {
      for (const one of wanted) name === '$or' ? checkPattern(one, here) : checkMatcher(one, here);
    }
  }
}
