import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parse } from 'csv-parse/sync';
import * as z from 'zod';
import { type Call, type Traffic, trafficOf } from './traffic.ts';

const CURRENCY = 'USD';

const COLUMNS = ['customer_id', 'date', 'quantity', 'value'] as const;

const Row = z.object({
  customer_id: z.string().trim().min(1, 'nobody'),
  date: z.iso.date('a date such as 1997-01-31'),
  quantity: z.string().regex(/^[1-9]\d{0,8}$/, 'a whole number from 1'),
  value: z.string().regex(/^\d{1,9}(\.\d{1,2})?$/, 'an amount such as 14.96'),
});
type Row = z.infer<typeof Row>;

/** A row with the line that it ends on. */
const Numbered = z.object({
  record: z.record(z.string(), z.string()),
  info: z.object({ lines: z.int() }),
});

/**
 * Reads a purchase history, `customer_id,date,quantity,value`, as orders at the history's own dates.
 *
 * A row is told from others by its file and line, not by its content: twin rows are two purchases,
 * and the same file again is the same purchases.
 *
 * @throws {Error} naming the line and column of what is not a purchase.
 */
export function purchaseTraffic(file: string): Traffic {
  const bytes = readBytes(file);
  const fileId = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const rows = readRows(bytes, basename(file));

  const known = new Set<string>();
  const calls = rows.flatMap(({ record, line }) => {
    const userId = record.customer_id;
    const timestamp = new Date(`${record.date}T12:00:00Z`);
    const isFirst = !known.has(userId);
    known.add(userId);
    const order: Call = {
      type: 'track',
      event: 'Order Completed',
      userId,
      messageId: `${fileId}-${line}`,
      timestamp,
      properties: { total: Number(record.value), currency: CURRENCY, quantity: Number(record.quantity) },
    };
    const identify: Call = {
      type: 'identify',
      userId,
      messageId: `${fileId}-${line}-customer`,
      timestamp,
      traits: { first_purchase: record.date },
    };
    const identifier = `userId:${userId}`;
    return isFirst
      ? [
          { identifier, call: identify },
          { identifier, call: order },
        ]
      : [{ identifier, call: order }];
  });
  return trafficOf(calls, CURRENCY);
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new Error(`${file} cannot be read: ${messageOf(cause)}`);
  }
}

function readRows(bytes: Buffer, name: string): { readonly record: Row; readonly line: number }[] {
  const rows = parseCsv(bytes, name).map(({ record, info: { lines: line } }) => {
    const row = Row.safeParse(record);
    if (row.success) return { record: row.data, line };
    const [{ path: [column = ''] = [], message } = { message: '' }] = row.error.issues;
    throw new Error(
      `${name}, line ${line}, column ${String(column)}: ${JSON.stringify(record[String(column)])} is not ${message}`,
    );
  });
  if (rows.length === 0) throw new Error(`${name} holds no purchases`);
  return rows;
}

function parseCsv(bytes: Buffer, name: string): z.infer<typeof Numbered>[] {
  try {
    const columns = (header: string[]) => {
      const missing = COLUMNS.filter((column) => !header.includes(column));
      if (missing.length === 0) return header;
      throw new Error(`no column ${missing.join(', ')} in line 1, which must be ${COLUMNS.join(',')}`);
    };
    return Numbered.array().parse(parse(bytes, { columns, info: true, bom: true, skip_empty_lines: true }));
  } catch (cause) {
    throw new Error(`${name}: ${messageOf(cause)}`);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
