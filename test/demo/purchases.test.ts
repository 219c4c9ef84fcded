import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { purchaseTraffic } from '#demo/purchases.ts';

const HEADER = 'customer_id,date,quantity,value';
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'purchases-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

function file(text: string, name = 'history.csv'): string {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
}

const ordersOf = (path: string) =>
  purchaseTraffic(path).calls.filter(({ event }) => event === 'Order Completed');

it('makes an order of each row, at the date of the row, and one person of each customer', () => {
  const traffic = purchaseTraffic(
    file(`${HEADER}\n7,1997-01-02,3,29.33\n8,1997-03-30,1,6\n7,1998-01-01,2,0.10\n`),
  );

  expect(traffic.people).toEqual([
    { identifier: 'userId:7', events: 3, orders: 2, spent: 2_943, subscribed: false },
    { identifier: 'userId:8', events: 2, orders: 1, spent: 600, subscribed: false },
  ]);
  expect(traffic.identifiers).toBe(2);
  expect(traffic.calls.map(({ type, userId, timestamp }) => [type, userId, timestamp.toISOString()])).toEqual(
    [
      ['identify', '7', '1997-01-02T12:00:00.000Z'],
      ['track', '7', '1997-01-02T12:00:00.000Z'],
      ['identify', '8', '1997-03-30T12:00:00.000Z'],
      ['track', '8', '1997-03-30T12:00:00.000Z'],
      ['track', '7', '1998-01-01T12:00:00.000Z'],
    ],
  );
});

it('takes twin rows for two purchases, and the same file again for the same ones', () => {
  const twins = file(`${HEADER}\n7,1997-01-02,1,5.00\n7,1997-01-02,1,5.00\n`);
  const copy = file(`${HEADER}\n7,1997-01-02,1,5.00\n7,1997-01-02,1,5.00\n`, 'copy.csv');

  const ids = ordersOf(twins).map(({ messageId }) => messageId);

  expect(new Set(ids).size).toBe(2);
  expect(purchaseTraffic(copy)).toEqual(purchaseTraffic(twins));
});

it('takes the same row of another file for another purchase', () => {
  const one = ordersOf(file(`${HEADER}\n7,1997-01-02,1,5.00\n`, 'one.csv'));
  const other = ordersOf(file(`${HEADER}\n7,1997-01-02,1,5.00\n8,1997-01-02,1,5.00\n`, 'other.csv'));

  expect(other.map(({ messageId }) => messageId)).not.toContain(one[0]?.messageId);
});

it('reads what spreadsheets write: a byte order mark, CRLF, quotes, blank lines, other columns besides', () => {
  const text = `\uFEFFvalue,store,customer_id,date,quantity\r\n"5.00","a,\r\nb",7,1997-01-02,1\r\n\r\n2.5,c, 7 ,1997-01-03,1`;

  expect(purchaseTraffic(file(text)).people).toEqual([
    { identifier: 'userId:7', events: 3, orders: 2, spent: 750, subscribed: false },
  ]);
});

it.each([
  [
    'a day that there is not',
    '7,1997-02-29,1,5.00',
    /history\.csv, line 3, column date: "1997-02-29" is not a date/,
  ],
  ['no customer', ' ,1997-01-02,1,5.00', /line 3, column customer_id: " " is not/],
  [
    'a quantity of nothing',
    '7,1997-01-02,0,5.00',
    /line 3, column quantity: "0" is not a whole number from 1/,
  ],
  ['an amount below a cent', '7,1997-01-02,1,5.001', /line 3, column value: "5.001" is not an amount/],
  ['an amount with a currency', '7,1997-01-02,1,$5', /line 3, column value: "\$5" is not an amount/],
  ['a field too few', '7,1997-01-02,1', /history\.csv: .*length is 4, got 3 on line 3/],
])('names file, line and column of %s', (_, row, message) => {
  expect(() => purchaseTraffic(file(`${HEADER}\n7,1997-01-02,1,5.00\n${row}\n`))).toThrow(message);
});

it('counts lines as an editor does, blank ones too', () => {
  expect(() => purchaseTraffic(file(`${HEADER}\r\n\r\n7,1997-01-02,1,5.00\r\n\r\n7,x,1,5\r\n`))).toThrow(
    /line 5/,
  );
});

it('says which columns are missing, and that a file holds nothing or is not there', () => {
  expect(() => purchaseTraffic(file('customer,date,quantity,sum\n7,1997-01-02,1,5\n'))).toThrow(
    'no column customer_id, value in line 1',
  );
  expect(() => purchaseTraffic(file(`${HEADER}\n`))).toThrow('history.csv holds no purchases');
  expect(() => purchaseTraffic(file(''))).toThrow('history.csv holds no purchases');
  expect(() => purchaseTraffic(join(dir, 'none.csv'))).toThrow(/none\.csv cannot be read: ENOENT/);
});
