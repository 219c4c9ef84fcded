import * as z from 'zod';
import { wireItemBytes } from './attribute-value.ts';

/** What units were spent on: a kind of item of the table `people`, or another table. */
export const KINDS = [
  'activity',
  'profile',
  'timeline',
  'spill',
  'other',
  'identities',
  'audiences',
  'catalog',
  'quality',
] as const;
export type Kind = (typeof KINDS)[number];

/** Units that one call spent on one kind of item. */
export interface Spent {
  readonly kind: Kind;
  readonly units: number;
  /** A unit that a secondary index cost, and not its table. */
  readonly index: boolean;
}

export interface CallSpent {
  readonly operation: string;
  readonly direction: 'read' | 'write';
  readonly spent: readonly Spent[];
  /** A write whose condition did not hold; DynamoDB bills it all the same. */
  readonly refused: boolean;
  /** Units that the engine reported and that our own arithmetic makes another number of. */
  readonly unexplained: number;
}

const KiB = 1024;

const Key = z.record(z.string(), z.unknown());
const Write = z.object({ TableName: z.string(), Item: Key.optional(), Key: Key.optional() });
type Write = z.infer<typeof Write>;
const Capacity = z.object({
  TableName: z.string(),
  CapacityUnits: z.number(),
  Table: z.object({ CapacityUnits: z.number() }),
});
const Reply = z.object({ ConsumedCapacity: z.union([Capacity, z.array(Capacity)]).optional() });
const Fault = z.object({ __type: z.string() });
const Transaction = z.object({ TransactItems: z.array(z.record(z.string(), Write)) });
const BatchWrite = z.object({
  RequestItems: z.record(z.string(), z.array(z.record(z.string(), z.record(z.string(), Key)))),
});
const BatchGet = z.object({ RequestItems: z.record(z.string(), z.object({ Keys: z.array(Key) })) });
const Query = z.object({ TableName: z.string(), ExpressionAttributeValues: Key.optional() });

const READS = new Set(['GetItem', 'Query', 'BatchGetItem', 'Scan']);
const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems']);
const REFUSALS = ['ConditionalCheckFailedException', 'TransactionCanceledException'];

export const isMetered = (operation: string): boolean => READS.has(operation) || WRITES.has(operation);

