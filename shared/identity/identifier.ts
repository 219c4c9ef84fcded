import * as z from 'zod';

/**
 * The kinds of identifier, strongest first, and how many of each one person may have: browsers renew
 * an anonymous id weekly, whereas two user ids are two people.
 */
export const IDENTIFIER_LIMITS = { userId: 1, email: 5, phone: 5, anonymousId: 1000 } as const;

export const IdentifierType = z.enum(['userId', 'email', 'phone', 'anonymousId']);
export type IdentifierType = z.infer<typeof IdentifierType>;

/** Strongest first. */
export const IDENTIFIER_TYPES = IdentifierType.options;

/** A value in its normal form that is taken to point at one person. */
export interface Identifier {
  readonly type: IdentifierType;
  readonly value: string;
}

/** `<type>#<value>`, the key of the `identities` table. */
export const identifierKey = ({ type, value }: Identifier): string => `${type}#${value}`;

/** The reverse of {@link identifierKey}. */
export function identifierOf(key: string): Identifier {
  const at = key.indexOf('#');
  return { type: IdentifierType.parse(key.slice(0, at)), value: key.slice(at + 1) };
}
