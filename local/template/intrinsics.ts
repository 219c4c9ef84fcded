import * as z from 'zod';

/** What a template's references stand for; each lookup throws when there is no such thing. */
export interface Scope {
  /** A parameter, a pseudo parameter or a resource's physical id; {@link NO_VALUE} for `AWS::NoValue`. */
  ref(name: string): unknown;
  attribute(logicalId: string, name: string): unknown;
  mapping(map: string, first: string, second: string): unknown;
  condition(name: string): boolean;
}

/** What `AWS::NoValue` resolves to: the property or list entry is left out. */
export const NO_VALUE = Symbol('AWS::NoValue');

/** A template says something that cannot be run; `at` is the path of the place that says it. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  constructor(at: string, message: string) {
    super(`${at}: ${message}`);
  }
}

const Fields = z.record(z.string(), z.unknown());
const Text = z.union([z.string(), z.number(), z.boolean()]).transform(String);

type Intrinsic = (argument: unknown, scope: Scope, at: string) => unknown;

function parse<T>(schema: z.ZodType<T>, value: unknown, at: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new TemplateError(at, `not understood here: ${JSON.stringify(value)}`);
}

const lookUp = <T>(at: string, find: () => T): T => {
  try {
    return find();
  } catch (error) {
    // The innermost place is the one to mend: whoever refers to it only passes the news on.
    if (error instanceof TemplateError) throw error;
    throw new TemplateError(at, error instanceof Error ? error.message : String(error));
  }
};

const attribute: Intrinsic = (argument, scope, at) => {
  const path = parse(z.union([z.string(), z.array(z.string())]), argument, at);
  const [logicalId = '', ...name] = Array.isArray(path) ? path : path.split('.');
  return lookUp(at, () => scope.attribute(logicalId, name.join('.')));
};

const substitute: Intrinsic = (argument, scope, at) => {
  const schema = z.union([z.string(), z.tuple([z.string(), Fields])]);
  const given = parse(schema, argument, at);
  const [text, variables] = Array.isArray(given) ? given : [given, {}];
  const values = parse(Fields, resolve(variables, scope, at), at);

  return text.replace(/\$\{([^}]+)\}/g, (whole, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    if (name in values) return parse(Text, values[name], at);
    if (!name.includes('.') || name.includes('::'))
      return parse(
        Text,
        lookUp(at, () => scope.ref(name)),
        `${at} ${whole}`,
      );
    return parse(Text, attribute(name, scope, at), `${at} ${whole}`);
  });
};

const Operands = z.array(z.unknown());

/** One entry a function; whatever is not here is refused by name. */
const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, scope, at) => lookUp(at, () => scope.ref(parse(z.string(), argument, at))),
  'Fn::GetAtt': attribute,
  'Fn::Sub': substitute,
  'Fn::Join': (argument, scope, at) => {
    const [separator, parts] = parse(z.tuple([z.string(), z.unknown()]), argument, at);
    return parse(z.array(Text), resolve(parts, scope, at), at).join(separator);
  },
  'Fn::Split': (argument, scope, at) => {
    const [separator, text] = parse(z.tuple([z.string(), z.unknown()]), argument, at);
    return parse(z.string(), resolve(text, scope, at), at).split(separator);
  },
  'Fn::Select': (argument, scope, at) => {
    const [index, list] = parse(z.tuple([z.unknown(), z.unknown()]), argument, at);
    const position = parse(z.coerce.number().int(), resolve(index, scope, at), at);
    const values = parse(z.array(z.unknown()), resolve(list, scope, at), at);
    if (position in values) return values[position];
    throw new TemplateError(at, `the list has no entry ${position}`);
  },
  'Fn::FindInMap': (argument, scope, at) => {
    const resolved = resolve(argument, scope, at);
    const [map, first, second] = parse(z.tuple([Text, Text, Text]), resolved, at);
    return lookUp(at, () => scope.mapping(map, first, second));
  },
  'Fn::If': (argument, scope, at) => {
    const [name, yes, no] = parse(z.tuple([z.string(), z.unknown(), z.unknown()]), argument, at);
    return resolve(lookUp(at, () => scope.condition(name)) ? yes : no, scope, at);
  },
  'Fn::Equals': (argument, scope, at) => {
    const [left, right] = parse(z.tuple([z.unknown(), z.unknown()]), resolve(argument, scope, at), at);
    return JSON.stringify(left) === JSON.stringify(right);
  },
  'Fn::And': (argument, scope, at) => parse(Operands, argument, at).every((c) => holds(c, scope, at)),
  'Fn::Or': (argument, scope, at) => parse(Operands, argument, at).some((c) => holds(c, scope, at)),
  'Fn::Not': (argument, scope, at) => !holds(parse(z.tuple([z.unknown()]), argument, at)[0], scope, at),
};

/** Decides a condition of the template's `Conditions`, or one operand of `Fn::And`, `Fn::Or` and `Fn::Not`. */
export function holds(condition: unknown, scope: Scope, at: string): boolean {
  const reference = z.strictObject({ Condition: z.string() }).safeParse(condition);
  if (reference.success) return lookUp(at, () => scope.condition(reference.data.Condition));
  return parse(z.boolean(), resolve(condition, scope, at), at);
}

/**
 * Replaces every intrinsic function in a value by what it stands for.
 *
 * @throws {TemplateError} for a function that is not known, naming it and its place: guessing at its value
 *   would run another stack than the one that deploys.
 */
export function resolve(value: unknown, scope: Scope, at: string): unknown {
  if (Array.isArray(value)) {
    return value.map((item, index) => resolve(item, scope, `${at}[${index}]`)).filter((v) => v !== NO_VALUE);
  }
  const fields = Fields.safeParse(value);
  if (!fields.success) return value;

  const entries = Object.entries(fields.data);
  const [only] = entries;
  if (only !== undefined && entries.length === 1 && (only[0] === 'Ref' || only[0].startsWith('Fn::'))) {
    const [name, argument] = only;
    const intrinsic = intrinsics[name];
    if (intrinsic === undefined) throw new TemplateError(at, `${name} is not supported on one machine`);
    return intrinsic(argument, scope, at);
  }
  const resolved = entries.map(([key, field]) => [key, resolve(field, scope, `${at}.${key}`)] as const);
  return Object.fromEntries(resolved.filter(([, field]) => field !== NO_VALUE));
}

/** The logical ids that a value mentions, without resolving it. */
export function mentions(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(mentions);
  const fields = Fields.safeParse(value);
  if (!fields.success) return [];
  return Object.entries(fields.data).flatMap(([key, field]) => {
    if (key === 'Ref' && typeof field === 'string') return [field];
    if (key === 'Fn::GetAtt') return [String(Array.isArray(field) ? field[0] : field).split('.')[0] ?? ''];
    return mentions(field);
  });
}
