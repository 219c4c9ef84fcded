import { deflateRawSync, inflateRawSync } from 'node:zlib';
import * as z from 'zod';
import { EpochMs, Pid } from '#shared/events/event.ts';
import type { Person, Transitions } from '#shared/profiles/activity.ts';
import { packActivity, unpackActivity } from '#shared/profiles/activity-codec.ts';
import type { Tombstone } from '#shared/profiles/merge-repository.ts';
import { Profile } from '#shared/profiles/profile.ts';
import { DUE_SHARDS } from '#shared/segments/due-index.ts';
import { spread } from './audience-shards.ts';
import { JsonText, jsonText } from './json-text.ts';

/** `!activity`: written with every change of the person. Its names are short for the sake of its size. */
const ActivityItem = z.object({
  pid: Pid,
  sk: z.literal('!activity'),
  version: z.int().positive(),
  /** Text, deflated where it is long. Absent from a tombstone. */
  state: z.union([z.string(), z.instanceof(Uint8Array)]).optional(),
  /** With `dueShard` the keys of the index `due`: only who is to be looked at again has them. */
  dueAt: EpochMs.optional(),
  /** Set when another person absorbed this one. */
  mergedInto: Pid.optional(),
  /** Set when this person was erased. */
  erasedAt: EpochMs.optional(),
});

const ProfileItem = z.object({
  pid: Pid,
  sk: z.literal('!profile'),
  version: z.int().positive(),
  /** Absent from a tombstone. */
  profile: JsonText.optional(),
});

type Item = Readonly<Record<string, unknown>>;

/** The index of who is to be looked at again: everybody else's items lack its keys. */
export const DUE_INDEX = 'due';

/** The index's partition key of a shard; short, since it stands in every item. */
export const dueShard = (shard: number): string => String(shard);

/** A text of so many bytes leaves an item within its first kilobyte, which a write unit is. */
const PLAIN_BYTES = 960;
/** The keys of the index take some of them. */
const PLAIN_BYTES_DUE = PLAIN_BYTES - 24;

/** Few people's text is longer, and they come often: a deflate of some 20 µs saves each of their writes a unit. */
const packState = (text: string, most: number): string | Uint8Array =>
  Buffer.byteLength(text) <= most ? text : deflateRawSync(text);

const textOf = (state: string | Uint8Array): string =>
  typeof state === 'string' ? state : inflateRawSync(state).toString('utf8');

export function activityItem({ pid, activity }: Person, transitions: Transitions | undefined): Item {
  const { version, dueAt } = activity;
  return {
    pid,
    sk: '!activity',
    version,
    state: packState(packActivity(activity), dueAt === undefined ? PLAIN_BYTES : PLAIN_BYTES_DUE),
    ...(dueAt !== undefined && { dueAt, dueShard: dueShard(spread(pid, DUE_SHARDS)) }),
    ...(transitions !== undefined && { out: transitions }),
  };
}

export const profileItem = ({ pid, activity, profile }: Person): Item => ({
  pid,
  sk: '!profile',
  version: activity.profileVersion,
  profile: jsonText(profile),
});

/** What stays of an absorbed person: both hot items, so that no late write finds an empty place. */
export function tombstones(
  loser: Person,
  mergedInto: Pid,
  transitions: Transitions | undefined,
): readonly [Item, Item] {
  const version = loser.activity.version + 1;
  return [
    {
      pid: loser.pid,
      sk: '!activity',
      version,
      mergedInto,
      ...(transitions !== undefined && { out: transitions }),
    },
    { pid: loser.pid, sk: '!profile', version, mergedInto },
  ];
}

/** What stays of an erased person, for ever: that no late write revives them. */
export function erasedItems(
  { pid, activity }: Person,
  erasedAt: EpochMs,
  transitions: Transitions | undefined,
): readonly [Item, Item] {
  const version = activity.version + 1;
  return [
    { pid, sk: '!activity', version, erasedAt, ...(transitions !== undefined && { out: transitions }) },
    { pid, sk: '!profile', version, erasedAt },
  ];
}

/** Who stands in whose place, or since when nobody does, by their `!activity`. */
export function readPlace(item: Item): Pick<z.infer<typeof ActivityItem>, 'pid' | 'mergedInto' | 'erasedAt'> {
  const { pid, mergedInto, erasedAt } = ActivityItem.parse(item);
  return { pid, mergedInto, erasedAt };
}

/** What stands in the place of an absorbed person, from their `!activity`; nothing for anybody else's. */
export function readTombstone(item: Item): readonly [Pid, Tombstone] | undefined {
  const { pid, version, mergedInto } = ActivityItem.parse(item);
  return mergedInto === undefined ? undefined : [pid, { mergedInto, version }];
}

/**
 * A person from both hot items; `torn` when they are of different writes, which a consistent read mends.
 *
 * @throws {z.ZodError} for items that this code did not write.
 */
export function readPerson(
  pid: Pid,
  items: readonly Item[],
): Person | { readonly mergedInto: Pid } | 'erased' | 'torn' | undefined {
  const rawActivity = items.find(({ sk }) => sk === '!activity');
  const rawProfile = items.find(({ sk }) => sk === '!profile');
  if (rawActivity === undefined) return rawProfile === undefined ? undefined : 'torn';
  const { version, state, dueAt, mergedInto, erasedAt } = ActivityItem.parse(rawActivity);
  if (mergedInto !== undefined) return { mergedInto };
  if (erasedAt !== undefined) return 'erased';
  if (state === undefined || rawProfile === undefined) return 'torn';
  const activity = { ...unpackActivity(version, textOf(state)), ...(dueAt !== undefined && { dueAt }) };
  const { version: profileVersion, profile } = ProfileItem.parse(rawProfile);
  if (profile === undefined || profileVersion !== activity.profileVersion) return 'torn';
  return { pid, activity, profile: Profile.parse(profile) };
}
