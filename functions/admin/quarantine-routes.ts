import * as z from 'zod';
import { readQuarantineKey } from '#functions/adapters/s3/quarantine-key.ts';
import { countBy, type Redriven, redriveFailed, redriveKept } from '#functions/quarantine/redrive.ts';
import { mapConcurrently } from '#functions/runtime/concurrency.ts';
import type { QuarantineEntry } from '#shared/events/quarantine-entry.ts';
import { KEPT_DAYS } from '#shared/kernel/kept-days.ts';
import { type AdminRoute, adminRoute } from './admin-route.ts';
import { type Caller, isInScope } from './caller.ts';
import { Cursor, decodeCursor, encodeCursor, limit } from './cursor.ts';
import type { AdminPorts } from './ports.ts';
import { notFound } from './problems.ts';
import { From, To, timeRange } from './time-range.ts';

interface Context {
  readonly caller: Caller;
  readonly ports: AdminPorts;
}

const DAY_MS = 86_400_000;

const SourceId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);
const Reason = z.string().regex(/^[a-z_]{1,60}$/);
const KeptKey = z
  .string()
  .max(1024)
  .refine((key) => readQuarantineKey(key) !== undefined, 'the key of an object of quarantine');
const FailedKey = z
  .string()
  .regex(/^aws\/lambda\//)
  .max(1024);

const Counts = z.record(z.string(), z.int().positive());
const Listed = z.strictObject({
  key: z.string(),
  source: z.string(),
  receivedAt: z.iso.datetime(),
  reasons: Counts.describe('how many entries, by reason'),
});
const Progress = z.strictObject({
  redriven: z.int().nonnegative().describe('events that are on the stream once more'),
  left: Counts.describe('entries that stay, by the reason that they have now'),
  next: z.string().optional().describe('where to go on: there is more of what was asked for'),
});

/** As long as anything is kept, and the days that its ends lie in. */
export const MOST_DAYS = KEPT_DAYS.quarantine + 2;

/** Objects read at a time: each may hold as many entries as a request has calls. */
const PAGE = limit(20, 100);

/** So few of them at once, since each may be as large as a request. */
const OBJECTS_AT_ONCE = 4;

export const QUARANTINE_ROUTES: readonly AdminRoute[] = [
  adminRoute({
    method: 'GET',
    path: '/v1/quarantine',
    operationId: 'listQuarantine',
    summary:
      'What lies in quarantine, by time of receipt: an object for each request or event, the newest first',
    role: 'viewer',
    resource: 'quarantine',
    status: 200,
    problems: [],
    input: z.object({
      query: z.object({
        from: From.optional(),
        to: To.optional(),
        source: SourceId.optional(),
        reason: Reason.optional(),
        limit: PAGE.describe('objects looked at: with a reason, a page may show fewer'),
        cursor: Cursor.optional(),
      }),
    }),
    answer: z.strictObject({ items: z.array(Listed), next: z.string().optional() }),
    async handle({ query: { reason, ...query } }, context) {
      const { keys, next } = await listKeys(query, context);
      const items = await mapConcurrently(keys, OBJECTS_AT_ONCE, (key) => viewObject(key, context));
      return {
        items: items.filter(({ reasons }) => reason === undefined || Object.hasOwn(reasons, reason)),
        ...(next !== undefined && { next }),
      };
    },
  }),

  adminRoute({
    method: 'GET',
    path: '/v1/quarantine/entries',
    operationId: 'getQuarantineEntries',
    summary: 'The entries of one object of quarantine, as they were received',
    role: 'viewer',
    resource: 'quarantine',
    status: 200,
    problems: [404],
    input: z.object({ query: z.object({ key: KeptKey }) }),
    answer: z.strictObject({
      items: z.array(
        z.strictObject({
          entry: z.int().nonnegative(),
          reason: z.string(),
          details: z.array(z.string()).optional().describe('what of it is wrong, one by one'),
          receivedAt: z.iso.datetime(),
          event: z.unknown(),
        }),
      ),
    }),
    async handle({ query: { key } }, context) {
      const entries = (await maySee(sourceOf(key), context))
        ? await context.ports.redriving.quarantine.read(key)
        : [];
      if (entries.length === 0) throw nothingKept();
      return {
        items: entries.map(({ n, reason, details, receivedAt, event }) => ({
          entry: n,
          reason,
          ...(details !== undefined && { details }),
          receivedAt: new Date(receivedAt).toISOString(),
          event,
        })),
      };
    },
  }),

  adminRoute({
    method: 'GET',
    path: '/v1/quarantine/failed',
    operationId: 'listFailedRecords',
    summary: 'Whole batches that the stream gave up on',
    role: 'viewer',
    resource: 'quarantine',
    status: 200,
    problems: [],
    input: z.object({ query: z.object({ limit: PAGE, cursor: Cursor.optional() }) }),
    answer: z.strictObject({
      items: z.array(z.strictObject({ key: z.string(), at: z.iso.datetime(), bytes: z.int() })),
      next: z.string().optional(),
    }),
    async handle({ query }, { caller, ports }) {
      // A batch is of all sources
      if (!seesAll(caller)) return { items: [] };
      const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, FailedKey);
      const { objects, next } = await ports.redriving.failed.list({ after, limit: query.limit });
      return {
        items: objects.map(({ key, at, bytes }) => ({ key, at: new Date(at).toISOString(), bytes })),
        ...(next !== undefined && { next: encodeCursor(next) }),
      };
    },
  }),

  adminRoute({
    method: 'POST',
    path: '/v1/quarantine/redrive',
    operationId: 'redrive',
    summary: 'Puts what was set aside on the stream once more; each message still counts once',
    role: 'admin',
    resource: 'quarantine',
    status: 200,
    problems: [404],
    input: z.object({
      body: z.union([
        z.strictObject({
          key: z.union([KeptKey, FailedKey]).describe('an object of quarantine, or a batch given up'),
          entries: z
            .array(z.int().nonnegative())
            .min(1)
            .max(2_500)
            .optional()
            .describe('of an object of quarantine; all of them when left out'),
        }),
        z.strictObject({
          failed: z.literal(true).describe('batches given up, all of them'),
          limit: PAGE.describe('batches at a time'),
          cursor: Cursor.optional(),
        }),
        z.strictObject({
          from: From,
          to: To.optional(),
          source: SourceId.optional(),
          reason: Reason.optional(),
          limit: PAGE.describe('objects at a time'),
          cursor: Cursor.optional(),
        }),
      ]),
    }),
    answer: Progress,
    handle({ body }, context) {
      if ('key' in body) return redriveOne(body, context);
      return 'failed' in body ? redriveBatches(body, context) : redriveMany(body, context);
    },
  }),
];

