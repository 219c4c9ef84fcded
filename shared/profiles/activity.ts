import * as z from 'zod';
import { ComputedState } from '#shared/computed/computed-state.ts';
import { EpochMs, type Pid } from '#shared/events/event.ts';
import { Minor } from '#shared/traits/minor.ts';
import type { Profile } from './profile.ts';

/** How often an event happened, and when first and last. */
export const EventCount = z.strictObject({ count: z.int().positive(), first: EpochMs, last: EpochMs });
export type EventCount = z.infer<typeof EventCount>;

/** An event's place in the order of a person's messages: its sender's time, then its fingerprint. */
export const SeenId = z.tuple([EpochMs, z.string()]);
export type SeenId = z.infer<typeof SeenId>;

/**
 * What a person did: the `!activity` item, written with every batch that changes the person.
 *
 * Everything in it joins (maximum, top-N) or adds (counters), so that people merge and records may
 * come in any order; `marks` and `seen` are what makes the adding happen once.
 */
export const Activity = z.strictObject({
  /** 0 for a person not stored yet; each write spends one. */
  version: z.int().nonnegative(),
  /** The version at which `!profile` was last written: a read whose items disagree is repeated. */
  profileVersion: z.int().nonnegative(),
  /** The catalog version that `segments` was evaluated under. */
  definitionsVersion: z.int().nonnegative(),
  firstSeenAt: EpochMs,
  lastSeenAt: EpochMs,
  /** By event name: the least {@link MAX_EVENT_NAMES} names ever seen, the rest together in `otherEvents`. */
  events: z.record(z.string(), EventCount),
  otherEvents: z.int().nonnegative(),
  /** Sums of computed traits in minor units: `total_spent` by currency. */
  sums: z.record(z.string(), z.record(z.string(), Minor)),
  /** By the key of an aggregate, what is kept of it: only of those that something counted for. */
  computed: z.record(z.string(), ComputedState),
  /** By segment id, when the person entered it. */
  segments: z.record(z.string(), EpochMs),
  /** When the answer for a segment could change next though nothing happens, or earlier; absent: never. */
  dueAt: EpochMs.optional(),
  /** How far the records of a partition key are applied: a `Mark`. */
  marks: z.array(z.tuple([z.string(), z.string(), z.string()])),
  seen: z.strictObject({ ids: z.array(SeenId), lowWater: SeenId.optional() }),
  /** The last few events as (time, name, message id), latest first. */
  recent: z.array(z.tuple([EpochMs, z.string(), z.string()])),
  /** By trait: the later events that repeated the value of its writes, by their place. */
  affirmed: z.record(z.string(), z.array(SeenId.nullable())),
});
export type Activity = z.infer<typeof Activity>;

export const MAX_EVENT_NAMES = 100;

/** A person as read: both hot items, which only together are consistent. */
export interface Person {
  readonly pid: Pid;
  readonly activity: Activity;
  readonly profile: Profile;
}

/** Segments that one write entered and left: the outbox that `!activity` carries in that write alone. */
export const Transitions = z.strictObject({
  /** The version of the write: an order among a person's transitions. */
  n: z.int().positive(),
  at: EpochMs,
  entered: z.array(z.string()),
  exited: z.array(z.string()),
  /** Rows that follow a merge without anybody entering or leaving. */
  moved: z.array(z.string()),
});
export type Transitions = z.infer<typeof Transitions>;

/** What most people have none of: one for all of them, which nobody writes to. */
const NOTHING = Object.freeze({});

export const emptyActivity = (): Activity => ({
  version: 0,
  profileVersion: 0,
  definitionsVersion: 0,
  firstSeenAt: Number.MAX_SAFE_INTEGER,
  lastSeenAt: 0,
  events: NOTHING,
  otherEvents: 0,
  sums: NOTHING,
  computed: NOTHING,
  segments: NOTHING,
  marks: [],
  seen: { ids: [] },
  recent: [],
  affirmed: NOTHING,
});
