import * as z from 'zod';
import type { PeopleReader } from '#functions/adapters/dynamodb/people-reader.ts';
import { type Audience, AudienceChunk, AudienceSnapshot } from '#functions/runs/audience.ts';
import { servingPids } from '#functions/runs/one-row-a-person.ts';
import type { RunFiles } from '#functions/runs/run-files.ts';
import { definitionKey, partKey, planKey } from '#functions/runs/run-keys.ts';
import type { Pid } from '#shared/events/event.ts';
import { cellsOf } from '#shared/exports/columns.ts';
import { exclusionOf } from '#shared/exports/exclusion.ts';
import { headerOf } from '#shared/exports/export.ts';
import { PlannedExport, StoredPart } from '#shared/exports/manifest.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { compileCatalog } from '#shared/segments/catalog.ts';
import { targetOf } from '#shared/sending/target.ts';
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
  const run = { kind: 'exports', runId } as const;
  const [{ definition, catalog }, snapshot, { pids }] = await Promise.all([
    files.readJson(definitionKey(run), PlannedExport),
    files.readJson(planKey(run), AudienceSnapshot),
    files.readJson(key, AudienceChunk),
  ]);
  const pickServing = servingPids(snapshot, ports);
  const definitions = compileCatalog(catalog);
  const { traits, computed } = definitions;
  const writeCells = cellsOf({ ...definition, traits, computed });
  const { channel, purpose } = definition;
  const target = targetOf(definition, definitions);
  const excluded = new Map<string, number>();

  /** `gone` is who was erased, `merged` who stands in the files as the person that they became. */
  const reasonAgainst = (pid: Pid, person: Person | undefined, serving: ReadonlySet<Pid>) => {
    if (person === undefined) return 'gone';
    if (!serving.has(pid)) return 'merged';
    return exclusionOf(person, { target, traits, channel, purpose, at: ports.now() });
  };

  async function* batches() {
    for (let at = 0; at < pids.length; at += BATCH_SIZE) {
      const batch = pids.slice(at, at + BATCH_SIZE);
      const people = await ports.people.findMany(batch);
      const serving = await pickServing(people);
      const rows: string[][] = [];
      for (const pid of batch) {
        const person = people.get(pid);
        const reason = reasonAgainst(pid, person, serving);
        if (person !== undefined && reason === undefined) rows.push(writeCells(person, ports.now()));
        if (reason !== undefined) excluded.set(reason, (excluded.get(reason) ?? 0) + 1);
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
