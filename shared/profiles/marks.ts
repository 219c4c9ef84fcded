/** Partition keys whose last applied record a person remembers; the stream keeps a record for days at most. */
export const MARK_LIMIT = 16;

type Marks = Readonly<Record<string, string>>;

/**
 * Kinesis numbers records of one partition key upwards, in decimals too long for a number; without
 * leading zeros the longer is the greater, and of two as long the one that sorts later.
 */
export function compareSequence(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : Number(a > b);
}

/** Whether a record is known to be durable for everyone it touches. */
export function isMarked(marks: Marks, key: string, sequenceNumber: string): boolean {
  const mark = marks[key];
  return mark !== undefined && compareSequence(mark, sequenceNumber) >= 0;
}

/**
 * Joins marks by maximum and keeps the greatest {@link MARK_LIMIT}. A mark that is dropped costs
 * nothing but a look at the message ids, should its record come again.
 */
export function joinMarks(a: Marks, b: Marks): Marks {
  const joined = { ...a };
  for (const [key, mark] of Object.entries(b)) {
    const ours = joined[key];
    if (ours === undefined || compareSequence(mark, ours) > 0) joined[key] = mark;
  }
  const entries = Object.entries(joined);
  if (entries.length <= MARK_LIMIT) return joined;
  return Object.fromEntries(
    entries
      .sort(([keyA, markA], [keyB, markB]) => compareSequence(markB, markA) || (keyA < keyB ? -1 : 1))
      .slice(0, MARK_LIMIT),
  );
}
