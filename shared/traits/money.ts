const digits = new Map(
  Intl.supportedValuesOf('currency').map((currency) => {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency });
    return [currency, format.resolvedOptions().maximumFractionDigits ?? 2];
  }),
);

/** No single amount is larger: a hundred thousand million in a currency with cents. */
const MAX_MINOR = 10_000_000_000_000;

/**
 * The sum of two amounts. Beyond 2^53 integers are no longer exact: a sum stops there, which no
 * customer's does, so that no sender can make a person whom nobody can read.
 */
export const addMinor = (a: number, b: number): number =>
  Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, a + b));

/** How many decimals a currency has by ISO 4217: 2 for USD, 0 for JPY, 3 for KWD; `undefined` for no currency. */
export const minorDigits = (currency: string): number | undefined => digits.get(currency);

/**
 * An amount in minor units (cents), rounded half away from zero once, so that sums are exact whatever
 * their order: floats do not associate, integers do. `undefined` for what is no amount, or none that
 * an order has.
 */
export function minorUnits(amount: unknown, currency: string): number | undefined {
  const places = minorDigits(currency);
  const value = typeof amount === 'string' && amount.trim() !== '' ? Number(amount) : amount;
  if (places === undefined || typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  // Shifting the decimal point in the text is exact, multiplying 1.005 by 100 is not
  const text = String(Math.abs(value));
  // A number has an exponent of its own below a millionth, which is nothing, and from 1e21, which is too much
  const shifted = text.includes('e') ? Math.abs(value) : Number(`${text}e${places}`);
  const minor = Math.round(shifted);
  if (minor > MAX_MINOR) return undefined;
  // Subtracted, since the negative of 0 is a -0 that no store gives back
  return value < 0 ? 0 - minor : minor;
}

/** Minor units as a decimal number in the currency's own places: `24409194` USD is `244091.94`. */
export function majorText(minor: number, currency: string): string {
  const places = minorDigits(currency) ?? 0;
  const text = String(Math.abs(minor)).padStart(places + 1, '0');
  const whole = text.slice(0, text.length - places);
  return `${minor < 0 ? '-' : ''}${whole}${places > 0 ? `.${text.slice(-places)}` : ''}`;
}
