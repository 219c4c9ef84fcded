import { Import } from '#shared/imports/import.ts';
import { Source } from '#shared/sources/source.ts';

/** The purchases of a chain of shops as their tills write them, in columns with semicolons and decimal commas. */
export const PURCHASES = Import.parse({
  id: 'purchases',
  name: 'Purchases',
  source: 'till',
  call: 'track',
  event: 'Order Completed',
  columns: {
    'E-mail': { to: 'email' },
    Card: { to: 'externalId:loyalty_card' },
    Date: { to: 'timestamp', format: 'dd/MM/yyyy HH:mm', timeZone: 'Europe/Paris' },
    Order: { to: 'property:order_id', required: true },
    Total: { to: 'property:total', type: 'number', decimal: ',' },
    Currency: { to: 'property:currency' },
    Shop: { to: 'property:shop' },
    Items: { to: 'property:items', type: 'integer' },
    Gift: { to: 'property:gift', type: 'boolean' },
  },
});

export const TILL = Source.parse({
  id: 'till',
  name: 'The tills',
  writeKeys: ['bench-write-key'],
  market: 'eu',
  brand: 'summit',
  legalEntity: 'summit',
  country: 'FR',
});

export const HEADER = `${Object.keys(PURCHASES.columns).join(';')};Remark\r\n`;

const SHOPS = ['Paris Rivoli', 'Lyon Part-Dieu', 'Genève Rhône', 'Chamonix'];
const REMARKS = ['', '', '', 'gift wrapped', '"said ""thank you"""', '"two lines\r\nof text"'];

/** One of twenty rows is bad, in one of five ways. */
const BAD = [
  (row: readonly string[]) => row.with(0, 'no address'),
  (row: readonly string[]) => row.with(2, '31/02/2026 10:00'),
  (row: readonly string[]) => row.with(3, ''),
  (row: readonly string[]) => row.with(4, '12.50.1'),
  (row: readonly string[]) => row.slice(1),
];

/** The same row for the same number, each of some 100 bytes; one in six has a line end in quotes. */
export function purchase(n: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const row = [
    `customer.${n % 70_001}@example.com`,
    n % 3 === 0 ? '' : `C${1_000_000 + (n % 70_001)}`,
    `${two(1 + (n % 28))}/${two(1 + (n % 12))}/2025 ${two(n % 24)}:${two(n % 60)}`,
    `O-${100_000_000 + n}`,
    `${n % 900},${two(n % 100)}`,
    'EUR',
    SHOPS[n % SHOPS.length] ?? '',
    String(1 + (n % 7)),
    n % 2 === 0 ? 'oui' : 'non',
    REMARKS[n % REMARKS.length] ?? '',
  ];
  const spoil = n % 20 === 19 ? BAD[Math.floor(n / 20) % BAD.length] : undefined;
  return `${(spoil === undefined ? row : spoil(row)).join(';')}\r\n`;
}

const ROWS_A_CHUNK = 500;

/** A file of so many rows, in chunks; nothing of it is held. */
export async function* purchaseFile(rows: number): AsyncGenerator<Buffer> {
  yield Buffer.from(HEADER);
  for (let n = 0; n < rows; n += ROWS_A_CHUNK) {
    const texts = Array.from({ length: Math.min(ROWS_A_CHUNK, rows - n) }, (_, at) => purchase(n + at));
    yield Buffer.from(texts.join(''));
  }
}
