import * as z from 'zod';
import { EpochMs } from '#shared/events/event.ts';
import { compareJson } from './json-order.ts';

/**
 * One write of a trait: its value, and when and by which event it was set. `id` is the fingerprint of
 * (source, messageId). `null` is a tombstone.
 */
export const TraitWrite = z.strictObject({
  value: z.unknown(),
  at: EpochMs,
  id: z.string(),
  source: z.string(),
  messageId: z.string(),
});
export type TraitWrite = z.infer<typeof TraitWrite>;

/** A trait as stored: one write, or the writes that a strategy keeps several of. */
export const Trait = z.union([TraitWrite, z.array(TraitWrite).min(1)]);
export type Trait = z.infer<typeof Trait>;

/** A moment in the order of writes: by time, then by the message's fingerprint, the same on every replica. */
export type Stamp = readonly [at: number, id: string];

/** When each write of a trait was last repeated by a later event, by its place; `null` for one that was not. */
export type Affirmed = readonly (Stamp | null)[];

/** A write with the last time that its value was said, which is what writes are ordered by. */
export interface Said {
  readonly write: TraitWrite;
  readonly last: Stamp;
}

export function compareStamps(a: Stamp, b: Stamp): number {
  if (a[0] !== b[0]) return a[0] - b[0];
  return a[1] < b[1] ? -1 : Number(a[1] > b[1]);
}

/** The order of writes; of two values that one event says together, that of the values. */
export const compareSaid = (a: Said, b: Said): number =>
  compareStamps(a.last, b.last) || compareJson(a.write.value, b.write.value);

/** What is stored of a trait, as the writes that it stands for. */
export function saidOf(trait: Trait | undefined, affirmed: Affirmed | undefined): readonly Said[] {
  if (trait === undefined) return [];
  if (!Array.isArray(trait)) return [onlySaid(trait, affirmed)];
  return trait.map((write, place) => ({ write, last: lastOf(write, affirmed?.[place]) }));
}

/** The same for a trait of one write. */
export const onlySaid = (write: TraitWrite, affirmed: Affirmed | undefined): Said => ({
  write,
  last: lastOf(write, affirmed?.[0]),
});

function lastOf({ at, id }: TraitWrite, again: Stamp | null | undefined): Stamp {
  const written: Stamp = [at, id];
  return again && compareStamps(again, written) > 0 ? again : written;
}

/** What {@link saidOf} reads: the trait for the profile, and what is kept beside the activity. */
export interface StoredTrait {
  readonly trait: Trait;
  readonly affirmed?: ([at: number, id: string] | null)[];
}

/**
 * The reverse of {@link saidOf}, the writes in their own order, which repetitions do not move.
 *
 * @throws {TypeError} for no writes at all, which nothing stands for.
 */
export function storedOf(kept: readonly Said[], severalKept: boolean): StoredTrait {
  const said = kept.length < 2 ? kept : kept.toSorted(compareWrites);
  const writes = said.map(({ write }) => write);
  const [only] = writes;
  if (only === undefined) throw new TypeError('a trait without a write is not stored');
  const trait = severalKept ? writes : only;
  if (said.every(isUnrepeated)) return { trait };
  return { trait, affirmed: said.map((one) => (isUnrepeated(one) ? null : [...one.last])) };
}

/** By when a value was first said; of those that one event said, by the values. */
export const compareWrites = ({ write: a }: Said, { write: b }: Said): number =>
  compareStamps([a.at, a.id], [b.at, b.id]) || compareJson(a.value, b.value);

const isUnrepeated = ({ write, last }: Said): boolean => last[0] === write.at && last[1] === write.id;
