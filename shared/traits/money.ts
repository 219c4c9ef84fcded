import { isJson } from '#shared/events/json.ts';
import type { Minor } from './minor.ts';

const digits = new Map(
  Intl.supportedValuesOf('currency').map((currency) => {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency });
    return [currency, format.resolvedOptions().maximumFractionDigits ?? 2];
  }),
);

/** No single amount is larger: a hundred thousand million in a currency with cents. */
const MAX_MINOR = 10_000_000_000_000;

/** How many decimals a currency has by ISO 4217: 2 for USD, 0 for JPY, 3 for KWD; `undefined` for no currency. */
export const minorDigits = (currency: string): number | undefined => digits.get(currency);

/**
 * An amount in minor units (cents), rounded half away from zero once, so that sums are exact whatever
 * their order: floats do not associate, integers do. `undefined` for what is no amount, or none that
 * an order has.
 */
export function minorUnits(amount: unknown, currency: string): number | undefined {
  const places = minorDigits(currency);
  const isWritten = typeof amount === 'number' || (typeof amount === 'string' && amount.trim() !== '');
  const value = isWritten ? Number(amount) : Number.NaN;
  if (places === undefined || !Number.isFinite(value)) return undefined;
  // Shifting the decimal point in the text is exact, multiplying 1.005 by 100 is not
  const text = String(Math.abs(value));
  // A number has an exponent of its own below a millionth, which is nothing, and from 1e21, which is too much
  const shifted = text.includes('e') ? Math.abs(value) : Number(`${text}e${places}`);
  const minor = Math.round(shifted);
  if (minor > MAX_MINOR) return undefined;
  // With 0 added, since the negative of 0 is a -0 that no store gives back
  return Math.sign(value) * minor + 0;
}

/** Minor units as a decimal number in the currency's own places: `24409194` USD is `244091.94`. */
export function majorText(minor: Minor, currency: string): string {
  const places = minorDigits(currency) ?? 0;
  const digits = String(minor);
  const sign = digits.startsWith('-') ? '-' : '';
  const text = digits.slice(sign.length).padStart(places + 1, '0');
  const whole = text.slice(0, text.length - places);
  return `${sign}${whole}${places > 0 ? `.${text.slice(-places)}` : ''}`;
}

/** ISO 4217, in capitals, as far as a currency is still in use. */
export function readCurrency(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const code = value.trim().toUpperCase();
  return digits.has(code) ? code : undefined;
}

const WRITTEN = /^([A-Za-z]{3})?\s*([+-]?\d+(?:\.\d+)?)\s*([A-Za-z]{3})?$/;

/**
 * An amount with its currency, the amount in minor units: read from such a value, from an object of
 * `amount` (or `value`, `total`) and `currency`, and from a text such as `12.50 EUR`.
 */
export function readMoney(value: unknown): { readonly currency: string; readonly minor: number } | undefined {
  if (typeof value === 'string') return readWritten(value.trim());
  if (!isJson(value)) return undefined;
  const currency = readCurrency(value.currency);
  if (currency === undefined) return undefined;
  if (Number.isSafeInteger(value.minor)) return { currency, minor: Number(value.minor) };
  const minor = minorUnits(value.amount ?? value.value ?? value.total, currency);
  return minor === undefined ? undefined : { currency, minor };
}

function readWritten(text: string): ReturnType<typeof readMoney> {
  const match = WRITTEN.exec(text);
  if (match === null) return undefined;
  const [, before, amount, after] = match;
  return before === undefined || after === undefined
    ? readMoney({ amount, currency: before ?? after })
    : undefined;
}
