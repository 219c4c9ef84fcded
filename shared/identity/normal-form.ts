import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { isNobody } from '#shared/events/ids.ts';
import { type Identifier, IdentifierType, isExternal } from './identifier.ts';

const EMAIL = /^[^\s@"(),:;<>[\]\\]{1,64}@[^\s@"(),:;<>[\]\\/?#%]+\.[^\s@"(),:;<>[\]\\/?#%]{2,}$/;
const E164 = /^\+[1-9]\d{6,14}$/;

/**
 * An address in the form that is compared: trimmed, NFC, lower case, its domain in ASCII (IDNA).
 * `undefined` for what is no address. Dots and tags are kept: they are a provider's own matter.
 */
export function normalEmail(text: string): string | undefined {
  const trimmed = text.trim().normalize('NFC').toLowerCase();
  if (trimmed.length > 254 || !EMAIL.test(trimmed)) return undefined;
  const at = trimmed.lastIndexOf('@');
  const domain = asciiDomain(trimmed.slice(at + 1));
  return domain === undefined ? undefined : `${trimmed.slice(0, at)}@${domain}`;
}

function asciiDomain(domain: string): string | undefined {
  if (/^[a-z0-9.-]+$/.test(domain)) return domain;
  return URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : undefined;
}

const phones = new Map<string, string | undefined>();
const MAX_CACHED_PHONES = 10_000;

/** A phone number as E.164, read in `country` where it has no country code; `undefined` for what is none. */
export function normalPhone(text: string, country?: string): string | undefined {
  const trimmed = text.trim();
  if (E164.test(trimmed)) return trimmed;
  if (trimmed.length > 40) return undefined;
  const key = `${country ?? ''} ${trimmed}`;
  if (phones.has(key)) return phones.get(key);
  // A parse costs some 15 µs, and the same few people come again and again
  if (phones.size >= MAX_CACHED_PHONES) phones.clear();
  const parsed = parsePhoneNumberFromString(trimmed, countryCode(country));
  const phone = parsed?.isValid() ? parsed.number : undefined;
  phones.set(key, phone);
  return phone;
}

const countryCode = (country: string | undefined): CountryCode | undefined =>
  country !== undefined && isSupportedCountry(country) ? country : undefined;

/** An identifier in the form that is compared, or `undefined` when its value points at nobody. */
export function normalIdentifier(
  type: IdentifierType,
  value: string,
  country?: string,
): Identifier | undefined {
  const normal =
    type === 'email' ? normalEmail(value) : type === 'phone' ? normalPhone(value, country) : value.trim();
  return normal === undefined || normal === '' || isNobody(normal) ? undefined : { type, value: normal };
}

/** Reads `email:ada@example.com` or `externalId:loyalty_card:123`, as people write an identifier in a URL. */
export function parseIdentifier(text: string, country?: string): Identifier | undefined {
  const at = text.indexOf(':', isExternal(text) ? text.indexOf(':') + 1 : 0);
  const type = IdentifierType.safeParse(text.slice(0, Math.max(at, 0)));
  return type.success ? normalIdentifier(type.data, text.slice(at + 1), country) : undefined;
}
