import * as z from 'zod';

/** A call as it leaves the SDK. */
export interface AwsRequest {
  /** `PutItem`, `PutObject`. */
  readonly operation: string;
  readonly service: 'dynamodb' | 's3';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer as the SDK reads it. */
export interface AwsAnswer {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

const Sent = z.looseObject({
  method: z.string(),
  hostname: z.string(),
  path: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.union([z.string(), z.instanceof(Uint8Array)]).optional(),
});

/** Reads what the SDK hands to its connection. */
export function readRequest(request: unknown): AwsRequest {
  const { method, path, headers, body = '' } = Sent.parse(request);
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
  const target = headers['x-amz-target'];
  return {
    service: target === undefined ? 's3' : 'dynamodb',
    operation: target === undefined ? `${method} object` : target.slice(target.indexOf('.') + 1),
    path,
    headers,
    body: text,
  };
}

export const answerOf = (statusCode: number, body: unknown): AwsAnswer => ({
  statusCode,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: Buffer.from(JSON.stringify(body)),
});

const refusal = (code: string, more: object = {}): AwsAnswer =>
  answerOf(400, { __type: `com.amazonaws.dynamodb.v20120810#${code}`, message: 'as it may happen', ...more });

export function throttled({ service }: AwsRequest): AwsAnswer {
  if (service === 's3') return answerOf(503, {});
  return refusal('ProvisionedThroughputExceededException');
}

const Transaction = z.object({ TransactItems: z.array(z.unknown()).min(1) });

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling */
export function crowded({ body }: AwsRequest): AwsAnswer {
  const transaction = Transaction.safeParse(JSON.parse(body));
  if (!transaction.success) return refusal('TransactionConflictException');
  const CancellationReasons = transaction.data.TransactItems.map((_, at) => ({
    Code: at === 0 ? 'TransactionConflict' : 'None',
  }));
  return refusal('TransactionCanceledException', { CancellationReasons });
}

const Item = z.record(z.string(), z.unknown());
const Reads = z.object({
  RequestItems: z.record(z.string(), z.looseObject({ Keys: z.array(Item).min(2) })),
});
const Writes = z.object({ RequestItems: z.record(z.string(), z.array(Item).min(2)) });

/** Half of a batch, and what is handed back of the other half; nothing where a call has no halves. */
export function halve({
  operation,
  body,
}: AwsRequest): { readonly body: string; readonly left: object } | undefined {
  if (operation === 'BatchWriteItem') {
    const { success, data } = Writes.safeParse(JSON.parse(body));
    const [table, items] = success ? (Object.entries(data.RequestItems)[0] ?? []) : [];
    if (table === undefined || items === undefined) return undefined;
    const half = Math.ceil(items.length / 2);
    return {
      body: JSON.stringify({ RequestItems: { [table]: items.slice(0, half) } }),
      left: { UnprocessedItems: { [table]: items.slice(half) } },
    };
  }
  if (operation === 'BatchGetItem') {
    const { success, data } = Reads.safeParse(JSON.parse(body));
    const [table, read] = success ? (Object.entries(data.RequestItems)[0] ?? []) : [];
    if (table === undefined || read === undefined) return undefined;
    const half = Math.ceil(read.Keys.length / 2);
    return {
      body: JSON.stringify({ RequestItems: { [table]: { ...read, Keys: read.Keys.slice(0, half) } } }),
      left: { UnprocessedKeys: { [table]: { ...read, Keys: read.Keys.slice(half) } } },
    };
  }
  return undefined;
}

const Consistent = z.looseObject({ ConsistentRead: z.boolean().optional() });
const READS = new Set(['GetItem', 'Query', 'BatchGetItem']);

/** Whether a call may be answered with an older state. */
export function mayBeStale({ operation, body }: AwsRequest): boolean {
  if (!READS.has(operation)) return false;
  if (operation !== 'BatchGetItem') return Consistent.parse(JSON.parse(body)).ConsistentRead !== true;
  const { RequestItems } = z
    .object({ RequestItems: z.record(z.string(), Consistent) })
    .parse(JSON.parse(body));
  return Object.values(RequestItems).every(({ ConsistentRead }) => ConsistentRead !== true);
}

const CROWDED = new Set(['PutItem', 'UpdateItem', 'TransactWriteItems']);

/** Whether a call may be refused since a transaction is at the same item. */
export const mayBeCrowded = (call: AwsRequest): boolean => CROWDED.has(call.operation) && !isCount(call);

/** Whether a call counts what became of events: none is in a transaction. */
export const isCount = ({ operation, body }: AwsRequest): boolean =>
  operation === 'UpdateItem' && /"TableName":"quality/.test(body);
