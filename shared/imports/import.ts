import * as z from 'zod';
import { LIMITS } from '#shared/events/limits.ts';
import { isDangerousKey } from '#shared/events/tidy.ts';
import { isTimeZone } from '#shared/kernel/calendar.ts';
import { Slug } from '#shared/sources/source.ts';
import { booleanWords } from './boolean-words.ts';
import { dateFormat } from './date-format.ts';
import { isIdentifier, type ParsedTarget, parseTarget, Target } from './target.ts';

/** How a file is written. Without one it is told by its first bytes and its name. */
export const ImportFormat = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('csv'),
    /** @default the one of , ; tab and | that makes the mapped columns of the first line */
    delimiter: z.enum([',', ';', '\t', '|']).optional(),
    /** @default told by the bytes */
    encoding: z.enum(['utf-8', 'windows-1252', 'utf-16le', 'utf-16be']).optional(),
    /** @default " */
    quote: z.enum(['"', "'"]).optional(),
  }),
  z.strictObject({ type: z.literal('jsonl') }),
  z.strictObject({
    type: z.literal('xlsx'),
    /** @default the first sheet that is not hidden */
    sheet: z.string().min(1).max(100).optional(),
  }),
]);
export type ImportFormat = z.infer<typeof ImportFormat>;

/** What a cell's text is read as; a cell that is none rejects its row. */
export const ColumnType = z.enum(['text', 'number', 'integer', 'boolean', 'date', 'datetime', 'country']);
export type ColumnType = z.infer<typeof ColumnType>;

/** Formats that are no pattern of tokens: ISO 8601, times since 1970, days since 1900 as spreadsheets count. */
export const NAMED_FORMATS = ['iso', 'epochSeconds', 'epochMilliseconds', 'excel'] as const;

/** What becomes of one column of the file. */
export const ImportColumn = z
  .strictObject({
    to: Target,
    /** @default text, or a JSON file's own type; of `timestamp` datetime */
    type: ColumnType.optional(),
    /** Of dates `iso`, `epochSeconds`, `epochMilliseconds`, `excel` or tokens as `dd/MM/yyyy HH:mm`; of booleans `yes/no`. */
    format: z.string().min(1).max(50).optional(),
    /** What stands before the decimals of a number; the other one, and blanks, may group thousands. */
    decimal: z.enum([',', '.']).optional(),
    /** An IANA name: whose clock a time without a zone is of. @default UTC */
    timeZone: z.string().max(50).refine(isTimeZone, 'an IANA time zone such as Europe/Paris').optional(),
    /** Whether a row without it is rejected. */
    required: z.boolean().optional(),
  })
  .superRefine((column, context) => {
    const fault = (path: string, message: string): void =>
      void context.addIssue({ code: 'custom', path: [path], message });
    const target = parseTarget(column.to);
    if (target === undefined) return;
    const type = typeOf(column);
    const isDate = type === 'date' || type === 'datetime';
    const isFact = target.kind === 'trait' || target.kind === 'property';
    if (target.kind === 'timestamp' && !isDate) fault('type', 'date or datetime, for a timestamp');
    if (column.type !== undefined && !isFact && target.kind !== 'timestamp') {
      fault('type', 'goes with trait, property and timestamp, and with nothing else');
    }
    if (column.format !== undefined && !isFormatOf(type, column.format)) {
      fault(
        'format',
        `of dates ${NAMED_FORMATS.join(', ')} or tokens as dd/MM/yyyy HH:mm; of booleans yes/no`,
      );
    }
    if (column.decimal !== undefined && type !== 'number' && type !== 'integer') {
      fault('decimal', 'goes with number and integer, and with nothing else');
    }
    if (column.timeZone !== undefined && !isDate) fault('timeZone', 'goes with dates, and with nothing else');
  });
export type ImportColumn = z.infer<typeof ImportColumn>;

