import { isJson } from '#shared/events/json.ts';
import { decimalText, fixedPoint, type Minor } from './minor.ts';

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

/** An amount in minor units (cents); `undefined` for what is no amount, or none that an order has. */
export function minorUnits(amount: unknown, currency: string): number | undefined {
  const places = minorDigits(currency);
  return places === undefined ? undefined : fixedPoint(amount, { places, most: MAX_MINOR });
}

/** Minor units as a decimal number in the currency's own places: `24409194` USD is `244091.94`. */
export const majorText = (minor: Minor, currency: string): string =>
  decimalText(minor, minorDigits(currency) ?? 0);

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
