import * as z from 'zod';
import { Channel, Purpose } from '#shared/consent/consent.ts';
import { NamedType } from '#shared/identity/identifier.ts';
import { Schedule } from '#shared/sources/schedule.ts';
import { Slug } from '#shared/sources/source.ts';

const COLUMN = new RegExp(
  [
    '^(?:pid|segments',
    `|identifier:(?:${NamedType.options.join('|')}|externalId:[A-Za-z0-9][A-Za-z0-9._-]{0,49})`,
    '|trait:.{1,200}',
    '|computed:[a-z0-9][a-z0-9-]{0,63}',
    '|consent:(?:email|sms|post|ads)/[a-z][a-z0-9_-]{0,49}',
    '|event:.{1,200}:(?:count|first|last)',
    '|sum:.{1,200}:[A-Z]{3})$',
  ].join(''),
);

/** What a cell holds, as a definition names it: `identifier:email`, `trait:city`, `sum:total_spent:EUR`. */
export const ColumnName = z
  .string()
  .regex(
    COLUMN,
    `pid, segments, identifier:<${NamedType.options.join('|')}|externalId:…>, trait:<name>, computed:<id>, consent:<channel>/<purpose>, ` +
      'event:<name>:<count|first|last> or sum:<name>:<currency>',
  );
export type ColumnName = z.infer<typeof ColumnName>;

/** A column, with the name that stands in the file's first line where it is not the column's own. */
export const Column = z.union([
  ColumnName,
  z.strictObject({ column: ColumnName, header: z.string().min(1).max(200).optional() }),
]);
export type Column = z.infer<typeof Column>;

/**
 * A file made of a segment: who is in it, what it says of them, and when.
 *
 * With `channel` and `purpose` it is a way out to people, and holds only those who may be reached so;
 * with a market or brand it holds that one's people alone.
 */
export const Export = z
  .strictObject({
    id: Slug,
    name: z.string().min(1).max(200),
    segment: Slug,
    columns: z.array(Column).min(1).max(200),
    format: z.enum(['csv']).default('csv'),
    channel: Channel.optional(),
    purpose: Purpose.optional(),
    schedule: Schedule.optional(),
    market: z.string().min(1).max(50).optional(),
    brand: z.string().min(1).max(50).optional(),
  })
  .superRefine(({ channel, purpose, columns }, context) => {
    if ((channel === undefined) !== (purpose === undefined)) {
      const path = [channel === undefined ? 'channel' : 'purpose'];
      context.addIssue({ code: 'custom', path, message: 'channel and purpose come together or not at all' });
    }
    const headers = columns.map(headerOf);
    headers.forEach((header, n) => {
      if (headers.indexOf(header) === n) return;
      context.addIssue({ code: 'custom', path: ['columns', n], message: `a second column named ${header}` });
    });
  });
export type Export = z.infer<typeof Export>;

/** The name of a column in the file's first line. */
export function headerOf(column: Column): string {
  return typeof column === 'string' ? column : (column.header ?? column.column);
}

/** The column itself, without its header. */
export function columnNameOf(column: Column): ColumnName {
  return typeof column === 'string' ? column : column.column;
}
