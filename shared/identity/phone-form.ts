import { getCountries, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { memo } from '#shared/kernel/memo.ts';

const E164 = /^\+[1-9]\d{6,14}$/;
const MAX_LENGTH = 40;
const COUNTRIES = getCountries();

/** A number as E.164, with its extension where it has one. */
export interface Phone {
  readonly number: string;
  readonly extension?: string | undefined;
}

/** A parse costs some 15 µs, and the same few people come again and again. */
const parsed = memo<Phone | undefined>(10_000);

/** Reads a phone number, in `country` where it has no country code; `undefined` for what is none. */
export function readPhone(text: string, country?: string): Phone | undefined {
  const trimmed = text.trim();
  if (E164.test(trimmed)) return { number: trimmed };
  if (trimmed.length > MAX_LENGTH) return undefined;
  return parsed(`${country} ${trimmed}`, () => parsePhone(trimmed, country));
}

function parsePhone(text: string, country: string | undefined): Phone | undefined {
  const known = COUNTRIES.find((code) => code === country);
  // Full-width digits, as keyboards for Japanese write them, are digits
  const phone = parsePhoneNumberFromString(text.normalize('NFKC'), known);
  if (phone?.isValid() !== true) return undefined;
  return { number: phone.number, extension: phone.ext };
}

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
