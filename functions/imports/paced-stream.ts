import type { EventsStream, KeyedStreamRecord } from '#functions/adapters/kinesis/events-stream.ts';
import { PartUnfinishedError } from '#functions/runs/part-unfinished.ts';
import { isRetryable } from '#functions/runtime/fault.ts';

export interface PaceOptions {
  /** Records that may go in a second at most. */
  readonly rate: number;
  /** A clock that never goes back, in milliseconds. */
  readonly clock: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Whether there is time for another attempt. */
  readonly isOver: () => boolean;
}

/** Bytes that a record has on average where the stream's two limits, on records and on bytes, are met together. */
const BYTES_A_RECORD = 1_000;
/** Records of one request: what an attempt repeats. */
const MAX_RECORDS = 200;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;
/** At the least a hundredth of the rate, so that every attempt comes to an end. */
const SLOWEST = 0.01;
const GAIN = 0.02;

/**
 * The stream for work that can wait: no more goes in a second than may, and what the stream refuses is tried
 * again until it takes it. Each refusal halves the pace and each success raises it a little, so that runs
 * beside each other share what is left, and live traffic goes before them.
 *
 * @throws {PartUnfinishedError} from `put`, when there is no time for another attempt.
 */
export function pacedStream(stream: EventsStream, { rate, clock, pause, isOver }: PaceOptions): EventsStream {
  let share = 1;
  let free = clock();

  async function turn(records: readonly KeyedStreamRecord[]): Promise<void> {
    const wait = free - clock();
    if (wait > 0) await pause(wait);
    const cost = records.reduce((sum, { record }) => sum + costOf(record.events), 0);
    free = Math.max(free, clock()) + (cost / (rate * share)) * 1000;
  }

  async function putAll(records: readonly KeyedStreamRecord[]): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      if (isOver()) throw new PartUnfinishedError('no time is left to put rows on the stream');
      await turn(records);
      try {
        await stream.put(records);
        share = Math.min(1, share + GAIN);
        return;
      } catch (fault) {
        if (!isRetryable(fault)) throw fault;
        share = Math.max(SLOWEST, share / 2);
        await pause(Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS));
      }
    }
  }

  return {
    async put(records) {
      for (let at = 0; at < records.length; at += MAX_RECORDS)
        await putAll(records.slice(at, at + MAX_RECORDS));
    },
  };
}

/** In records of average size; texts are counted as they are, which is near enough. */
function costOf(events: KeyedStreamRecord['record']['events']): number {
  if (events.length === 1) return Math.max(1, lengthOf(events[0]) / BYTES_A_RECORD);
  return Math.max(1, events.reduce((sum, event) => sum + lengthOf(event), 0) / BYTES_A_RECORD);
}

const lengthOf = (event: unknown): number => JSON.stringify(event).length;
