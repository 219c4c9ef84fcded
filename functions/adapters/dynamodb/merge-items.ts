import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';
import type { Person } from '#shared/profiles/activity.ts';
import { packActivity, unpackActivity } from '#shared/profiles/activity-codec.ts';
import { Inseparable, MergeLog, Parting } from '#shared/profiles/merge-log.ts';
import type { MergeOf, MergeSide } from '#shared/profiles/merge-repository.ts';
import { Profile } from '#shared/profiles/profile.ts';
import { JsonText, jsonText } from './json-text.ts';

type Item = Readonly<Record<string, unknown>>;

const timed = (at: number, pid: string): string => `${new Date(at).toISOString()}#${pid}`;
const placeOf = ({ loser, at }: MergeOf): string => timed(at, loser);

export const mergeLogKey = (merge: MergeOf) => ({ pid: merge.winner, sk: `merge#${placeOf(merge)}` });

/** Who absorbed whom, when and why: small, so that many of them are read at once. */
export const mergeLogItem = ({ winner, loser, at, version, cause }: MergeLog) => ({
  ...mergeLogKey({ winner, loser, at }),
  loser,
  at,
  version,
  cause,
});

const MergeLogItem = MergeLog.omit({ winner: true }).extend({ pid: MergeLog.shape.winner, sk: z.string() });

/** The reverse of {@link mergeLogItem}. */
export function readMergeLog(item: unknown): MergeLog {
  const { pid, sk: _, ...log } = MergeLogItem.parse(item);
  return { winner: pid, ...log };
}

/** Where all of a merge's snapshot of one side stands. */
export const snapshotPrefix = (merge: MergeOf, side: MergeSide): string =>
  `snapshot#${placeOf(merge)}#${side}`;

/** DynamoDB takes items of 400 KB, keys and names included. */
const LARGEST_WHOLE = 380_000;

/**
 * A side of a merge as it was, under the survivor and beside the log, which is read without it.
 *
 * Compressed into one item, or into two where that would be too large for DynamoDB: none is larger then
 * than the hot item that it is a copy of, so that whoever can be stored can be merged.
 */
export function snapshotItems(
  merge: MergeOf,
  side: MergeSide,
  { pid, activity, profile }: Person,
): readonly Item[] {
  const key = { pid: merge.winner, sk: snapshotPrefix(merge, side) };
  const doing = { pid, version: activity.version, activity: packActivity(activity) };
  const whole = gzipJson({ ...doing, profile });
  if (whole.length <= LARGEST_WHOLE) return [{ ...key, part: whole }];
  return [
    { ...key, part: gzipJson(doing) },
    { pid: key.pid, sk: `${key.sk}#profile`, part: gzipJson({ profile }) },
  ];
}

const SnapshotItem = z.object({ part: z.instanceof(Uint8Array) });
const Snapshot = z.strictObject({
  pid: MergeLog.shape.loser,
  version: z.int().nonnegative(),
  activity: z.string(),
  profile: Profile,
});

/** The reverse of {@link snapshotItems}. */
export function readSnapshot(items: readonly unknown[]): Person {
  const parts = items.map((item): unknown =>
    JSON.parse(gunzipSync(SnapshotItem.parse(item).part).toString('utf8')),
  );
  const { pid, version, activity, profile } = Snapshot.parse(Object.assign({}, ...parts));
  return { pid, activity: unpackActivity(version, activity), profile };
}

const gzipJson = (value: unknown): Uint8Array => gzipSync(JSON.stringify(value));

/** That two people were set apart: one item under each. */
export function partingItems({ inseparable, ...parting }: Parting): readonly Item[] {
  const { survivor, loser, at } = parting;
  const common = { ...parting, inseparable: jsonText(inseparable) };
  return [
    { pid: survivor, sk: `unmerge#${timed(at, loser)}`, ...common },
    { pid: loser, sk: `unmerge#${timed(at, survivor)}`, ...common },
  ];
}

const PartingItem = z.object({ ...Parting.shape, inseparable: JsonText.pipe(Inseparable) });

/** The reverse of {@link partingItems}. */
export const readParting = (item: unknown): Parting => PartingItem.parse(item);
