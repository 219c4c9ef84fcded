import type { KeyObject } from 'node:crypto';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import * as z from 'zod';

/** A JWT authorizer of the template. */
export interface JwtAuthorizer {
  readonly issuer: string;
  readonly audience: readonly string[];
}

/** What an authorizer makes of a request: what the function learns, or the status of the refusal. */
export type Authorization =
  | { readonly allowed: true; readonly authorizer: { readonly jwt: object } }
  | { readonly allowed: false; readonly status: 401 | 403; readonly error: string };

const Claims = z.looseObject({
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  client_id: z.string().optional(),
  scope: z.string().optional(),
});

/**
 * Checks a request's token as an HTTP API does: signature, issuer, times, audience (`aud`, else `client_id`),
 * then that one of the route's scopes is granted.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
export async function authorizeJwt(
  header: string | undefined,
  { authorizer, scopes, key }: { authorizer: JwtAuthorizer; scopes: readonly string[]; key: KeyObject },
): Promise<Authorization> {
  const token = (header ?? '').replace(/^bearer\s+/i, '');
  if (token === '') return refused(401, 'no token was sent');

  const verified = await verify(token, authorizer, key);
  if (typeof verified === 'string') return refused(401, verified);

  const claims = Claims.parse(verified);
  const audience = claims.aud === undefined ? [claims.client_id] : [claims.aud].flat();
  if (!audience.some((one) => one !== undefined && authorizer.audience.includes(one))) {
    return refused(401, 'the token is meant for another audience');
  }
  const granted = claims.scope?.split(' ') ?? [];
  const isInScope = scopes.length === 0 || scopes.some((scope) => granted.includes(scope));
  if (!isInScope) return refused(403, `the token grants none of ${scopes.join(' ')}`);

  const shown = Object.entries(claims).map(([name, value]) => [name, claimText(value)]);
  return {
    allowed: true,
    authorizer: { jwt: { claims: Object.fromEntries(shown), scopes: scopes.length > 0 ? granted : null } },
  };
}

async function verify(
  token: string,
  { issuer }: JwtAuthorizer,
  key: KeyObject,
): Promise<JWTPayload | string> {
  try {
    return (await jwtVerify(token, key, { issuer, algorithms: ['RS256'], requiredClaims: ['exp'] })).payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) return error.message;
    throw error;
  }
}

const refused = (status: 401 | 403, error: string): Authorization => ({ allowed: false, status, error });

/** Functions get every claim as text; a list in square brackets, parted by spaces. */
function claimText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(claimText).join(' ')}]`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