/** What a column is read as; `undefined` where the file's own type counts. */
export function typeOf({ to, type }: Pick<ImportColumn, 'to' | 'type'>): ColumnType | undefined {
  if (to.startsWith('consent:')) return 'boolean';
  return to === 'timestamp' ? (type ?? 'datetime') : type;
}

function isFormatOf(type: ColumnType | undefined, format: string): boolean {
  if (type === 'boolean') return booleanWords(format) !== undefined;
  if (type !== 'date' && type !== 'datetime') return false;
  return NAMED_FORMATS.some((name) => name === format) || dateFormat(format) !== undefined;
}

/** Columns that one import maps. */
export const MAX_MAPPED_COLUMNS = 200;

const ColumnHeading = z
  .string()
  .min(1)
  .max(200)
  .refine((name) => name.trim() === name && !isDangerousKey(name), 'a name without blanks around it');

/**
 * How files of one kind become events: a source that they count as, and for each column what it fills.
 * Columns that are not mapped are passed over.
 */
export const Import = z
  .strictObject({
    id: Slug,
    name: z.string().min(1).max(200),
    market: z.string().min(1).max(50).optional(),
    brand: z.string().min(1).max(50).optional(),
    source: Slug,
    format: ImportFormat.optional(),
    call: z.enum(['identify', 'track']),
    /** The name of every event of a `track` whose file does not say it. */
    event: z.string().trim().min(1).max(200).optional(),
    /** ISO 3166 alpha-2: where phone numbers without a country code are from. @default the source's */
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, 'an ISO 3166 country code of two capitals')
      .optional(),
    /** By the column's name in the file's first line, or the key of a JSON line. */
    columns: z.record(ColumnHeading, ImportColumn),
  })
  .superRefine(({ call, event, columns }, context) => {
    const fault = (path: readonly string[], message: string): void =>
      void context.addIssue({ code: 'custom', path: [...path], message });
    const targets = Object.entries(columns).flatMap(([name, { to }]) => {
      const target = parseTarget(to);
      return target === undefined ? [] : [{ name, to, target }];
    });
    if (targets.length > MAX_MAPPED_COLUMNS) fault(['columns'], `at most ${MAX_MAPPED_COLUMNS} columns`);
    if (!targets.some(({ target }) => isIdentifier(target))) {
      fault(['columns'], 'one that names the person: userId, anonymousId, email, phone or externalId:<type>');
    }
    const external = targets.filter(
      ({ target: { kind } }) =>
        kind === 'externalId' || (call === 'track' && (kind === 'email' || kind === 'phone')),
    );
    if (external.length > LIMITS.externalIds) {
      fault(['columns'], `at most ${LIMITS.externalIds} for external ids, in a track with email and phone`);
    }
    // The latest word counts: said as of a file's upload, an old yes would undo every no that came meanwhile
    const isDated = Object.values(columns).some(
      ({ to, required }) => to === 'timestamp' && required === true,
    );
    targets.forEach(({ name, to, target }, n) => {
      if (!belongs(call, target))
        fault(['columns', name, 'to'], `goes with ${OTHER_CALL[call]}, not ${call}`);
      if (targets.findIndex((other) => other.to === to) !== n) {
        fault(['columns', name, 'to'], `a second column that fills ${to}`);
      }
      if (target.kind === 'consent' && !isDated) {
        fault(['columns', name, 'to'], 'goes with a required column for timestamp: when they said so');
      }
    });
    const isNamed = targets.some(({ target }) => target.kind === 'event');
    if (call === 'track' && isNamed === (event !== undefined)) {
      fault(['event'], 'the name of the events, unless a column fills it');
    }
    if (call === 'identify' && event !== undefined) fault(['event'], 'goes with track');
  });
export type Import = z.infer<typeof Import>;

const OTHER_CALL = { identify: 'track', track: 'identify' } as const;

function belongs(call: Import['call'], { kind }: ParsedTarget): boolean {
  if (kind === 'trait' || kind === 'consent') return call === 'identify';
  return (kind !== 'property' && kind !== 'event') || call === 'track';
}
