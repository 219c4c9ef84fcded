import { idOf } from '#shared/events/ids.ts';
import { isJson } from '#shared/events/json.ts';
import { LIMITS } from '#shared/events/limits.ts';
import { externalType, type Identifier, type IdentifierType } from './identifier.ts';
import { normalIdentifier } from './normal-form.ts';
import type { IdentityRules } from './rules.ts';

/** What Segment calls identifiers that a call says in fields of its own, or that are no external ids here. */
const SAID_ELSEWHERE = new Set(['user_id', 'userId', 'anonymous_id', 'anonymousId', 'device_id', 'deviceId']);

/**
 * Reads `context.externalIds`, a list of `{id, type, collection, encoding}`: those of `users` in plain
 * text, ours where `email` or `phone` is their type. What has another form is passed over, and so is
 * what comes after the first few.
 * https://segment.com/docs/unify/identity-resolution/externalids/
 */
export function externalIds(
  said: readonly unknown[],
  { country, identity }: { readonly country?: string | undefined; readonly identity: IdentityRules },
): readonly Identifier[] {
  return said.slice(0, LIMITS.externalIds).flatMap((entry) => {
    if (!isJson(entry)) return [];
    const { id, type: name, collection = 'users', encoding = 'none' } = entry;
    const type = typeof name === 'string' ? typeOf(name.trim()) : undefined;
    const value = idOf(id);
    if (type === undefined || value === undefined || collection !== 'users' || encoding !== 'none') return [];
    const spelling = { country, emailProviderRules: identity.emailProviderRules };
    return identity.isIgnored(type) ? [] : (normalIdentifier(type, value, spelling) ?? []);
  });
}

function typeOf(name: string): IdentifierType | undefined {
  if (name === 'email' || name === 'phone') return name;
  return SAID_ELSEWHERE.has(name) ? undefined : externalType(name);
}
