import * as z from 'zod';
import { EpochMs } from '#shared/events/event.ts';
import { Slug, Source } from '#shared/sources/source.ts';
import { Import } from './import.ts';

const Count = z.int().nonnegative();

/** An object of the imports bucket, as it was. */
const StoredFile = z.strictObject({ key: z.string().min(1), etag: z.string().min(1), bytes: Count });

/** How the rows of a run are written: those of the upload itself, or of the plain copy that was made of it. */
export const RowFormat = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('csv'),
    delimiter: z.string().length(1),
    quote: z.string().length(1),
    encoding: z.enum(['utf-8', 'windows-1252']),
  }),
  z.strictObject({ type: z.literal('jsonl') }),
  /** Rows of a spreadsheet, each a line of JSON: its number in the sheet, then its cells. */
  z.strictObject({ type: z.literal('cells') }),
]);
export type RowFormat = z.infer<typeof RowFormat>;

/** Bytes of the rows from the beginning of one to the end of another, and the line that the first begins on. */
export const RowRange = z.strictObject({
  start: Count,
  /** Exclusive. */
  end: z.int().positive(),
  line: z.int().positive(),
});
export type RowRange = z.infer<typeof RowRange>;

/** All that the parts of a run work by: the definitions as they were, and what the file was found to be. */
export const PlannedImport = z.strictObject({
  definition: Import,
  version: z.int().positive(),
  source: Source,
  dryRun: z.boolean(),
  startedAt: z.iso.datetime(),
  file: StoredFile.extend({
    uploadedAt: EpochMs,
    /** Of the bytes as they were uploaded, in hex. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    format: z.enum(['csv', 'jsonl', 'xlsx']),
    isGzip: z.boolean(),
  }),
  rows: StoredFile.extend({
    format: RowFormat,
    /** The names of the first line; none of JSON lines. */
    columns: z.array(z.string()),
  }),
  parts: z.array(RowRange),
});
export type PlannedImport = z.infer<typeof PlannedImport>;

/** One part of a run of an import. */
export const ImportPart = z.object({
  importId: Slug,
  runId: z.string().min(1).max(80),
  part: z.int().positive(),
  ...RowRange.shape,
});
export type ImportPart = z.infer<typeof ImportPart>;

/** How many rows by what became of them; `rows` is the sum of accepted, rejected and dropped. */
export const RowCounts = z.strictObject({
  rows: Count,
  /** In the stream, or in a dry run fit for it. */
  accepted: Count,
  rejected: Count,
  /** Of the accepted, those that break the source's tracking plan in a way that it allows. */
  flagged: Count,
  /** Passed over by a rule of the source. */
  dropped: Count,
});
export type RowCounts = z.infer<typeof RowCounts>;

/** How many rows by why. */
export const Reasons = z.record(z.string().min(1), Count);
export type Reasons = z.infer<typeof Reasons>;

/** What a part came to, as it is kept beside its rejected rows. */
export const PartSummary = RowCounts.extend({
  part: z.int().positive(),
  /** Rejected rows, by why. */
  rejectedFor: Reasons,
  /** Dropped rows, by why. */
  droppedFor: Reasons,
});
export type PartSummary = z.infer<typeof PartSummary>;

/** What a run came to. */
export const ImportReport = z.strictObject({
  import: z.strictObject({ id: Slug, version: z.int().positive() }),
  runId: z.string().min(1),
  source: Slug,
  dryRun: z.boolean(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  file: PlannedImport.shape.file,
  ...RowCounts.shape,
  /** Rejected and dropped rows, by why. */
  reasons: Reasons,
  /** The rows that were rejected, to be mended and uploaded again; absent where there are none. */
  rejectedFile: z.strictObject({ key: z.string().min(1), bytes: Count }).optional(),
});
export type ImportReport = z.infer<typeof ImportReport>;

/** Adds up what parts came to; the order does not matter. */
export function addSummaries(parts: readonly PartSummary[]): Omit<PartSummary, 'part'> {
  const sum = (count: (part: PartSummary) => number): number =>
    parts.reduce((total, part) => total + count(part), 0);
  return {
    rows: sum(({ rows }) => rows),
    accepted: sum(({ accepted }) => accepted),
    rejected: sum(({ rejected }) => rejected),
    flagged: sum(({ flagged }) => flagged),
    dropped: sum(({ dropped }) => dropped),
    rejectedFor: addReasons(parts.map(({ rejectedFor }) => rejectedFor)),
    droppedFor: addReasons(parts.map(({ droppedFor }) => droppedFor)),
  };
}

/** Adds up numbers by reason, which come out in the order of the alphabet. */
export function addReasons(parts: readonly Reasons[]): Reasons {
  const sums = new Map<string, number>();
  for (const [reason, count] of parts.flatMap((part) => Object.entries(part))) {
    sums.set(reason, (sums.get(reason) ?? 0) + count);
  }
  return Object.fromEntries([...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
