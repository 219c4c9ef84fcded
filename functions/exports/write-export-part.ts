import * as z from 'zod';
import type { PeopleReader } from '#functions/adapters/dynamodb/people-reader.ts';
import type { RunFiles } from '#functions/adapters/s3/run-files.ts';
import { type Audience, AudienceChunk, AudienceSnapshot } from '#functions/runs/audience.ts';
import { servingPids } from '#functions/runs/one-row-a-person.ts';
import { definitionKey, partKey, planKey } from '#functions/runs/run-keys.ts';
import type { Pid } from '#shared/events/event.ts';
import { cellsOf } from '#shared/exports/columns.ts';
import { type Export, headerOf } from '#shared/exports/export.ts';
import { PlannedExport, StoredPart } from '#shared/exports/manifest.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { eligibility, type Ineligible } from '#shared/sending/eligibility.ts';
import { Slug } from '#shared/sources/source.ts';
import { gzipCsv } from './csv-file.ts';

/** One part of a run of an export: the people of the chunk under `key`. */
export const ExportPart = z.object({
  exportId: Slug,
  runId: z.string().min(1).max(80),
  part: z.int().positive(),
  key: z.string().min(1),
});
export type ExportPart = z.infer<typeof ExportPart>;

/** People read, decided on and written at a time. */
const BATCH_SIZE = 100;

/** Writes one file of a run, or finds it written, and says what is in it. */
export async function writeExportPart(
  { exportId, runId, part, key }: ExportPart,
  ports: {
    readonly people: Pick<PeopleReader, 'findMany'>;
    readonly audience: Audience;
    readonly files: RunFiles;
    readonly now: () => number;
  },
): Promise<StoredPart> {
  const { files } = ports;
  const [{ definition }, snapshot, { pids }] = await Promise.all([
    files.readJson(definitionKey(runId), PlannedExport),
    files.readJson(planKey(runId), AudienceSnapshot),
    files.readJson(key, AudienceChunk),
  ]);
  const pickServing = servingPids(snapshot, ports);
  const writeCells = cellsOf(definition);
  const excluded = new Map<string, number>();

  async function* batches() {
    for (let at = 0; at < pids.length; at += BATCH_SIZE) {
      const batch = pids.slice(at, at + BATCH_SIZE);
      const people = await ports.people.findMany(batch);
      const serving = await pickServing(people);
      const rows: string[][] = [];
      for (const pid of batch) {
        const person = people.get(pid);
        const reason = reasonAgainst({ pid, person, serving, definition, at: ports.now() });
        if (reason !== undefined) excluded.set(reason, (excluded.get(reason) ?? 0) + 1);
        else if (person !== undefined) rows.push(writeCells(person));
      }
      yield rows;
    }
  }

  const { body, rows, sha256 } = await gzipCsv({
    header: definition.columns.map(headerOf),
    batches: batches(),
  });
  const written: StoredPart = {
    part,
    key: partKey({ exportId, runId }, part),
    rows,
    excluded: Object.fromEntries(excluded),
    sha256,
    bytes: body.length,
  };
  const { summary = '' } = await files.keepFile({
    key: written.key,
    body,
    contentType: 'application/gzip',
    facts: { summary: JSON.stringify(written) },
  });
  return StoredPart.parse(JSON.parse(summary));
}

/**
 * Why somebody of the snapshot has no row: `gone` for who was erased, `merged` for who stands in the
 * file as the person they became, and for a channel what eligibility says.
 */
function reasonAgainst({
  pid,
  person,
  serving,
  definition: { channel, purpose },
  at,
}: {
  readonly pid: Pid;
  readonly person: Person | undefined;
  readonly serving: ReadonlySet<Pid>;
  readonly definition: Export;
  readonly at: number;
}): Ineligible | 'gone' | 'merged' | undefined {
  if (person === undefined) return 'gone';
  if (!serving.has(pid)) return 'merged';
  if (channel === undefined || purpose === undefined) return undefined;
  const decision = eligibility(person, { channel, purpose, at });
  return decision.eligible ? undefined : decision.reason;
}
