import type { CellParts, Kind } from './computed-state.ts';

type Times = readonly number[];

/** The last few times, latest first; two at one time are two. */
export function latestTimes(limit: number): Kind<Times> {
  const keep = (times: Times): Times => times.toSorted((a, b) => b - a).slice(0, limit);
  return {
    is: (cell) => Array.isArray(cell) && cell.every((time) => typeof time === 'number'),
    join: (a, b) => keep([...a, ...b]),
    separate: (parts) => nothing(keep(separateTimes(parts))),
    read: ([times = []]) => ({ value: times }),
  };
}

const nothing = (times: Times): Times | undefined => (times.length === 0 ? undefined : times);

/** What is left of the times as they are, and what was certainly somebody's own: each as often as it is in either. */
function separateTimes({ now = [], loser = [], pure }: CellParts<Times>): Times {
  const left = occurrences(now);
  for (const [time, count] of occurrences(loser)) left.set(time, (left.get(time) ?? 0) - count);
  for (const [time, count] of occurrences(pure.flat())) left.set(time, Math.max(left.get(time) ?? 0, count));
  return [...left].flatMap(([time, count]) => new Array<number>(Math.max(0, count)).fill(time));
}

function occurrences(times: Times): Map<number, number> {
  const counts = new Map<number, number>();
  for (const time of times) counts.set(time, (counts.get(time) ?? 0) + 1);
  return counts;
}
