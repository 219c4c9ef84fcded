/** Partition keys whose last applied record a person remembers; the stream keeps a record for days at most. */
export const MARK_LIMIT = 16;

/** By the fingerprint of a partition key: the last of its records that is applied, by sequence number. */
type Marks = readonly [key: string, mark: string][];

/**
 * Kinesis numbers records of one partition key upwards, in decimals too long for a number; without
 * leading zeros the longer is the greater, and of two as long the one that sorts later.
 */
export function compareSequence(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : Number(a > b);
}

const markOf = (marks: Marks, key: string): string | undefined => marks.find(([of]) => of === key)?.[1];

/** Whether a record is known to be durable for everyone it touches. */
export function isMarked(marks: Marks, key: string, sequenceNumber: string): boolean {
  const mark = markOf(marks, key);
  return mark !== undefined && compareSequence(mark, sequenceNumber) >= 0;
}

/**
 * Joins marks by maximum and keeps the greatest {@link MARK_LIMIT}. A mark that is dropped costs
 * nothing but a look at the message ids, should its record come again.
 */
export function joinMarks(a: Marks, b: Marks): [key: string, mark: string][] {
  const joined: [string, string][] = [];
  for (const mark of a) if (markOf(b, mark[0]) === undefined) joined.push(mark);
  for (const [key, mark] of b) joined.push([key, greater(mark, markOf(a, key) ?? mark)]);
  if (joined.length <= MARK_LIMIT) return joined;
  return joined
    .sort(([keyA, markA], [keyB, markB]) => compareSequence(markB, markA) || (keyA < keyB ? -1 : 1))
    .slice(0, MARK_LIMIT);
}

const greater = (a: string, b: string): string => (compareSequence(a, b) >= 0 ? a : b);
