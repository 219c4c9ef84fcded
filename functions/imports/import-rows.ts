import type { EventsStream } from '#functions/adapters/kinesis/events-stream.ts';
import { stampOf, streamRecords } from '#functions/adapters/kinesis/stream-records.ts';
import type { LargeFiles } from '#functions/adapters/s3/large-files.ts';
import type { RunFiles } from '#functions/runs/run-files.ts';
import type { CollectedEvent } from '#shared/events/event.ts';
import {
  type ImportPart,
  PartSummary,
  PlannedImport,
  type RowCounts,
} from '#shared/imports/planned-import.ts';
import { rowEvents } from '#shared/imports/row-event.ts';
import { type AdmissionRules, admitEvents } from '#shared/sources/admit-events.ts';
import type { Source } from '#shared/sources/source.ts';
import { gathered } from './gathered.ts';
import { planKey, rejectedPartKey, summaryKey } from './import-keys.ts';
import { type RejectedRow, rejectedFormat } from './rejected-rows.ts';
import { rowCells, type WholeRow } from './row-cells.ts';
import { type FoundRow, rowScanner } from './row-scanner.ts';

/** Bytes whose rows are read, admitted and put on the stream at a time. */
const CHUNK = 65_536;

export interface PartPorts {
  readonly files: LargeFiles & RunFiles;
  readonly stream: EventsStream;
  /** What a source asks of its events. */
  readonly rulesOf: (source: Source) => Promise<AdmissionRules | undefined>;
}

/**
 * Sends the rows of one part to the stream, or in a dry run sees which ones it could, and keeps those that
 * are rejected with their reasons.
 *
 * It may be done twice, and twice at once: the same rows make the same events with the same ids, and of what
 * was rejected the first account stays.
 */
export async function importPart(
  { importId, runId, part, start, end, line }: ImportPart,
  ports: PartPorts,
): Promise<RowCounts & { readonly part: number }> {
  const { files, stream } = ports;
  const run = { importId, runId };
  const planned = await files.readJson(planKey(run), PlannedImport);
  const rules = await ports.rulesOf(planned.source);
  const common = { source: stampOf(planned.source), receivedAt: Date.parse(planned.startedAt) };
  const take = rowTaker(planned, rules);
  const format = rejectedFormat(planned.rows);
  const rejected: string[] = [];

  const csv = planned.rows.format.type === 'csv' ? planned.rows.format : undefined;
  // All at once: a connection that nothing is read from while the stream takes its time would be closed
  const bytes = await gathered(files.read(planned.rows, { start, end }));
  const scanner = rowScanner({ csv, line });
  for (let from = 0; from < bytes.length; from += CHUNK) {
    const isLast = from + CHUNK >= bytes.length;
    const rows = scanner.push(bytes.subarray(from, from + CHUNK));
    const taken = take(isLast ? [...rows, ...scanner.end()] : rows);
    for (const row of taken.rejected) rejected.push(format.line(row));
    if (!planned.dryRun) await stream.put(streamRecords(taken.events, common));
  }

  const summary: PartSummary = { part, ...take.counts() };
  if (rejected.length > 0) {
    await files.keepFile({
      key: rejectedPartKey(run, part),
      body: Buffer.from(rejected.join('')),
      contentType: format.contentType,
      facts: {},
    });
  }
  const {
    rejectedFor: _rejected,
    droppedFor: _dropped,
    ...counts
  } = await files.keepJson(summaryKey(run, part), PartSummary, summary);
  return counts;
}

/** Makes the function that reads some rows and admits what they say, and counts what becomes of them. */
export function rowTaker(planned: PlannedImport, rules: AdmissionRules | undefined) {
  const cellsOf = rowCells(planned);
  const readRow = rowEvents({
    definition: planned.definition,
    country: planned.source.country,
    file: planned.file.sha256.slice(0, 16),
    uploadedAt: planned.file.uploadedAt,
  });
  const counts = { rows: 0, accepted: 0, rejected: 0, flagged: 0, dropped: 0 };
  const [rejectedFor, droppedFor] = [new Map<string, number>(), new Map<string, number>()];
  const because = (reasons: Map<string, number>, { reason }: { readonly reason: string }): void =>
    void reasons.set(reason, (reasons.get(reason) ?? 0) + 1);

  function read(rows: readonly FoundRow[]) {
    const events: CollectedEvent[] = [];
    /** What the events were made of, in their order. */
    const made: { readonly line: number; readonly row: WholeRow }[] = [];
    const rejected: RejectedRow[] = [];
    for (const found of rows) {
      const cells = cellsOf(found);
      if (cells.kind === 'blank') continue;
      counts.rows += 1;
      const { line, whole: row } = cells;
      const outcome = cells.kind === 'cells' ? readRow(cells.cells, line) : cells;
      if (outcome.kind === 'rejected') {
        rejected.push({ line, row, reason: outcome.reason, column: outcome.column });
        continue;
      }
      events.push(outcome.event);
      made.push({ line, row });
    }
    return { events, made, rejected };
  }

  function take(rows: readonly FoundRow[]) {
    const { events, made, rejected } = read(rows);
    const admitted = admitEvents(events, rules);
    for (const { index, reason, details } of admitted.rejected) {
      const row = made[index];
      if (row !== undefined) rejected.push({ ...row, reason, column: details?.join('; ') });
    }
    counts.accepted += admitted.events.length;
    counts.flagged += admitted.events.filter(({ violations }) => violations !== undefined).length;
    counts.rejected += rejected.length;
    counts.dropped += admitted.dropped.length;
    for (const row of rejected) because(rejectedFor, row);
    for (const row of admitted.dropped) because(droppedFor, row);
    return { events: admitted.events, rejected: rejected.toSorted((a, b) => a.line - b.line) };
  }

  return Object.assign(take, {
    counts: (): Omit<PartSummary, 'part'> => ({
      ...counts,
      rejectedFor: Object.fromEntries(rejectedFor),
      droppedFor: Object.fromEntries(droppedFor),
    }),
  });
}
