import * as z from 'zod';

const Scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const Values = z.union([Scalar.transform((value) => [value]), z.array(Scalar)]);

/** A statement's `Condition`: operator → key → value or values. */
export const Condition = z.record(z.string(), z.record(z.string(), Values));
export type Condition = z.infer<typeof Condition>;

/** Does the request's value match one of the policy's? */
type Operator = (actual: string, wanted: string) => boolean;

const equals: Operator = (actual, wanted) => actual === wanted;
const like: Operator = (actual, wanted) => globToRegExp(wanted).test(actual);
const numeric =
  (compare: (a: number, b: number) => boolean): Operator =>
  (actual, wanted) =>
    compare(Number(actual), Number(wanted));

const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: equals,
  StringEqualsIgnoreCase: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  StringLike: like,
  ArnEquals: like,
  ArnLike: like,
  Bool: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  NumericEquals: numeric((a, b) => a === b),
  NumericLessThan: numeric((a, b) => a < b),
  NumericLessThanEquals: numeric((a, b) => a <= b),
  NumericGreaterThan: numeric((a, b) => a > b),
  NumericGreaterThanEquals: numeric((a, b) => a >= b),
};

/** `StringNotEquals` holds where no value equals, and where the request has no such key at all. */
const NEGATIONS: Readonly<Record<string, Operator>> = {
  StringNotEquals: equals,
  StringNotLike: like,
  ArnNotEquals: like,
  ArnNotLike: like,
  NumericNotEquals: numeric((a, b) => a === b),
};

/** The keys that requests here carry a value for; of any other nobody could tell what AWS would see. */
const KEYS = new Set(['aws:securetransport', 'iam:passedtoservice', 'kms:viaservice', 's3:prefix']);

export type Context = Readonly<Record<string, string>>;

/**
 * Makes a condition into a question to a request's context.
 *
 * @throws for an operator or key that is not evaluated here, rather than letting it pass.
 */
export function compileCondition(condition: Condition): (context: Context) => boolean {
  const tests = Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, wanted]) => {
      if (!KEYS.has(key.toLowerCase())) throw new Error(`condition key ${key} is not evaluated here`);
      return compileTest(operator, key.toLowerCase(), wanted);
    }),
  );
  return function holds(context) {
    const lowerCased = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
    return tests.every((test) => test(lowerCased));
  };
}

function compileTest(
  operator: string,
  key: string,
  wanted: readonly string[],
): (context: ReadonlyMap<string, string>) => boolean {
  if (operator === 'Null') return (context) => wanted.includes(String(!context.has(key)));

  const name = operator.replace(/IfExists$/, '');
  const negation = NEGATIONS[name];
  const matches = negation ?? OPERATORS[name];
  if (matches === undefined) throw new Error(`condition operator ${operator} is not evaluated here`);
  const ifAbsent = negation !== undefined || name !== operator;
  return (context) => {
    const actual = context.get(key);
    if (actual === undefined) return ifAbsent;
    return wanted.some((value) => matches(actual, value)) === (negation === undefined);
  };
}

/** `*` stands for any characters, `?` for one. */
export function globToRegExp(glob: string, flags = ''): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, `s${flags}`);
}
