import * as z from 'zod';
import type { Audience } from '#functions/runs/audience.ts';
import { DefinitionNotFoundError } from '#functions/runs/definition-not-found.ts';
import type { RunFiles } from '#functions/runs/run-files.ts';
import { definitionKey, manifestKey } from '#functions/runs/run-keys.ts';
import { snapshotAudience } from '#functions/runs/snapshot-audience.ts';
import type { Export } from '#shared/exports/export.ts';
import { Manifest, manifestOf, PlannedExport, StoredPart } from '#shared/exports/manifest.ts';
import { type Catalog, KeptCatalog } from '#shared/segments/catalog.ts';
import { findGroup } from '#shared/segments/group.ts';
import type { StoredLifecycle } from '#shared/segments/lifecycle.ts';
import type { Segment } from '#shared/segments/segment.ts';
import type { DefinitionRepository } from '#shared/sources/definition-repository.ts';
import { Slug } from '#shared/sources/source.ts';
import type { ExportPart } from './write-export-part.ts';

/** A run of an export; the id is the execution's name. */
export const ExportRun = z.object({ exportId: Slug, runId: z.string().min(1).max(80) });
export type ExportRun = z.infer<typeof ExportRun>;

/** A run whose parts are all written. */
export const WrittenExport = ExportRun.extend({ parts: z.array(StoredPart) });
export type WrittenExport = z.infer<typeof WrittenExport>;

/** People of one part: some 5 MB of profiles, read in a few seconds. */
export const CHUNK_SIZE = 5_000;

/**
 * Begins a run: the definitions of now are what all of it works by, and who is in the segment now
 * is whom it is about.
 *
 * @throws {DefinitionNotFoundError} for an export or a segment that is not, or no longer, defined.
 */
export async function planExport(
  { exportId, runId }: ExportRun,
  ports: {
    readonly exports: Pick<DefinitionRepository<Export>, 'find'>;
    readonly segments: Pick<DefinitionRepository<Segment>, 'find'>;
    readonly lifecycle: Pick<DefinitionRepository<StoredLifecycle>, 'find'>;
    readonly catalog: () => Promise<Catalog>;
    readonly audience: Audience;
    readonly files: RunFiles;
    readonly now: () => number;
    readonly chunkSize?: number;
  },
) {
  const found = await ports.exports.find(exportId);
  if (found === undefined) throw new DefinitionNotFoundError('Export', exportId);
  const segment = await findGroup(found.definition.segment, ports);
  if (segment === undefined) throw new DefinitionNotFoundError('Segment', found.definition.segment);

  const run = { kind: 'exports', runId } as const;
  const planned = await ports.files.keepJson(definitionKey(run), PlannedExport, {
    definition: found.definition,
    version: found.version,
    segmentVersion: segment.version,
    catalog: KeptCatalog.parse(await ports.catalog()),
    startedAt: new Date(ports.now()).toISOString(),
  });
  const { chunks } = await snapshotAudience(
    {
      ...run,
      segment: planned.definition.segment,
      chunkSize: ports.chunkSize ?? CHUNK_SIZE,
    },
    ports,
  );
  return {
    exportId,
    runId,
    version: planned.version,
    chunks: chunks.map(({ key }, at): ExportPart => ({ exportId, runId, part: at + 1, key })),
  };
}

/** Ends a run: the manifest is stored last, so that whoever finds it finds every file. */
export async function finishExport(
  { exportId, runId, parts }: WrittenExport,
  { files, now }: { readonly files: RunFiles; readonly now: () => number },
) {
  const planned = await files.readJson(definitionKey({ kind: 'exports', runId }), PlannedExport);
  const finishedAt = new Date(now()).toISOString();
  const key = manifestKey({ exportId, runId });
  const manifest = await files.keepJson(key, Manifest, manifestOf(planned, { runId, finishedAt, parts }));
  return {
    exportId,
    runId,
    version: manifest.export.version,
    manifest: key,
    parts: manifest.parts.length,
    rows: manifest.rows,
    excluded: manifest.excluded,
    finishedAt: manifest.finishedAt,
  };
}
