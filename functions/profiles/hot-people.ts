import type { Pid } from '#shared/events/event.ts';

/** More events of one person in a minute than a person makes: a bot, a test device, a till that all share. */
export const HOT_EVENTS = 1_000;

const MINUTE_MS = 60_000;

/**
 * Counts what each person gets in each minute, as far as this function's instance sees it, which is
 * nearly all: one partition key's records go one after the other.
 *
 * @returns whether a person becomes hot by these events, once a minute.
 */
export function hotPeople(now: () => number): (pid: Pid, events: number) => boolean {
  const counts = new Map<Pid, number>();
  let counted = 0;

  return function becomesHot(pid, events) {
    const minute = Math.floor(now() / MINUTE_MS);
    if (minute !== counted) counts.clear();
    counted = minute;
    const before = counts.get(pid) ?? 0;
    counts.set(pid, before + events);
    return before < HOT_EVENTS && before + events >= HOT_EVENTS;
  };
}
