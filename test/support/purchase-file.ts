import { seededRandom } from '#demo/random.ts';

/** What rows of a purchase history are read by. */
export const PURCHASES = {
  call: 'track',
  event: 'Order Completed',
  format: { type: 'csv', delimiter: ';', encoding: 'utf-8' },
  columns: {
    customer: { to: 'userId' },
    mail: { to: 'email' },
    phone: { to: 'phone' },
    date: { to: 'timestamp', type: 'date', format: 'dd.MM.yyyy' },
    quantity: { to: 'property:quantity', type: 'integer' },
    gift: { to: 'property:gift', type: 'boolean', format: 'ja/nein' },
    note: { to: 'property:note' },
    total: { to: 'property:total', type: 'number', decimal: ',', required: true },
  },
} as const;

type Column = keyof typeof PURCHASES.columns;
type Cells = Record<Column, string>;

/** Ten ways of being wrong: the reason, the column that is blamed, and what is done to a good row. */
const FAULTS: readonly (readonly [reason: string, column: Column | '', spoil: (row: Cells) => string])[] = [
  ['wrong_columns', '', (row) => `${lineOf(row)};and more`],
  ['missing_required', 'total', (row) => lineOf({ ...row, total: ' ' })],
  ['missing_identifier', '', (row) => lineOf({ ...row, customer: '', mail: '', phone: '' })],
  ['blocked_identifier', 'customer', (row) => lineOf({ ...row, customer: 'unknown' })],
  ['bad_email', 'mail', (row) => lineOf({ ...row, mail: 'somebody at example.com' })],
  ['bad_phone', 'phone', (row) => lineOf({ ...row, phone: '12' })],
  ['bad_date', 'date', (row) => lineOf({ ...row, date: '30.02.2025' })],
  ['bad_integer', 'quantity', (row) => lineOf({ ...row, quantity: '1,5' })],
  ['bad_boolean', 'gift', (row) => lineOf({ ...row, gift: 'vielleicht' })],
  ['bad_number', 'total', (row) => lineOf({ ...row, total: 'zwölf' })],
];

export interface PurchaseFile {
  readonly bytes: Buffer;
  /** What is to be rejected: the line that a row begins on, the reason and the column. */
  readonly rejected: readonly (readonly [line: number, reason: string, column: string])[];
  /** By customer, how many purchases of how many cents. */
  readonly customers: ReadonlyMap<string, { readonly count: number; readonly cents: number }>;
}

/** A history in which every twentieth row is bad in one of ten ways, some rows are twins, and some notes have lines. */
export function purchaseFile({
  rows,
  customers: howMany,
  seed,
  order = 'mixed',
}: {
  readonly rows: number;
  readonly customers: number;
  readonly seed: number;
  /** Histories come by date, or customer after customer. @default mixed */
  readonly order?: 'mixed' | 'by customer';
}): PurchaseFile {
  const random = seededRandom(seed);
  const rejected: (readonly [number, string, string])[] = [];
  const customers = new Map<string, { count: number; cents: number }>();
  const lines = [Object.keys(PURCHASES.columns).join(';')];
  let line = 2;
  let twin: Purchase | undefined;

  for (let n = 0; n < rows; n++) {
    const customer = order === 'mixed' ? random.integer(1, howMany) : 1 + Math.floor((n * howMany) / rows);
    const purchase = twin !== undefined && n % 97 === 0 ? twin : makePurchase(random, customer);
    twin = purchase;
    const fault = n % 20 === 7 ? FAULTS[Math.floor(n / 20) % FAULTS.length] : undefined;
    const text = fault === undefined ? lineOf(purchase.row) : fault[2](purchase.row);
    lines.push(text);
    if (fault === undefined) {
      const theirs = customers.get(purchase.row.customer) ?? { count: 0, cents: 0 };
      customers.set(purchase.row.customer, {
        count: theirs.count + 1,
        cents: theirs.cents + purchase.cents,
      });
    } else {
      rejected.push([line, fault[0], fault[1]]);
    }
    line += text.split('\n').length;
  }
  return { bytes: Buffer.from(`${lines.join('\r\n')}\r\n`), rejected, customers };
}

interface Purchase {
  readonly row: Cells;
  readonly cents: number;
}

function makePurchase(random: ReturnType<typeof seededRandom>, id: number): Purchase {
  const cents = random.integer(499, 250_000);
  const day = String(random.integer(1, 28)).padStart(2, '0');
  const month = String(random.integer(1, 12)).padStart(2, '0');
  const euros = String(Math.floor(cents / 100)).replace(/^(\d)(\d{3})$/, '$1.$2');
  return {
    cents,
    row: {
      customer: `c-${id}`,
      mail: `c-${id}@example.com`,
      phone: '',
      date: `${day}.${month}.2025`,
      quantity: String(random.integer(1, 5)),
      gift: random.integer(0, 1) === 1 ? 'ja' : 'nein',
      note: random.integer(0, 9) === 0 ? '"zwei ""Zeilen"";\r\nin einer Zelle"' : '',
      total: `${euros},${String(cents % 100).padStart(2, '0')}`,
    },
  };
}

const lineOf = (row: Cells): string => Object.values(row).join(';');
