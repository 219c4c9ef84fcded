import { setTimeout as pause } from 'node:timers/promises';
import { readBook } from './books.ts';
import type { StackProcess } from './stack-process.ts';

type Stack = Pick<StackProcess, 'dir'>;

const PATIENCE_MS = 60_000;

/**
 * Waits until everything that was accepted is through: mails' events delivered, both streams read to
 * their ends with every record settled. It reads the stack's own books, so it knows, and does not guess.
 *
 * @param patienceMs for how long nothing may move: more than a minute where a batch takes longer on a busy machine.
 * @throws naming what still stands open when nothing has moved for so long.
 */
export async function untilConsumed(stack: Stack, patienceMs = PATIENCE_MS): Promise<void> {
  let before = '';
  for (let movedAt = Date.now(); ; ) {
    const open = openWork(stack);
    if (open.length === 0) return;
    const now = JSON.stringify(open);
    if (now !== before) movedAt = Date.now();
    before = now;
    if (Date.now() - movedAt > patienceMs)
      throw new Error(`nothing moves any more, and there is left: ${now}`);
    await pause(100);
  }
}

/**
 * What is not through yet, looked at in the order in which the river flows, so that what is found done stays
 * done: mails' events, their way over the bus, the stream of events, that of writes, and news of segments.
 */
export function openWork(stack: Stack): readonly string[] {
  const untold = readBook(stack, 'mail', 'SELECT n FROM events WHERE published = 0');
  const undelivered = onBus(stack);
  const events = readBook(
    stack,
    'kinesis',
    `SELECT printf('shardId-%012d', shard) AS shard, MAX(sequenceNumber) AS last FROM records GROUP BY shard`,
  );
  const eventPlaces = placesOf(stack);
  const writes = readBook(
    stack,
    'dynamodb',
    `SELECT shard_id AS shard, MAX(CAST(sequence_number AS INTEGER)) AS last FROM _stream_records GROUP BY shard_id`,
  );
  const writePlaces = placesOf(stack);
  const news = onBus(stack);
  return [
    ...untold.map(() => 'an event of a mail'),
    ...[...undelivered, ...news].map(() => 'an event on a bus'),
    ...events
      .filter(({ shard, last }) => BigInt(eventPlaces.get(String(shard)) ?? 0) < BigInt(String(last)))
      .map(({ shard, last }) => `${shard} at ${eventPlaces.get(String(shard))} of ${last}`),
    ...writes
      .filter(({ shard, last }) => Number(writePlaces.get(String(shard)) ?? 0) < Number(last))
      .map(({ shard, last }) => `${shard} at ${writePlaces.get(String(shard))} of ${last}`),
  ];
}

const onBus = (stack: Stack) => readBook(stack, 'event-bus', 'SELECT id FROM deliveries');

const placesOf = (stack: Stack): ReadonlyMap<string, string> =>
  new Map(
    readBook(stack, 'checkpoints', 'SELECT shard, place FROM checkpoints').map(({ shard, place }) => [
      String(shard),
      String(place),
    ]),
  );
