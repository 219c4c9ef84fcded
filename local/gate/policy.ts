import * as z from 'zod';
import { type AccessRequest, type Authorize, AwsError } from './aws-call.ts';
import { Condition, type Context, compileCondition, globToRegExp } from './condition.ts';
import { withKeyUse } from './key-use.ts';

const OneOrMore = z.union([z.string().transform((value) => [value]), z.array(z.string())]);

/** A statement of an identity-based policy, its references resolved. What is not in it is refused. */
export const PolicyStatement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: OneOrMore.optional(),
  NotAction: OneOrMore.optional(),
  Resource: OneOrMore.optional(),
  NotResource: OneOrMore.optional(),
  Condition: Condition.optional(),
});
export type PolicyStatement = z.infer<typeof PolicyStatement>;

type Matcher = (action: string, resource: string, context: Context) => boolean;
interface Role {
  readonly allows: readonly Matcher[];
  readonly denies: readonly Matcher[];
}

/**
 * Decides by the roles' own policies: an explicit deny wins, what nothing allows is denied.
 *
 * Resource policies, permission boundaries and session policies are not evaluated: where they deny, AWS is
 * stricter than this. Who uses an encrypted resource also needs its key, as {@link withKeyUse} says.
 *
 * @throws at once for a statement with anything in it that is not evaluated here.
 */
export function createAuthorize(o: {
  readonly policies: ReadonlyMap<string, readonly PolicyStatement[]>;
  readonly nameOf: (roleId: string) => string;
  /** The ARN of the KMS key that encrypts a resource. */
  readonly keyOf: (resourceArn: string) => string | undefined;
}): Authorize {
  const roles = new Map(
    [...o.policies].map(([roleId, statements]) => [roleId, compileRole(o.nameOf(roleId), statements)]),
  );

  return function authorize(caller, requests) {
    if (caller.kind === 'operator') return;
    for (const request of requests) {
      for (const needed of withKeyUse(request, o.keyOf)) {
        check(roles.get(caller.roleId), needed, `${caller.name} (${o.nameOf(caller.roleId)})`);
      }
    }
  };
}

function check(role: Role | undefined, { action, resource, context }: AccessRequest, user: string): void {
  const seen = { 'aws:SecureTransport': 'true', ...context };
  const says = (matcher: Matcher) => matcher(action, resource, seen);
  const denied = role?.denies.some(says) === true;
  if (!denied && role?.allows.some(says) === true) return;
  const reason = denied
    ? 'with an explicit deny in an identity-based policy'
    : `because no identity-based policy allows the ${action} action`;
  throw new AwsError(
    'AccessDeniedException',
    `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${reason}`,
  );
}

function compileRole(name: string, statements: readonly PolicyStatement[]): Role {
  const compiled = statements.map((statement, at) => {
    try {
      return { effect: statement.Effect, matches: compileStatement(statement) };
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`role ${name}, statement ${statement.Sid ?? at + 1}: ${reason}`, { cause });
    }
  });
  const withEffect = (effect: 'Allow' | 'Deny') =>
    compiled.filter((statement) => statement.effect === effect).map((statement) => statement.matches);
  return { allows: withEffect('Allow'), denies: withEffect('Deny') };
}

function compileStatement({ Action, NotAction, Resource, NotResource, Condition }: PolicyStatement): Matcher {
  const onAction = oneOf('Action', { these: Action, allBut: NotAction }, (glob) => globToRegExp(glob, 'i'));
  const onResource = oneOf('Resource', { these: Resource, allBut: NotResource }, arnToRegExp);
  const holds = compileCondition(Condition ?? {});
  return (action, resource, context) => onAction(action) && onResource(resource) && holds(context);
}

/** An element and its negation, of which a statement has exactly one. */
function oneOf(
  element: string,
  { these, allBut }: { these: readonly string[] | undefined; allBut: readonly string[] | undefined },
  compile: (pattern: string) => RegExp,
): (value: string) => boolean {
  const patterns = these ?? allBut;
  if (patterns === undefined || (these !== undefined && allBut !== undefined)) {
    throw new Error(`it needs either ${element} or Not${element}`);
  }
  const expressions = patterns.map(compile);
  return (value) => expressions.some((expression) => expression.test(value)) === (these !== undefined);
}

/** A wildcard stays within its part of an ARN, the last part, which may hold colons itself, apart. */
function arnToRegExp(pattern: string): RegExp {
  if (pattern === '*') return /^/;
  if (pattern.includes('${')) throw new Error(`policy variables are not evaluated here: ${pattern}`);
  const parts = pattern.split(':');
  if (parts.length < 6) throw new Error(`not an ARN: ${pattern}`);
  const source = (glob: string) => globToRegExp(glob).source.slice(1, -1);
  const head = parts.slice(0, 5).map((part) => source(part).replaceAll('.*', '[^:]*'));
  return new RegExp(`^${[...head, source(parts.slice(5).join(':'))].join(':')}$`, 's');
}
