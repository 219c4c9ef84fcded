import * as z from 'zod';
import { EpochMs } from '#shared/events/event.ts';
import { type Activity, SeenId } from './activity.ts';

/**
 * `!activity` as it is stored: one JSON text of arrays, since an item of at most 1 KB costs one write
 * unit and field names would be a third of it. Times that stand near another are kept as differences.
 * `npm run bench -- pipeline` prints how large it comes out.
 */
const Packed = z.tuple([
  z.literal(1),
  z.int().nonnegative(),
  z.int().nonnegative(),
  EpochMs,
  EpochMs,
  z.record(z.string(), z.tuple([z.int(), EpochMs, z.int()])),
  z.int().nonnegative(),
  z.record(z.string(), z.record(z.string(), z.int())),
  z.record(z.string(), EpochMs),
  z.array(z.tuple([z.string(), z.string()])),
  z.array(SeenId),
  z.union([SeenId, z.literal(0)]),
  z.array(z.tuple([EpochMs, z.string(), z.string()])),
  z.record(z.string(), SeenId),
]);

/** The text that {@link unpackActivity} reads; `version` stands beside it, where conditions can see it. */
export function packActivity(activity: Activity): string {
  const { profileVersion, definitionsVersion, firstSeenAt, lastSeenAt, otherEvents } = activity;
  const packed: z.input<typeof Packed> = [
    1,
    profileVersion,
    definitionsVersion,
    firstSeenAt,
    lastSeenAt,
    packCounts(activity.events),
    otherEvents,
    activity.sums,
    activity.segments,
    activity.marks,
    activity.seen.ids,
    activity.seen.lowWater ?? 0,
    activity.recent,
    activity.affirmed,
  ];
  return JSON.stringify(packed);
}

const packCounts = (
  events: Activity['events'],
): Record<string, [count: number, first: number, span: number]> =>
  Object.fromEntries(
    Object.entries(events).map(([name, { count, first, last }]) => [name, [count, first, last - first]]),
  );

/** @throws {z.ZodError} for a text that {@link packActivity} did not make. */
export function unpackActivity(version: number, text: string): Activity {
  const [, profileVersion, definitionsVersion, firstSeenAt, lastSeenAt, events, otherEvents, ...rest] =
    Packed.parse(JSON.parse(text));
  const [sums, segments, marks, ids, lowWater, recent, affirmed] = rest;
  return {
    version,
    profileVersion,
    definitionsVersion,
    firstSeenAt,
    lastSeenAt,
    events: Object.fromEntries(
      Object.entries(events).map(([name, [count, first, span]]) => [
        name,
        { count, first, last: first + span },
      ]),
    ),
    otherEvents,
    sums,
    segments,
    marks,
    seen: lowWater === 0 ? { ids } : { ids, lowWater },
    recent,
    affirmed,
  };
}