async function redriveOne(
  { key, entries }: { readonly key: string; readonly entries?: readonly number[] | undefined },
  context: Context,
): Promise<Redriven> {
  const { redriving } = context.ports;
  const isKept = KeptKey.safeParse(key).success;
  const isVisible = isKept ? await maySee(sourceOf(key), context) : seesAll(context.caller);
  if (!isVisible) throw nothingKept();
  const isChosen = ({ n }: QuarantineEntry): boolean => entries === undefined || entries.includes(n);
  const redriven = isKept ? await redriveKept(key, isChosen, redriving) : await redriveFailed(key, redriving);
  if (redriven === undefined) throw nothingKept();
  return redriven;
}

async function redriveMany(
  { reason, ...query }: ListQuery & { readonly reason?: string | undefined },
  context: Context,
): Promise<z.input<typeof Progress>> {
  const { keys, next } = await listKeys(query, context);
  const isChosen = (entry: QuarantineEntry): boolean => reason === undefined || entry.reason === reason;
  const done = await redriveEach(keys, (key) => redriveKept(key, isChosen, context.ports.redriving));
  return { ...done, ...(next !== undefined && { next }) };
}

async function redriveBatches(
  query: { readonly limit: number; readonly cursor?: string | undefined },
  { caller, ports: { redriving } }: Context,
): Promise<z.input<typeof Progress>> {
  // A batch is of all sources
  if (!seesAll(caller)) return { redriven: 0, left: {} };
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, FailedKey);
  const { objects, next } = await redriving.failed.list({ after, limit: query.limit });
  const keys = objects.map(({ key }) => key);
  const done = await redriveEach(keys, (key) => redriveFailed(key, redriving));
  return { ...done, ...(next !== undefined && { next: encodeCursor(next) }) };
}

/** One after another, so that what is done before one fails is known to be done. */
async function redriveEach(
  keys: readonly string[],
  redrive: (key: string) => Promise<Redriven | undefined>,
): Promise<Redriven> {
  let redriven = 0;
  const left = new Map<string, number>();
  for (const key of keys) {
    const one = await redrive(key);
    redriven += one?.redriven ?? 0;
    for (const [name, count] of Object.entries(one?.left ?? {}))
      left.set(name, (left.get(name) ?? 0) + count);
  }
  return { redriven, left: Object.fromEntries(left) };
}

interface ListQuery {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly source?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** A page of keys of sources that the caller may see, in the order of the store: by default of the last day. */
async function listKeys(
  { from, to, source, limit: most, cursor }: ListQuery,
  context: Context,
): Promise<{ readonly keys: readonly string[]; readonly next: string | undefined }> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor, KeptKey);
  const { quarantine, now } = context.ports.redriving;
  const range = timeRange({ from, to }, { now: now(), standardMs: DAY_MS, mostDays: MOST_DAYS });
  const page = await quarantine.list({ ...range, source, after, limit: most });
  const sources = new Set(page.keys.map(sourceOf));
  const visible = new Map<string, boolean>();
  for (const id of sources) visible.set(id, await maySee(id, context));
  return {
    keys: page.keys.filter((key) => visible.get(sourceOf(key))),
    next: page.next === undefined ? undefined : encodeCursor(page.next),
  };
}

async function viewObject(key: string, { ports }: Context): Promise<z.input<typeof Listed>> {
  const entries = await ports.redriving.quarantine.read(key);
  return {
    key,
    source: sourceOf(key),
    receivedAt: new Date(readQuarantineKey(key)?.receivedAt ?? 0).toISOString(),
    reasons: countBy(entries.map(({ reason }) => reason)),
  };
}

const sourceOf = (key: string): string => readQuarantineKey(key)?.source ?? '';

const seesAll = ({ market, brand }: Caller): boolean => market === undefined && brand === undefined;

/** What is of no source, or of one that is gone, is only for who sees all. */
async function maySee(id: string, { caller, ports }: Context): Promise<boolean> {
  if (seesAll(caller)) return true;
  const source = await ports.sources.find(id);
  return source !== undefined && isInScope(caller, source.definition);
}

const nothingKept = () => notFound('UNKNOWN_ENTRY', 'nothing is kept under this key');
