import { normalEmail } from '#shared/identity/email-form.ts';
import { phoneText } from '#shared/identity/phone-form.ts';
import { readCountry } from './country.ts';
import { readDate } from './date.ts';
import { readCurrency, readMoney } from './money.ts';
import type { TraitType } from './trait-definition.ts';

/**
 * A value in the normal form of its type, or `undefined` for what is none, or could be two. To read
 * a normal form gives it back, save that a text of digits is text.
 *
 * @param country of the event's source, for phone numbers without a country code
 */
export function readValue(type: TraitType, value: unknown, country: string | undefined): unknown {
  return READERS[type](value, country);
}

const READERS: {
  readonly [K in TraitType]: (value: unknown, country: string | undefined) => unknown;
} = {
  text: readText,
  number: readNumber,
  boolean: readBoolean,
  date: readDate,
  country: readCountry,
  currency: readCurrency,
  money: readMoney,
  phone: (value, country) => (isTextual(value) ? phoneText(String(value), country) : undefined),
  email: (value) => (typeof value === 'string' ? normalEmail(value) : undefined),
};

/** A number may stand for its digits as long as none of them was lost. */
const isTextual = (value: unknown): value is string | number =>
  typeof value === 'string' || Number.isSafeInteger(value);

function readText(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim().normalize('NFC');
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** A comma is refused: it parts thousands in one country and decimals in the next. */
function readNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  const number = NUMBER.test(text) ? Number(text) : Number.NaN;
  // An integer of more digits than a number holds would come out as another
  const isExact = Number.isSafeInteger(number) || !Number.isInteger(number) || /[.e]/i.test(text);
  return Number.isFinite(number) && isExact ? number : undefined;
}

const TRUE = new Set(['true', 't', 'yes', 'y', 'on', '1']);
const FALSE = new Set(['false', 'f', 'no', 'n', 'off', '0']);

/** The literals of PostgreSQL's boolean, in any case: https://www.postgresql.org/docs/current/datatype-boolean.html */
function readBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).trim().toLowerCase();
  if (TRUE.has(text)) return true;
  return FALSE.has(text) ? false : undefined;
}
