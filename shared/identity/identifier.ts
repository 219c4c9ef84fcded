import * as z from 'zod';

/**
 * The kinds of identifier, strongest first, and how many of each one person may have unless the
 * settings say otherwise: browsers renew an anonymous id weekly, whereas two user ids are two people.
 * `externalId` stands for each type of external id by itself.
 */
export const IDENTIFIER_LIMITS = {
  userId: 1,
  externalId: 5,
  email: 5,
  phone: 5,
  anonymousId: 1000,
  deviceId: 50,
} as const;

/** The kinds whose values stand in a field of their own. */
export const NamedType = z.enum(['userId', 'email', 'phone', 'anonymousId', 'deviceId']);
export type NamedType = z.infer<typeof NamedType>;

const EXTERNAL = 'externalId:';
const EXTERNAL_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$/;

/** An id in somebody else's system: `externalId:loyalty_card`. */
export const ExternalType = z.templateLiteral([EXTERNAL, z.string().regex(EXTERNAL_NAME)]);
export type ExternalType = z.infer<typeof ExternalType>;

export const IdentifierType = z.union([NamedType, ExternalType], {
  error: `one of ${NamedType.options.join(', ')} and externalId:<type>`,
});
export type IdentifierType = z.infer<typeof IdentifierType>;

/** The kind of external id that a sender's name for it stands for; `undefined` for what is no name. */
export const externalType = (name: string): ExternalType | undefined =>
  EXTERNAL_NAME.test(name) ? `${EXTERNAL}${name}` : undefined;

export const isExternal = (type: string): type is ExternalType => type.startsWith(EXTERNAL);

/** A value in its normal form that is taken to point at one person. */
export interface Identifier {
  readonly type: IdentifierType;
  readonly value: string;
}

/** `<type>#<value>`, an identifier as it stands on a profile. */
export const identifierKey = ({ type, value }: Identifier): string => `${type}#${value}`;

/** The reverse of {@link identifierKey}. */
export function identifierOf(key: string): Identifier {
  const at = key.indexOf('#');
  return { type: IdentifierType.parse(key.slice(0, at)), value: key.slice(at + 1) };
}

/** The type of a key, unchecked: for loops over all that a person has. */
export const typeOfKey = (key: string): string => key.slice(0, key.indexOf('#'));

/**
 * `<legal entity>#<type>#<value>`, the key of the `identities` table: what one company's customers are
 * known by says nothing of another's.
 */
export const identityRow = (legalEntity: string, key: string): string => `${legalEntity}#${key}`;

/** The reverse of {@link identityRow}: a legal entity's name holds no `#`. */
export function partsOfRow(row: string): { readonly legalEntity: string; readonly key: string } {
  const at = row.indexOf('#');
  return { legalEntity: row.slice(0, at), key: row.slice(at + 1) };
}
