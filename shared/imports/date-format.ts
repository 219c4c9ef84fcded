import { dayOf, timeOf } from '#shared/traits/moment.ts';

/** A date without a time, or a time of the day that a clock on the wall shows. */
export interface WallTime {
  /** `2026-11-22` */
  readonly day: string;
  /** Milliseconds since 1970 were the clock UTC's; absent where only a day was written. */
  readonly wall?: number;
}

/** What each token stands for; `M` takes one digit or two, `MM` two. */
const TOKENS: Readonly<Record<string, { readonly part: Part; readonly digits: string }>> = {
  yyyy: { part: 'year', digits: '\\d{4}' },
  MM: { part: 'month', digits: '\\d{2}' },
  M: { part: 'month', digits: '\\d{1,2}' },
  dd: { part: 'day', digits: '\\d{2}' },
  d: { part: 'day', digits: '\\d{1,2}' },
  HH: { part: 'hour', digits: '\\d{2}' },
  H: { part: 'hour', digits: '\\d{1,2}' },
  mm: { part: 'minute', digits: '\\d{2}' },
  ss: { part: 'second', digits: '\\d{2}' },
  SSS: { part: 'millisecond', digits: '\\d{3}' },
};

type Part = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'millisecond';

const TOKEN = /yyyy|MM?|dd?|HH?|mm|ss|SSS/g;
/** Any other letter would be a token of somebody else's, and be taken for text. */
const LITERAL = /^[^A-Za-z]*$|^[^A-Za-z]*T[^A-Za-z]*$/;

/**
 * Makes the reader of dates that are written as a format says: `dd/MM/yyyy`, `yyyyMMdd HH:mm`. Tokens are
 * `yyyy M MM d dd H HH mm ss SSS`, each once, a day's all three among them; a `T` and what is no letter
 * stands for itself. `undefined` for what is no such format.
 *
 * Years of two digits are left out: `50` is a birth or a delivery date, and no rule tells which.
 */
export function dateFormat(format: string): ((text: string) => WallTime | undefined) | undefined {
  if (format.length > 50) return undefined;
  const parts = [...format.matchAll(TOKEN)].map(([token]) => TOKENS[token]?.part);
  const has = (part: Part): boolean => parts.includes(part);
  const isWhole = has('year') && has('month') && has('day') && new Set(parts).size === parts.length;
  if (!isWhole || !hasNoGap(has) || !LITERAL.test(format.replaceAll(TOKEN, ''))) return undefined;

  const pattern = new RegExp(
    `^${format.replaceAll(/yyyy|MM?|dd?|HH?|mm|ss|SSS|./gs, (token) => {
      const digits = TOKENS[token]?.digits;
      return digits === undefined ? token.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&') : `(${digits})`;
    })}$`,
  );
  const place = (part: Part): number => parts.indexOf(part) + 1;
  const places = {
    year: place('year'),
    month: place('month'),
    day: place('day'),
    hour: place('hour'),
    minute: place('minute'),
    second: place('second'),
    millisecond: place('millisecond'),
  };

  return function readDate(text) {
    const match = pattern.exec(text);
    if (match === null) return undefined;
    // The whole match, which is no number, stands at 0, where a part that the format lacks is looked for
    const number = (part: Part): number => (places[part] === 0 ? 0 : Number(match[places[part]]));
    const day = { year: number('year'), month: number('month'), day: number('day') };
    const written = dayOf(day);
    if (written === undefined) return undefined;
    if (!has('hour')) return { day: written };
    const second = number('second') + number('millisecond') / 1000;
    const moment = timeOf({
      ...day,
      hour: number('hour'),
      minute: number('minute'),
      second,
      offsetMinutes: 0,
    });
    return moment === undefined ? undefined : { day: moment.slice(0, 10), wall: Date.parse(moment) };
  };
}

/** Minutes go with hours, seconds with minutes, and so on. */
const hasNoGap = (has: (part: Part) => boolean): boolean =>
  (has('hour') || !has('minute')) &&
  (has('minute') || !has('second')) &&
  (has('second') || !has('millisecond'));