/**
 * Tells for each call what its units were spent on, from what the engine says that it consumed.
 *
 * The engine says it by table. Where a call writes several kinds of item of one table, its units are
 * split by DynamoDB's own rule: 1 KB each begun, of the larger of old and new, twice in a transaction.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
export function capacityLedger() {
  const sizes = new Map<string, number>();

  function unitsOf({ TableName, Item, Key }: Write): number {
    const id = JSON.stringify([TableName, keyOf(Item ?? Key ?? {})]);
    const before = sizes.get(id) ?? 0;
    const after = Item === undefined ? before : wireItemBytes(Item);
    return Math.max(1, Math.ceil(Math.max(before, after) / KiB));
  }

  function remember({ TableName, Item, Key }: Write): void {
    const id = JSON.stringify([TableName, keyOf(Item ?? Key ?? {})]);
    if (Item === undefined) sizes.delete(id);
    else sizes.set(id, wireItemBytes(Item));
  }

  function write(operation: string, request: unknown, reply: unknown): CallSpent {
    const writes = writesOf(operation, request);
    const times = operation === 'TransactWriteItems' ? 2 : 1;
    const expected = writes.map((one) => ({ write: one, units: unitsOf(one) * times }));
    const fault = Fault.safeParse(reply);
    if (fault.success) {
      const refused = REFUSALS.some((name) => fault.data.__type.endsWith(name));
      const spent = refused
        ? expected.map(({ write: one, units }) => ({ kind: kindOfWrite(one), units, index: false }))
        : [];
      return { operation, direction: 'write', spent, refused, unexplained: 0 };
    }
    for (const one of writes) remember(one);
    const consumed = capacitiesOf(reply);
    const spent = consumed.flatMap((capacity): Spent[] => {
      const here = expected.filter(({ write: one }) => one.TableName === capacity.TableName);
      const sum = here.reduce((total, { units }) => total + units, 0);
      const share = capacity.Table.CapacityUnits / sum;
      const [first] = here;
      return [
        ...here.map(({ write: one, units }) => ({
          kind: kindOfWrite(one),
          units: units * share,
          index: false,
        })),
        ...(first === undefined ? [] : indexes(capacity, kindOfWrite(first.write))),
      ];
    });
    const reported = consumed.reduce((sum, { Table }) => sum + Table.CapacityUnits, 0);
    const known = expected.filter(({ write: one }) => one.Item !== undefined);
    const unexplained =
      known.length === expected.length
        ? Math.abs(reported - known.reduce((sum, { units }) => sum + units, 0))
        : 0;
    return { operation, direction: 'write', spent, refused: false, unexplained };
  }

  return function spentBy(operation: string, request: unknown, reply: unknown): CallSpent {
    if (WRITES.has(operation)) return write(operation, request, reply);
    const spent = capacitiesOf(reply).flatMap((capacity): Spent[] => {
      const kind = kindOfRead(operation, request, capacity.TableName);
      return [{ kind, units: capacity.Table.CapacityUnits, index: false }, ...indexes(capacity, kind)];
    });
    return { operation, direction: 'read', spent, refused: false, unexplained: 0 };
  };
}

function indexes({ CapacityUnits, Table }: z.infer<typeof Capacity>, kind: Kind): Spent[] {
  const units = CapacityUnits - Table.CapacityUnits;
  return units > 0 ? [{ kind, units, index: true }] : [];
}

function capacitiesOf(reply: unknown): readonly z.infer<typeof Capacity>[] {
  const read = Reply.safeParse(reply);
  return read.success ? [read.data.ConsumedCapacity ?? []].flat() : [];
}

function writesOf(operation: string, request: unknown): readonly Write[] {
  if (operation === 'TransactWriteItems') {
    return Transaction.parse(request).TransactItems.flatMap((item) => Object.values(item));
  }
  if (operation !== 'BatchWriteItem') return [Write.parse(request)];
  return Object.entries(BatchWrite.parse(request).RequestItems).flatMap(([TableName, requests]) =>
    requests.flatMap((one) => Object.values(one).map((put) => Write.parse({ ...put, TableName }))),
  );
}

const kindOfWrite = ({ TableName, Item, Key }: Write): Kind => kindOf(TableName, Item ?? Key);

function kindOfRead(operation: string, request: unknown, table: string): Kind {
  if (operation !== 'BatchGetItem') {
    const { ExpressionAttributeValues: values = {} } = Query.parse(request);
    return kindOf(table, values[':hot'] === undefined ? undefined : { sk: { S: '!activity' } });
  }
  return kindOf(table, BatchGet.parse(request).RequestItems[table]?.Keys[0]);
}

const TABLES = ['identities', 'audiences', 'catalog', 'quality'] as const;
const SORT_KEYS: readonly (readonly [prefix: string, kind: Kind])[] = [
  ['!activity', 'activity'],
  ['!profile', 'profile'],
  ['event#', 'timeline'],
  ['seen#', 'spill'],
];

function kindOf(table: string, item: unknown): Kind {
  const name = table.toLowerCase();
  const other = TABLES.find((kind) => name.includes(kind));
  if (other !== undefined) return other;
  const sortKey = z.object({ sk: z.object({ S: z.string() }) }).safeParse(item);
  const prefix = SORT_KEYS.find(([start]) => sortKey.success && sortKey.data.sk.S.startsWith(start));
  return prefix?.[1] ?? 'other';
}

const KEYS = ['pid', 'sk', 'identifier', 'segment', 'kind', 'id', 'source', 'place'];
const keyOf = (item: Readonly<Record<string, unknown>>): unknown => KEYS.map((name) => item[name]);
