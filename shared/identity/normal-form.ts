import { isNobody } from '#shared/events/ids.ts';
import { normalEmail } from './email-form.ts';
import { type Identifier, IdentifierType, isExternal } from './identifier.ts';
import { normalPhone } from './phone-form.ts';

/** How values are read that can be written in several ways. */
export interface Spelling {
  /** Of the source, ISO 3166 alpha-2: where phone numbers without a country code are from. */
  readonly country?: string | undefined;
  /** Whether addresses that a provider delivers to one mailbox are one. */
  readonly emailProviderRules?: boolean;
}

/** An identifier in the form that is compared, or `undefined` when its value points at nobody. */
export function normalIdentifier(
  type: IdentifierType,
  value: string,
  spelling: Spelling = {},
): Identifier | undefined {
  const normal = normalValue(type, value, spelling);
  return normal === undefined || isNobody(normal) ? undefined : { type, value: normal };
}

function normalValue(type: IdentifierType, value: string, spelling: Spelling): string | undefined {
  if (type === 'email') return normalEmail(value, { providerRules: spelling.emailProviderRules ?? false });
  return type === 'phone' ? normalPhone(value, spelling.country) : value.trim();
}

/** Reads `email:ada@example.com` or `externalId:loyalty_card:123`, as people write an identifier in a URL. */
export function parseIdentifier(text: string, spelling: Spelling = {}): Identifier | undefined {
  const at = text.indexOf(':', isExternal(text) ? text.indexOf(':') + 1 : 0);
  const type = IdentifierType.safeParse(text.slice(0, Math.max(at, 0)));
  return type.success ? normalIdentifier(type.data, text.slice(at + 1), spelling) : undefined;
}
