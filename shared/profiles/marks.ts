/** Partition keys of which a person remembers how far they are applied; the stream keeps a record for days at most. */
export const MARK_LIMIT = 16;

/**
 * How far the records of a partition key, by its fingerprint, are applied, in sequence numbers: all before
 * `from` are done with, for everyone they touch; of those up to `to` this person has what is theirs, which
 * may lack in their timeline.
 */
export type Mark = readonly [key: string, from: string, to: string];

/**
 * Kinesis numbers records of one partition key upwards, in decimals too long for a number; without
 * leading zeros the longer is the greater, and of two as long the one that sorts later.
 */
export function compareSequence(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : Number(a > b);
}

const markOf = (marks: readonly Mark[], key: string): Mark | undefined => marks.find(([of]) => of === key);

/** Whether a record is known to be done with, for everyone it touches. */
export function isMarked(marks: readonly Mark[], key: string, sequenceNumber: string): boolean {
  const mark = markOf(marks, key);
  return mark !== undefined && compareSequence(mark[1], sequenceNumber) > 0;
}

/**
 * Whether what a person has of a record may lack in their timeline. It is written after them: of records
 * that a write of theirs did not reach it is not, and a message of these that they have came before.
 */
export function mayLack(marks: readonly Mark[], key: string, sequenceNumber: string): boolean {
  const mark = markOf(marks, key);
  return mark !== undefined && compareSequence(mark[2], sequenceNumber) >= 0;
}

/**
 * Joins marks by maximum and keeps the greatest {@link MARK_LIMIT}. A mark that is dropped costs
 * nothing but a look at the message ids, should its record come again.
 */
export function joinMarks(a: readonly Mark[], b: readonly Mark[]): [key: string, from: string, to: string][] {
  const joined: [string, string, string][] = [];
  for (const [key, from, to] of a) if (markOf(b, key) === undefined) joined.push([key, from, to]);
  for (const [key, from, to] of b) {
    const [, fromBefore, toBefore] = markOf(a, key) ?? [key, from, to];
    joined.push([key, greater(from, fromBefore), greater(to, toBefore)]);
  }
  if (joined.length <= MARK_LIMIT) return joined;
  return joined
    .sort(([keyA, , toA], [keyB, , toB]) => compareSequence(toB, toA) || (keyA < keyB ? -1 : 1))
    .slice(0, MARK_LIMIT);
}

const greater = (a: string, b: string): string => (compareSequence(a, b) >= 0 ? a : b);
