import * as z from 'zod';
import type { RunFiles } from '#functions/runs/run-files.ts';
import type { PartSummary, PlannedImport, Reasons } from '#shared/imports/planned-import.ts';
import { countedName } from '#shared/quality/counted-name.ts';
import type { QualityCount, QualityCounts } from '#shared/quality/quality-count.ts';
import { countedKey } from './import-keys.ts';

/** Who counted a file. */
const Counted = z.strictObject({ runId: z.string().min(1), at: z.int() });

/**
 * Counts a file's rows that came no further among the events of its source, in the hour in which those count
 * that did.
 *
 * A file counts once, as its rows do: what a further run of it sends is told as repeated, and counts nowhere
 * either. Who is killed in between leaves them uncounted.
 */
export async function countRefusedRows(
  {
    runId,
    planned,
    refused,
  }: {
    readonly runId: string;
    readonly planned: PlannedImport;
    readonly refused: Pick<PartSummary, 'rejectedFor' | 'droppedFor'>;
  },
  {
    files,
    counts,
    now,
  }: { readonly files: RunFiles; readonly counts: QualityCounts; readonly now: () => number },
): Promise<void> {
  const { definition, source, startedAt, file, dryRun } = planned;
  const event = countedName({ type: definition.call, event: definition.event });
  const countsOf = (outcome: QualityCount['outcome'], reasons: Reasons): QualityCount[] =>
    Object.entries(reasons).map(([reason, count]) => ({
      source: source.id,
      at: Date.parse(startedAt),
      event,
      outcome,
      reason,
      count,
    }));
  const all = [...countsOf('quarantined', refused.rejectedFor), ...countsOf('dropped', refused.droppedFor)];
  if (dryRun || all.length === 0) return;

  const own = { runId, at: now() };
  const first = await files.keepJson(countedKey(definition.id, file.sha256), Counted, own);
  if (first.runId === own.runId && first.at === own.at) await counts.add(all);
}
