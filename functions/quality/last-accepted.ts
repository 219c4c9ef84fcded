import type { EventsReader } from '#functions/adapters/kinesis/events-reader.ts';
import type { CollectedEvent, EpochMs } from '#shared/events/event.ts';
import { KEPT_DAYS } from '#shared/kernel/kept-days.ts';
import type { QualityReader } from '#shared/quality/quality-count.ts';

export interface LastAcceptedPorts {
  readonly reader: EventsReader;
  readonly quality: Pick<QualityReader, 'lastAt'>;
  readonly now: () => number;
}

/** An event as it lies on the stream. */
export interface AcceptedEvent {
  readonly event: CollectedEvent;
  readonly receivedAt: EpochMs;
  /** Whether it came out of quarantine. */
  readonly redriven: boolean;
}

export interface LastAccepted {
  /** When the last was received that is applied, as far back as the stream holds; absent where none was. */
  readonly lastAt?: EpochMs | undefined;
  /** The newest first. */
  readonly events: readonly AcceptedEvent[];
  /** False where some may lack, because so much else is on the stream. */
  readonly complete: boolean;
}

const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;
const STREAM_MS = KEPT_DAYS.stream * 24 * HOUR_MS;

/**
 * How far back is looked from the last event, step by step, until enough is found; but for the last one from
 * now where none is counted, since nothing but what is not applied yet can be found then.
 */
const STEPS_MS = [5 * SECOND_MS, 60 * SECOND_MS, HOUR_MS, STREAM_MS];

/**
 * The last events of a source that were taken in, as they lie on the stream.
 *
 * The stream is read forwards only, and holds what all sources sent in a day. The counts know when the
 * source's last event came, so reading begins just before that, and goes further back while too few are found
 * and there is not too much to read.
 */
export async function lastAccepted(
  { source, limit }: { readonly source: string; readonly limit: number },
  { reader, quality, now }: LastAcceptedPorts,
): Promise<LastAccepted> {
  const end = now();
  const oldest = end - STREAM_MS;
  const counted = await quality.lastAt(source, oldest);
  const lastAt = counted !== undefined && counted >= oldest ? counted : undefined;
  const events: AcceptedEvent[] = [];
  let complete = true;
  // what has just come is on the stream before it is counted
  let to = end;
  for (const step of lastAt === undefined ? STEPS_MS.slice(0, -1) : STEPS_MS) {
    const from = Math.max(oldest, (lastAt ?? end) - step);
    const read = await reader.read({ source, from, to });
    complete = read.complete;
    // of an earlier stretch those next to what is there would lack
    if (complete || events.length === 0) events.push(...read.records.flatMap(eventsOf));
    if (!complete || events.length >= limit || from === oldest) break;
    to = from - 1;
  }
  const newest = events.toSorted((a, b) => b.receivedAt - a.receivedAt).slice(0, limit);
  return { events: newest, complete, ...(lastAt !== undefined && { lastAt }) };
}

/** The last of a request first, as it was the last to happen. */
const eventsOf = ({
  events,
  receivedAt,
  redrive,
}: Awaited<ReturnType<EventsReader['read']>>['records'][number]): readonly AcceptedEvent[] =>
  events.map((event) => ({ event, receivedAt, redriven: redrive === true })).toReversed();
