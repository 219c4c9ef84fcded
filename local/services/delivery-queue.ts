import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';

/** Something to hand to a target, at least once. */
export interface Delivery {
  /** Whatever `deliver` needs to find the target, as text. */
  readonly target: string;
  readonly payload: string;
  readonly maxAttempts: number;
  /** After this no further attempt is made; milliseconds since 1970. */
  readonly expires: number;
}

const Row = z.object({
  id: z.number(),
  target: z.string(),
  payload: z.string(),
  attempts: z.number(),
  maxAttempts: z.number(),
  expires: z.number(),
});

export interface DeliveryQueue {
  /** Durable when it returns; within a transaction of the same database, when that commits. */
  add(delivery: Delivery): void;
  /** Begins to deliver, with what a former process left. Before that nothing leaves. */
  start(): void;
  close(): Promise<void>;
}

const CONCURRENCY = 8;
const LONGEST_PAUSE_MS = 60_000;
const CLOSING_MS = 2_000;

/**
 * A queue of deliveries that survives a kill of the process.
 *
 * A delivery that throws is repeated after a pause that doubles each time. One that has used up its attempts or its
 * age goes to `giveUp`, and leaves the queue when that is through.
 */
export function openDeliveryQueue(o: {
  database: DatabaseSync;
  deliver: (target: string, payload: string, attempt: number) => Promise<void>;
  giveUp: (delivery: { target: string; payload: string; attempts: number; reason: string }) => Promise<void>;
  firstPauseMs: number;
}): DeliveryQueue {
  const { database } = o;
  database.exec(
    `CREATE TABLE IF NOT EXISTS deliveries (
       id INTEGER PRIMARY KEY AUTOINCREMENT, target TEXT NOT NULL, payload TEXT NOT NULL,
       attempts INTEGER NOT NULL DEFAULT 0, maxAttempts INTEGER NOT NULL, expires INTEGER NOT NULL,
       due INTEGER NOT NULL);
     CREATE INDEX IF NOT EXISTS deliveries_by_due ON deliveries (due, id);`,
  );
  const insert = database.prepare(
    'INSERT INTO deliveries (target, payload, maxAttempts, expires, due) VALUES (?, ?, ?, ?, ?)',
  );
  const nextDue = database.prepare('SELECT * FROM deliveries WHERE due <= ? ORDER BY due, id LIMIT ?');
  const earliest = database.prepare('SELECT MIN(due) AS due FROM deliveries WHERE due > ?');
  const remove = database.prepare('DELETE FROM deliveries WHERE id = ?');
  const postpone = database.prepare('UPDATE deliveries SET attempts = ?, due = ? WHERE id = ?');
  const underWay = new Map<number, Promise<void>>();
  let state: 'waiting' | 'started' | 'closed' = 'waiting';
  let timer: NodeJS.Timeout | undefined;

  function wake(delayMs = 0): void {
    if (state !== 'started') return;
    clearTimeout(timer);
    timer = setTimeout(pump, Math.min(delayMs, LONGEST_PAUSE_MS));
  }

  function pump(): void {
    const now = Date.now();
    // Those under way are due still, so as many more rows are read to find others.
    for (const row of nextDue.all(now, CONCURRENCY + underWay.size)) {
      const { id, ...delivery } = Row.parse(row);
      if (underWay.size >= CONCURRENCY) return; // the next to end wakes the pump again
      if (!underWay.has(id)) underWay.set(id, attempt(id, delivery));
    }
    const { due } = z.object({ due: z.number().nullable() }).parse(earliest.get(now));
    if (due !== null) wake(due - now);
  }

  async function attempt(id: number, row: Omit<z.infer<typeof Row>, 'id'>): Promise<void> {
    const attempts = row.attempts + 1;
    let failure: unknown;
    try {
      await o.deliver(row.target, row.payload, attempts);
    } catch (error) {
      failure = error;
    }
    const settled = failure === undefined || (await retryLater(id, { ...row, attempts }, failure)) === false;
    underWay.delete(id);
    if (state === 'closed') return; // delivered or not, it comes again: at least once
    if (settled) remove.run(id);
    wake();
  }

  /** Whether the delivery stays in the queue. */
  async function retryLater(
    id: number,
    row: Omit<z.infer<typeof Row>, 'id'>,
    failure: unknown,
  ): Promise<boolean> {
    const { target, payload, attempts } = row;
    const due = Date.now() + Math.min(o.firstPauseMs * 2 ** (attempts - 1), LONGEST_PAUSE_MS);
    if (state !== 'closed') postpone.run(attempts, due, id);
    if (attempts < row.maxAttempts && due < row.expires) return true;
    const reason = failure instanceof Error ? failure.message : String(failure);
    try {
      await o.giveUp({ target, payload, attempts, reason });
      return false;
    } catch {
      return true; // it is tried once more after the pause, and then given up again
    }
  }

  return {
    add({ target, payload, maxAttempts, expires }) {
      insert.run(target, payload, maxAttempts, expires, Date.now());
      wake();
    },
    start() {
      state = 'started';
      wake();
    },
    async close() {
      state = 'closed';
      clearTimeout(timer);
      const patience = Promise.withResolvers<void>();
      const limit = setTimeout(patience.resolve, CLOSING_MS);
      await Promise.race([Promise.all(underWay.values()), patience.promise]);
      clearTimeout(limit);
    },
  };
}
