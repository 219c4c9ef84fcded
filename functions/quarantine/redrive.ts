import { isDeepStrictEqual } from 'node:util';
import type { EventsStream } from '#functions/adapters/kinesis/events-stream.ts';
import { streamRecords } from '#functions/adapters/kinesis/stream-records.ts';
import type { FailedRecords } from '#functions/adapters/s3/failed-records.ts';
import type { Quarantine } from '#functions/adapters/s3/quarantine.ts';
import type { QuarantineStore } from '#functions/adapters/s3/quarantine-store.ts';
import { jsonIn } from '#shared/events/json.ts';
import type { QuarantineEntry } from '#shared/events/quarantine-entry.ts';
import { StreamRecord, TickRecord } from '#shared/events/stream-record.ts';
import type { Outcome } from '#shared/kernel/outcome.ts';
import type { AdmissionRules } from '#shared/sources/admit-events.ts';
import type { DefinitionRepository } from '#shared/sources/definition-repository.ts';
import type { Source } from '#shared/sources/source.ts';
import { comingBack, type Redrivable, redriveEntry } from './redrive-entry.ts';

export interface RedrivePorts {
  readonly quarantine: Quarantine & QuarantineStore;
  readonly failed: FailedRecords;
  readonly stream: EventsStream;
  readonly sources: Pick<DefinitionRepository<Source>, 'find'>;
  readonly rulesOf: (source: Source) => Promise<AdmissionRules | undefined>;
  /** For how long messages that were applied are told by their ids. */
  readonly dedupDays: number;
  readonly now: () => number;
}

/** What came of it: events on the stream once more, and by reason those that stay where they are. */
export interface Redriven {
  readonly redriven: number;
  readonly left: Readonly<Record<string, number>>;
}

const DAY_MS = 86_400_000;

/**
 * Puts entries of one object of quarantine on the stream once more, and takes them out of it. What is
 * still bad stays, with the reason that it has now.
 *
 * They are taken out only once the stream has them. When it ends in between, or two do it at once, they
 * go on the stream twice, where each message is applied once all the same.
 *
 * @returns nothing where nothing is kept.
 * @throws {UnavailableError} when the stream refuses; nothing is taken out then.
 */
export async function redriveKept(
  key: string,
  isChosen: (entry: QuarantineEntry) => boolean,
  { quarantine, stream, sources, rulesOf }: RedrivePorts,
): Promise<Redriven | undefined> {
  const entries = await quarantine.read(key);
  const [first] = entries;
  if (first === undefined) return undefined;
  const source = (await sources.find(first.source))?.definition;
  const present = source && { source, rules: await rulesOf(source) };

  const staying: QuarantineEntry[] = [];
  const leaving: Redrivable[] = [];
  const reasons: string[] = [];
  for (const entry of entries) {
    const outcome = isChosen(entry) ? redriveEntry(entry, present) : undefined;
    if (outcome?.kind === 'ok') {
      leaving.push(outcome.value);
      continue;
    }
    staying.push(outcome === undefined ? entry : refusedAgain(entry, outcome));
    if (outcome !== undefined) reasons.push(outcome.reason);
  }

  await stream.put(together(leaving));
  // What is written again is kept for as long once more
  const isChanged = leaving.length > 0 || staying.some((entry, n) => entry !== entries[n]);
  if (isChanged) await quarantine.replace(key, staying);
  return { redriven: eventsOf(leaving), left: countBy(reasons) };
}

/**
 * Puts what a mapping gave up on the stream once more, and takes it away. Some of it may have been
 * applied before the batch failed: ids of seen messages tell, for as long as they are kept. What is
 * older stays, as `past_horizon`.
 *
 * @returns nothing where no records of the events' stream lie.
 */
export async function redriveFailed(
  key: string,
  { quarantine, failed, stream, dedupDays, now }: RedrivePorts,
): Promise<Redriven | undefined> {
  const records = await failed.read(key);
  if (records === undefined) return undefined;

  const leaving: { readonly partitionKey: string; readonly record: StreamRecord }[] = [];
  const reasons: string[] = [];
  for (const { partitionKey, sequenceNumber, data, arrivedAt } of records) {
    const said = jsonIn(data.toString('utf8'));
    const record = StreamRecord.safeParse(said);
    // Whom it is time to look at stands in the index of people, and is put on the stream from there
    if (TickRecord.safeParse(said).success) continue;
    if (!record.success) {
      const entry = { reason: 'bad_record', receivedAt: arrivedAt, event: data.toString('base64') };
      await quarantine.keep({ source: 'stream', id: sequenceNumber, entries: [entry] });
    } else if (record.data.redrive !== true && now() - arrivedAt > dedupDays * DAY_MS) {
      // A redriven one is told for ever
      reasons.push(...record.data.events.map(() => 'past_horizon'));
    } else {
      leaving.push({ partitionKey, record: comingBack(record.data) });
    }
  }

  await stream.put(leaving);
  if (reasons.length === 0) await failed.remove(key);
  return { redriven: eventsOf(leaving.map(({ record }) => record)), left: countBy(reasons) };
}

/** An entry with what is wrong with it now; itself where that is the same. */
function refusedAgain(
  entry: QuarantineEntry,
  outcome: Exclude<Outcome<unknown>, { kind: 'ok' }>,
): QuarantineEntry {
  const { reason } = outcome;
  const details = outcome.kind === 'quarantined' ? outcome.details : undefined;
  if (reason === entry.reason && isDeepStrictEqual(details, entry.details)) return entry;
  const { details: _, ...rest } = entry;
  return { ...rest, reason, ...(details !== undefined && { details: [...details] }) };
}

/** Events that have all else in common go together, so that one person's are one record. */
function together(leaving: readonly Redrivable[]) {
  const alike = Map.groupBy(leaving, ({ common }) => JSON.stringify(common));
  return [...alike.values()].flatMap((group) =>
    group[0] === undefined
      ? []
      : streamRecords(
          group.flatMap(({ events }) => events),
          group[0].common,
        ),
  );
}

const eventsOf = (leaving: readonly { readonly events: readonly unknown[] }[]): number =>
  leaving.reduce((sum, { events }) => sum + events.length, 0);

/** How often each occurs. */
export function countBy(reasons: readonly string[]): Record<string, number> {
  const groups = Map.groupBy(reasons, (reason) => reason);
  return Object.fromEntries([...groups].map(([reason, all]) => [reason, all.length]));
}
