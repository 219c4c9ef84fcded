import { RequestError } from '#shared/kernel/errors.ts';

/** Each may do what those before it may: look, define and run, manage sources. */
export const ROLES = ['viewer', 'marketer', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who calls, by their token. */
export interface Caller {
  /** The user's id in the pool, which says nothing of the person. */
  readonly subject: string;
  readonly role: Role;
  /** Without one, all markets. */
  readonly market?: string;
  readonly brand?: string;
}

/** What stands for a market or a brand, or for all of them. */
export interface Scoped {
  readonly market?: string | undefined;
  readonly brand?: string | undefined;
}

/**
 * Reads an id token's claims: the role from the user's groups, the scope from `custom:market` and
 * `custom:brand`, where nothing or `*` is everything.
 *
 * @throws {RequestError} 403 for an access token, and for a user in none of the groups that are roles.
 */
export function callerOf(claims: Readonly<Record<string, unknown>>): Caller {
  // An access token carries the groups too, but no attributes: its user would be limited to nothing
  if (claims.token_use !== 'id') {
    throw new RequestError({
      status: 403,
      code: 'ID_TOKEN_NEEDED',
      message: "not an id token: send the sign-in's id token, which an access token does not stand in for",
    });
  }
  const groups = groupsOf(claims['cognito:groups']);
  const role = ROLES.findLast((name) => groups.includes(name));
  if (role === undefined) {
    throw new RequestError({
      status: 403,
      code: 'NO_ROLE',
      message: `the user is in none of the groups ${ROLES.join(', ')}`,
    });
  }
  return {
    subject: text(claims.sub) ?? 'unknown',
    role,
    ...limit('market', claims['custom:market']),
    ...limit('brand', claims['custom:brand']),
  };
}

export const mayAct = (caller: Caller, needed: Role): boolean =>
  ROLES.indexOf(caller.role) >= ROLES.indexOf(needed);

/** Whether something is of the caller's market and brand. What is of no market is not of theirs. */
export const isInScope = (caller: Caller, { market, brand }: Scoped): boolean =>
  (caller.market === undefined || caller.market === market) &&
  (caller.brand === undefined || caller.brand === brand);

/** API Gateway writes a list claim as `[admin editor]`; a token may hold it as a list. */
const groupsOf = (claim: unknown): readonly string[] =>
  Array.isArray(claim) ? claim.map(String) : (text(claim) ?? '').replace(/^\[|\]$/g, '').split(/[\s,]+/);

function limit(name: 'market' | 'brand', claim: unknown): Pick<Caller, 'market' | 'brand'> {
  const value = text(claim);
  return value === undefined || value === '*' ? {} : { [name]: value };
}

const text = (claim: unknown): string | undefined =>
  typeof claim === 'string' && claim !== '' ? claim : undefined;
