import * as z from 'zod';
import type { LargeFiles } from '#functions/adapters/s3/large-files.ts';
import type { RunFiles } from '#functions/runs/run-files.ts';
import { mapConcurrently } from '#functions/runtime/concurrency.ts';
import {
  addReasons,
  addSummaries,
  ImportReport,
  PartSummary,
  PlannedImport,
} from '#shared/imports/planned-import.ts';
import type { QualityCounts } from '#shared/quality/quality-count.ts';
import { Slug } from '#shared/sources/source.ts';
import { countRefusedRows } from './count-refused-rows.ts';
import {
  type ImportRunPlace,
  importReportKey,
  planKey,
  rejectedKey,
  rejectedPartKey,
  summaryKey,
} from './import-keys.ts';
import { PartsFailedError } from './parts-failed.ts';
import { type RejectedFormat, rejectedFormat } from './rejected-rows.ts';

/** A run of whose parts none is left to do; what those came to that did not fail stands in their summaries. */
export const DoneImport = z.object({
  importId: Slug,
  runId: z.string().min(1).max(80),
  parts: z.array(z.looseObject({ failed: z.string().min(1).optional() })),
});
export type DoneImport = z.infer<typeof DoneImport>;

/** Summaries read at a time. */
const AT_ONCE = 16;

export interface FinishPorts {
  readonly files: LargeFiles & RunFiles;
  readonly counts: QualityCounts;
  readonly now: () => number;
}

/**
 * Ends a run: all rejected rows in one file, and last the report, so that whoever finds it finds that file.
 *
 * @throws {PartsFailedError} where a part failed for good; those that did not are sent all the same.
 */
export async function finishImport({ importId, runId, parts: ended }: DoneImport, ports: FinishPorts) {
  const { files, now } = ports;
  const failed = ended.flatMap((part) => part.failed ?? []);
  if (failed[0] !== undefined) {
    throw new PartsFailedError(failed[0], { failed: failed.length, parts: ended.length });
  }
  const run = { importId, runId };
  const planned = await files.readJson(planKey(run), PlannedImport);
  const parts = await mapConcurrently([...planned.parts.keys()], AT_ONCE, (at) =>
    files.readJson(summaryKey(run, at + 1), PartSummary),
  );
  const rejected = parts.filter((part) => part.rejected > 0);
  const rejectedFile =
    rejected.length === 0 ? undefined : await joinRejected(run, { planned, rejected, files });
  const { rejectedFor, droppedFor, ...counted } = addSummaries(parts);
  await countRefusedRows({ runId, planned, refused: { rejectedFor, droppedFor } }, ports);

  const report = await files.keepJson(importReportKey(run), ImportReport, {
    import: { id: importId, version: planned.version },
    runId,
    source: planned.source.id,
    dryRun: planned.dryRun,
    startedAt: planned.startedAt,
    finishedAt: new Date(now()).toISOString(),
    file: planned.file,
    ...counted,
    reasons: addReasons([rejectedFor, droppedFor]),
    ...(rejectedFile !== undefined && { rejectedFile }),
  });
  const { rows, accepted, flagged, dropped, dryRun, finishedAt } = report;
  return {
    importId,
    runId,
    version: planned.version,
    report: importReportKey(run),
    dryRun,
    rows,
    accepted,
    rejected: report.rejected,
    flagged,
    dropped,
    finishedAt,
  };
}

async function joinRejected(
  run: ImportRunPlace,
  {
    planned,
    rejected,
    files,
  }: {
    readonly planned: PlannedImport;
    readonly rejected: readonly PartSummary[];
    readonly files: LargeFiles;
  },
): Promise<ImportReport['rejectedFile']> {
  const format: RejectedFormat = rejectedFormat(planned.rows);
  async function* chunks() {
    yield Buffer.from(format.beginning);
    for (const { part } of rejected) {
      const file = await files.find(rejectedPartKey(run, part));
      if (file !== undefined) yield* files.read(file);
    }
  }
  const { key, bytes } = await files.write(rejectedKey(run, format.extension), chunks(), format.contentType);
  return { key, bytes };
}
