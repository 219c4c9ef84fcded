import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { LargeFiles } from '#functions/adapters/s3/large-files.ts';
import { DefinitionNotFoundError } from '#functions/runs/definition-not-found.ts';
import type { RunFiles } from '#functions/runs/run-files.ts';
import type { EpochMs } from '#shared/events/event.ts';
import type { Import } from '#shared/imports/import.ts';
import { type ImportPart, PlannedImport } from '#shared/imports/planned-import.ts';
import type { DefinitionRepository } from '#shared/sources/definition-repository.ts';
import type { Source } from '#shared/sources/source.ts';
import { fileKind, HEAD_BYTES } from './file-kind.ts';
import { gathered } from './gathered.ts';
import { ImportFileError } from './import-file-error.ts';
import { planKey, uploadOf } from './import-keys.ts';
import { MAX_IMPORT_BYTES, tooLarge } from './plain-text.ts';
import { type ReadOptions, readRows } from './read-rows.ts';
import { readSheet } from './read-sheet.ts';

/**
 * A run of an import: the execution's input, which is what EventBridge tells of a new object or what the
 * Admin API gives in its form, and the execution's name as its id.
 */
export const ImportRun = z.object({
  input: z.object({
    detail: z.object({ object: z.object({ key: z.string().min(1) }) }),
    /** Whether it is only tried what would come of it. @default as the key says, `dry-runs/` or `imports/` */
    dryRun: z.boolean().optional(),
  }),
  runId: z.string().min(1).max(80),
});
export type ImportRun = z.infer<typeof ImportRun>;

interface PlanPorts {
  readonly imports: Pick<DefinitionRepository<Import>, 'find'>;
  readonly sources: Pick<DefinitionRepository<Source>, 'find'>;
  readonly files: LargeFiles & RunFiles;
  readonly now: () => EpochMs;
}

/**
 * Begins a run: reads the file once from end to end, in memory that does not grow with it, and cuts it into
 * parts. The definitions of now are what all of it works by.
 *
 * @throws {DefinitionNotFoundError} for an import or a source that is not, or no longer, defined.
 * @throws {ImportFileError} for a file that cannot be imported; nothing of it was sent.
 */
export async function planImport({ input, runId }: ImportRun, ports: PlanPorts) {
  const { key } = input.detail.object;
  const upload = uploadOf(key);
  if (upload === undefined) throw new ImportFileError('FileMisplaced', 'no import takes files from there');
  const { importId } = upload;
  const run = { importId, runId };
  const found = await ports.imports.find(importId);
  if (found === undefined) throw new DefinitionNotFoundError('Import', importId);
  const { definition, version } = found;
  const source = await ports.sources.find(definition.source);
  if (source === undefined) throw new DefinitionNotFoundError('Source', definition.source);
  if (!source.definition.enabled) {
    throw new ImportFileError(
      'SourceDisabled',
      `the source ${definition.source} takes nothing: it is disabled`,
    );
  }

  const attempt = ports.now();
  const planned = await ports.files.keepJson(planKey(run), PlannedImport, {
    definition,
    version,
    source: source.definition,
    dryRun: input.dryRun ?? upload.dryRun,
    startedAt: new Date(attempt).toISOString(),
    ...(await readUpload(key, { definition, run: { ...run, attempt }, files: ports.files })),
  });
  return {
    importId,
    runId,
    version: planned.version,
    chunks: planned.parts.map((range, at): ImportPart => ({ importId, runId, part: at + 1, ...range })),
  };
}

async function readUpload(
  key: string,
  options: Pick<ReadOptions, 'definition' | 'run'> & { readonly files: LargeFiles },
): Promise<Pick<PlannedImport, 'file' | 'rows' | 'parts'>> {
  const { definition, files } = options;
  const file = await files.find(key);
  if (file === undefined) throw new ImportFileError('FileNotFound', 'the file is not, or no longer, there');
  if (file.bytes === 0) throw new ImportFileError('FileEmpty', 'the file is empty');
  if (file.bytes > MAX_IMPORT_BYTES) throw tooLarge(MAX_IMPORT_BYTES);

  const start = files.read(file, { start: 0, end: Math.min(file.bytes, HEAD_BYTES) });
  const kind = fileKind(await gathered(start), { key, format: definition.format });
  const hash = createHash('sha256');
  async function* hashed(chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  }
  const read = kind.format === 'xlsx' ? readSheet : readRows;
  const { rows, parts } = await read(hashed(files.read(file)), { ...options, kind, file });
  if (parts.length === 0) throw new ImportFileError('FileEmpty', 'the file has no row below its first line');
  const { format, isGzip } = kind;
  return { file: { ...file, sha256: hash.digest('hex'), format, isGzip }, rows, parts };
}
