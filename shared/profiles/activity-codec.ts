import * as z from 'zod';
import type { ComputedState } from '#shared/computed/computed-state.ts';
import { EpochMs } from '#shared/events/event.ts';
import { Minor } from '#shared/traits/minor.ts';
import { type Activity, SeenId } from './activity.ts';
import type { Mark } from './marks.ts';
import { compareSeen } from './register.ts';

/** How long before another time. */
const Before = z.int();

/** A message's fingerprint, or its place among the seen ids, where it mostly stands anyway. */
const Print = z.union([z.int().nonnegative(), z.string()]);
type Print = z.infer<typeof Print>;

/** When a trait's value was said again, before `lastSeenAt`. */
const Said = z.tuple([Before, Print]);
type Said = z.infer<typeof Said>;

/**
 * `!activity` as it is stored: one JSON text of arrays, since an item of at most 1 KB costs one write
 * unit and field names would be a third of it. For the same reason a time is kept as its distance to
 * another near it, and a fingerprint once. `npm run bench -- pipeline` prints how large it comes out.
 */
const Packed = z.tuple([
  z.literal(3),
  z.int().nonnegative(),
  z.int().nonnegative(),
  EpochMs,
  EpochMs,
  /** By name: how often, how long after `firstSeenAt` first, and over which time. */
  z.record(z.string(), z.tuple([z.int(), z.int(), z.int()])),
  z.int().nonnegative(),
  z.record(z.string(), z.record(z.string(), Minor)),
  z.record(z.string(), EpochMs),
  /** Of a mark's second number only what is not as in the first: mostly nothing. */
  z.array(z.union([z.tuple([z.string(), z.string()]), z.tuple([z.string(), z.string(), z.string()])])),
  /** Each after the one before it, the first after 1970. */
  z.array(z.tuple([z.int(), z.string()])),
  z.union([SeenId, z.literal(0)]),
  /** Before `lastSeenAt`. */
  z.array(z.tuple([Before, z.string(), Print])),
  z.record(z.string(), z.union([Said, z.array(z.union([Said, z.literal([0, 1])]))])),
  /** By aggregate: each bucket after the one before it, and its cell; a cell alone where there is no window. */
  z.record(z.string(), z.array(z.unknown())),
]);

/** The text that {@link unpackActivity} reads; `version` stands beside it, where conditions can see it. */
export function packActivity(activity: Activity): string {
  const { profileVersion, definitionsVersion, firstSeenAt, lastSeenAt, otherEvents, seen } = activity;
  const places = new Map(seen.ids.map(([, print], place) => [print, place]));
  const shorten = (print: string): Print => places.get(print) ?? print;
  const packed: z.input<typeof Packed> = [
    3,
    profileVersion,
    definitionsVersion,
    firstSeenAt,
    lastSeenAt,
    mapValues(activity.events, ({ count, first, last }) => [count, first - firstSeenAt, last - first]),
    otherEvents,
    activity.sums,
    activity.segments,
    activity.marks.map(packMark),
    seen.ids.map(([at, print], place) => [at - (seen.ids[place - 1]?.[0] ?? 0), print]),
    seen.lowWater ?? 0,
    activity.recent.map(([at, name, print]) => [lastSeenAt - at, name, shorten(print)]),
    mapValues(activity.affirmed, (again) =>
      packAffirmed(again, ([at, print]) => [lastSeenAt - at, shorten(print)]),
    ),
    mapValues(activity.computed, packState),
  ];
  return JSON.stringify(packed);
}

/** @throws {Error} for a text that {@link packActivity} did not make. */
export function unpackActivity(version: number, text: string): Activity {
  const [, profileVersion, definitionsVersion, firstSeenAt, lastSeenAt, events, otherEvents, ...rest] =
    Packed.parse(JSON.parse(text));
  const [sums, segments, marks, gaps, lowWater, recent, affirmed, computed] = rest;
  const ids = seenIds(gaps);
  const lengthen = (print: Print): string => {
    const whole = typeof print === 'string' ? print : ids[print]?.[1];
    if (whole === undefined) throw new TypeError(`no seen id has place ${print}`);
    return whole;
  };
  return {
    version,
    profileVersion,
    definitionsVersion,
    firstSeenAt,
    lastSeenAt,
    events: mapValues(events, ([count, after, span]) => {
      const first = firstSeenAt + after;
      return { count, first, last: first + span };
    }),
    otherEvents,
    sums,
    segments,
    marks: marks.map(([key, from, tail = '']) => [
      key,
      from,
      from.slice(0, Math.max(0, from.length - tail.length)) + tail,
    ]),
    seen: lowWater === 0 ? { ids } : { ids, lowWater },
    recent: recent.map(([before, name, print]) => [lastSeenAt - before, name, lengthen(print)]),
    affirmed: mapValues(affirmed, (again) =>
      unpackAffirmed(again, ([before, print]) => [lastSeenAt - before, lengthen(print)]),
    ),
    computed: mapValues(computed, unpackState),
  };
}

/** How long after the bucket before it. */
const Gap = z.int();

function packState(state: ComputedState): unknown[] {
  const [first] = state;
  if (first !== undefined && state.length === 1 && first[0] === 0) return [first[1]];
  return state.flatMap(([bucket, cell], place) => [bucket - (state[place - 1]?.[0] ?? 0), cell]);
}

function unpackState(packed: readonly unknown[]): [bucket: number, cell: unknown][] {
  if (packed.length === 1) return [[0, packed[0]]];
  const state: [number, unknown][] = [];
  let bucket = 0;
  for (let place = 0; place < packed.length; place += 2) {
    bucket += Gap.parse(packed[place]);
    state.push([bucket, packed[place + 1]]);
  }
  return state;
}

function packMark([key, from, to]: Mark): [string, string] | [string, string, string] {
  if (from === to) return [key, from];
  let same = 0;
  while (from.length === to.length && from[same] === to[same]) same++;
  return [key, from, to.slice(same)];
}

type PackedAffirmed = Said | (Said | 0 | 1)[];

/** Most are one; of several, 1 stands for the one before it again, 0 for none. A list holds one at least. */
function packAffirmed(again: readonly (SeenId | null)[], pack: (seen: SeenId) => Said): PackedAffirmed {
  const [only] = again;
  if (only && again.length === 1) return pack(only);
  let before: SeenId | undefined;
  return again.map((seen) => {
    if (seen === null) return 0;
    if (before !== undefined && compareSeen(seen, before) === 0) return 1;
    before = seen;
    return pack(seen);
  });
}

function unpackAffirmed(packed: PackedAffirmed, unpack: (said: Said) => SeenId): (SeenId | null)[] {
  if (isOne(packed)) return [unpack(packed)];
  let before: SeenId | null = null;
  return packed.map((said) => {
    if (said === 0) return null;
    if (said !== 1) before = unpack(said);
    return before;
  });
}

const isOne = (packed: PackedAffirmed): packed is Said => !packed.some((entry) => Array.isArray(entry));

function seenIds(gaps: readonly (readonly [gap: number, print: string])[]): SeenId[] {
  let at = 0;
  return gaps.map(([gap, print]) => {
    at += gap;
    return [at, print];
  });
}

const mapValues = <T, R>(record: Readonly<Record<string, T>>, change: (value: T) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
