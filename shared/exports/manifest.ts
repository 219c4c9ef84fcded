import * as z from 'zod';
import { KeptCatalog } from '#shared/segments/catalog.ts';
import { Slug } from '#shared/sources/source.ts';
import { ColumnName, columnNameOf, Export, headerOf } from './export.ts';

const Count = z.int().nonnegative();

/** People of the segment who are not in the file, by reason. */
export const Exclusions = z.record(z.string().min(1), Count);
export type Exclusions = z.infer<typeof Exclusions>;

/** One file of an export as it is stored. */
export const StoredPart = z.strictObject({
  part: z.int().positive(),
  key: z.string().min(1),
  /** People, the header line apart. */
  rows: Count,
  excluded: Exclusions,
  /** Of the object's bytes, in hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: Count,
});
export type StoredPart = z.infer<typeof StoredPart>;

/** What a run of an export wrote, and from what: all that a reader needs to trust the files. */
export const Manifest = z.strictObject({
  export: z.strictObject({ id: Slug, version: z.int().positive() }),
  runId: z.string().min(1),
  segment: z.strictObject({ id: Slug, version: z.int().positive() }),
  /** When the audience was listed; the rows say what was known when each was written. */
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  format: z.literal('csv'),
  columns: z.array(z.strictObject({ column: ColumnName, header: z.string().min(1) })),
  parts: z.array(StoredPart.omit({ part: true, excluded: true })),
  rows: Count,
  excluded: Exclusions,
});
export type Manifest = z.infer<typeof Manifest>;

/** The definitions that a run was planned with, so that all of its steps work by the same ones. */
export const PlannedExport = z.strictObject({
  definition: Export,
  version: z.int().positive(),
  segmentVersion: z.int().positive(),
  catalog: KeptCatalog,
  startedAt: z.iso.datetime(),
});
export type PlannedExport = z.infer<typeof PlannedExport>;

/** Sums up the parts of a finished run; the order in which they came does not matter. */
export function manifestOf(
  { definition, version, segmentVersion, startedAt }: Omit<PlannedExport, 'catalog'>,
  run: { readonly runId: string; readonly finishedAt: string; readonly parts: readonly StoredPart[] },
): Manifest {
  const parts = run.parts.toSorted((a, b) => a.part - b.part);
  return {
    export: { id: definition.id, version },
    runId: run.runId,
    segment: { id: definition.segment, version: segmentVersion },
    startedAt,
    finishedAt: run.finishedAt,
    format: definition.format,
    columns: definition.columns.map((column) => ({ column: columnNameOf(column), header: headerOf(column) })),
    parts: parts.map(({ key, rows, sha256, bytes }) => ({ key, rows, sha256, bytes })),
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    excluded: addExclusions(parts.map(({ excluded }) => excluded)),
  };
}

/** Adds counts reason by reason; the reasons come out in alphabetical order. */
export function addExclusions(all: readonly Exclusions[]): Exclusions {
  const sums = new Map<string, number>();
  for (const [reason, count] of all.flatMap((one) => Object.entries(one))) {
    sums.set(reason, (sums.get(reason) ?? 0) + count);
  }
  return Object.fromEntries([...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
