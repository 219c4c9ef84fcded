import type { EpochMs } from '#shared/events/event.ts';

/**
 * When a person is to be looked at again though nothing happens: at or before the next moment at which the
 * answer for one of their segments could change.
 *
 * Lazy, since each move is a write of the index: a wake-up that comes too early stays, and whoever buys every
 * day moves it once a window and not once a purchase. One that has passed, or comes too late, gives way.
 *
 * @param stored of the person as read.
 * @param nextChange of those segments that were evaluated; of the others `stored` tells.
 */
export function dueAfter(
  stored: EpochMs | undefined,
  nextChange: EpochMs | undefined,
  now: EpochMs,
): EpochMs | undefined {
  const isAhead = stored !== undefined && stored > now;
  if (isAhead && (nextChange === undefined || stored <= nextChange)) return stored;
  return nextChange === undefined ? undefined : Math.max(nextChange, now);
}
