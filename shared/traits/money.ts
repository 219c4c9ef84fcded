const digits = new Map<string, number>();

/** How many decimals a currency has by ISO 4217: 2 for USD, 0 for JPY, 3 for KWD; `undefined` for no currency. */
export function minorDigits(currency: string): number | undefined {
  const known = digits.get(currency);
  if (known !== undefined) return known;
  if (!/^[A-Z]{3}$/.test(currency) || digits.size > 500) return undefined;
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions();
  digits.set(currency, maximumFractionDigits);
  return maximumFractionDigits;
}

/**
 * An amount in minor units (cents), rounded half away from zero once, so that sums are exact whatever
 * their order: floats do not associate, integers do. `undefined` for what is no amount.
 */
export function minorUnits(amount: unknown, currency: string): number | undefined {
  const places = minorDigits(currency);
  const value = typeof amount === 'string' && amount.trim() !== '' ? Number(amount) : amount;
  if (places === undefined || typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  // Shifting the decimal point in the text is exact, multiplying 1.005 by 100 is not
  const text = String(Math.abs(value));
  const shifted = text.includes('e') ? Math.abs(value) * 10 ** places : Number(`${text}e${places}`);
  const minor = Math.round(shifted);
  if (!Number.isSafeInteger(minor)) return undefined;
  return value < 0 ? -minor : minor;
}

/** Minor units as a decimal number in the currency's own places: `24409194` USD is `244091.94`. */
export function majorText(minor: number, currency: string): string {
  const places = minorDigits(currency) ?? 0;
  const text = String(Math.abs(minor)).padStart(places + 1, '0');
  const whole = text.slice(0, text.length - places);
  return `${minor < 0 ? '-' : ''}${whole}${places > 0 ? `.${text.slice(-places)}` : ''}`;
}
