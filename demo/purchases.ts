import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parse } from 'csv-parse/sync';
import * as z from 'zod';
import { type Call, type Traffic, trafficOf } from './traffic.ts';

const CURRENCY = 'USD';

const Row = z.object({
  customer_id: z.string().trim().min(1),
  date: z.iso.date(),
  quantity: z.coerce.number().int().positive(),
  value: z.string().regex(/^\d+(\.\d{1,2})?$/, 'an amount such as 14.96'),
});

const Rows = z.array(z.object({ record: Row, info: z.object({ lines: z.int() }) }));

/**
 * Reads a purchase history, `customer_id,date,quantity,value`, as orders at the history's own dates.
 *
 * A row is told from others by its file and line, not by its content: twin rows are two purchases,
 * and the same file again is the same purchases.
 *
 * @throws {Error} naming the line and column of what is not a purchase.
 */
export function purchaseTraffic(file: string): Traffic {
  const bytes = readFileSync(file);
  const fileId = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const rows = Rows.safeParse(parse(bytes, { columns: true, info: true, bom: true, skip_empty_lines: true }));
  if (!rows.success) throw new Error(`${basename(file)}: ${faultOf(rows.error)}`);

  const known = new Set<string>();
  const calls = rows.data.flatMap(({ record, info: { lines } }) => {
    const userId = record.customer_id;
    const timestamp = new Date(`${record.date}T12:00:00Z`);
    const isFirst = !known.has(userId);
    known.add(userId);
    const order: Call = {
      type: 'track',
      event: 'Order Completed',
      userId,
      messageId: `${fileId}-${lines}`,
      timestamp,
      properties: { total: Number(record.value), currency: CURRENCY, quantity: record.quantity },
    };
    const identify: Call = {
      type: 'identify',
      userId,
      messageId: `${fileId}-${lines}-customer`,
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

function faultOf(error: z.ZodError): string {
  const [issue] = error.issues;
  const [row, , column] = issue?.path ?? [];
  const line = typeof row === 'number' ? `line ${row + 2}` : 'the file';
  return `${line}${column === undefined ? '' : `, column ${String(column)}`}: ${issue?.message ?? 'is not as expected'}; expected customer_id,date,quantity,value`;
}
