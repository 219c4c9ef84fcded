import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';

const E164 = /^\+[1-9]\d{6,14}$/;
const MAX_LENGTH = 40;

/** A number as E.164, with its extension where it has one. */
export interface Phone {
  readonly number: string;
  readonly extension?: string | undefined;
}

const phones = new Map<string, Phone | undefined>();
const MAX_CACHED_PHONES = 10_000;

/** Reads a phone number, in `country` where it has no country code; `undefined` for what is none. */
export function readPhone(text: string, country?: string): Phone | undefined {
  const trimmed = text.trim();
  if (E164.test(trimmed)) return { number: trimmed };
  if (trimmed.length > MAX_LENGTH) return undefined;
  const key = `${country ?? ''} ${trimmed}`;
  if (phones.has(key)) return phones.get(key);
  // A parse costs some 15 µs, and the same few people come again and again
  if (phones.size >= MAX_CACHED_PHONES) phones.clear();
  const phone = parsePhone(trimmed, country);
  phones.set(key, phone);
  return phone;
}

function parsePhone(text: string, country: string | undefined): Phone | undefined {
  // Full-width digits, as keyboards for Japanese write them, are digits
  const parsed = parsePhoneNumberFromString(text.normalize('NFKC'), countryCode(country));
  if (parsed?.isValid() !== true) return undefined;
  return { number: parsed.number, extension: parsed.ext };
}

const countryCode = (country: string | undefined): CountryCode | undefined =>
  country !== undefined && isSupportedCountry(country) ? country : undefined;

/**
 * A phone number as E.164, where it is one that reaches a person: none with an extension, which is
 * that of a switchboard.
 */
export function normalPhone(text: string, country?: string): string | undefined {
  const phone = readPhone(text, country);
  return phone?.extension === undefined ? phone?.number : undefined;
}

/** As RFC 3966 writes it: `+12133734253;ext=1234`. */
export function phoneText(text: string, country?: string): string | undefined {
  const phone = readPhone(text, country);
  return phone?.extension === undefined ? phone?.number : `${phone.number};ext=${phone.extension}`;
}
