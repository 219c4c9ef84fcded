import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import * as z from 'zod';
import type { EventsStream } from '#functions/adapters/kinesis/events-stream.ts';
import { streamRecords } from '#functions/adapters/kinesis/stream-records.ts';
import { encodingEvidence } from '#functions/imports/encoding-evidence.ts';
import { rowTaker } from '#functions/imports/import-rows.ts';
import { rowScanner } from '#functions/imports/row-scanner.ts';
import { partCutter } from '#shared/imports/cut-parts.ts';
import type { PlannedImport } from '#shared/imports/planned-import.ts';
import { HEADER, PURCHASES, purchaseFile, TILL } from './import-file.ts';
import { cutOffStream } from './import-run.ts';
import { purchaseSheet, readPurchaseSheet } from './import-sheet.ts';
import { cpuMs, percentile } from './measure.ts';
import { installed } from './peers.ts';

const ROWS = 100_000;
const ROUNDS = 7;
const WARM_UPS = 3;
/** A spreadsheet of a part of the rows. */
const SHEET_SHARE = 5;
/** As S3 gives them. */
const CHUNK = 65_536;
/** As a part sends them. */
const BATCH = 1_000;

const CSV = { delimiter: ';', quote: '"' };
const Peers = z.object({
  papaparse: z.object({
    version: z.string(),
    rows: z.custom<(text: string) => readonly unknown[]>((value) => typeof value === 'function'),
  }),
});

/** How many rows a second become records of the stream, and in how much memory? */
export async function answer(
  print: (line: string) => void,
  scale = 1,
): Promise<Readonly<Record<string, number>>> {
  const rows = ROWS * scale;
  const small = freshRun(rows);
  const large = freshRun(10 * rows);
  print(`ran ${rows} and ${10 * rows} rows in fresh processes`);

  const file = await gathered(purchaseFile(rows));
  const chunks = chunksOf(file);
  const folder = fileURLToPath(new URL('./peers/csv/', import.meta.url));
  const { papaparse } = Peers.parse(await installed({ folder, size: '300 KB' }, print));
  const { stream, put } = cutOffStream();
  const taken = await send(chunks, stream);
  if (taken.rows !== rows || taken.accepted !== rows - Math.floor(rows / 20)) {
    throw new Error(`${taken.accepted} of ${taken.rows} rows were accepted`);
  }
  if (put.records > taken.accepted) throw new Error('more records than rows were put');
  const bytesPerRow = put.bytes / taken.accepted;
  print('every good row is put once, every bad one rejected');

  const sheet = purchaseSheet(rows / SHEET_SHARE);

  const works = {
    scan: () => scanBytes(chunks),
    plan: () => plan(chunks),
    rows: () => send(chunks, stream),
    sheet: () => readPurchaseSheet(sheet),
    csvParse: () => void parse(file, { delimiter: ';', relax_column_count: true }),
    papaparse: () => void papaparse.rows(file.toString('utf8')),
  };
  const ms = await medians(works);
  const perSecond = (name: keyof typeof works): number => rows / (ms(name) / 1_000);
  return {
    file_bytes_per_row: file.length / rows,
    stream_bytes_per_row: bytesPerRow,
    byte_scan_rows_per_s: perSecond('scan'),
    peer_csv_parse_rows_per_s: perSecond('csvParse'),
    peer_papaparse_rows_per_s: perSecond('papaparse'),
    import_plan_rows_per_s: perSecond('plan'),
    import_rows_per_s: perSecond('rows'),
    import_sheet_rows_per_s: perSecond('sheet') / SHEET_SHARE,
    import_vs_csv_parse: ms('rows') / ms('csvParse'),
    import_peak_mb_100k: small.peakMb,
    import_peak_mb_1m: large.peakMb,
  };
}

/** Without it the heap grows as long as nothing speaks against it, and says nothing of what is needed. */
const SMALL_HEAP = ['--max-old-space-size=64', '--max-semi-space-size=4'];

const Run = z.object({ peakMb: z.number(), rows: z.number(), accepted: z.number() });

/** A whole run over a file on disk, in a process of its own. @throws {Error} when its report is not exact. */
function freshRun(rows: number): z.infer<typeof Run> {
  const script = fileURLToPath(new URL('./import-memory.ts', import.meta.url));
  const run = Run.parse(
    JSON.parse(execFileSync(process.execPath, [...SMALL_HEAP, script, String(rows)], { encoding: 'utf8' })),
  );
  if (run.rows !== rows || run.accepted !== rows - Math.floor(rows / 20)) {
    throw new Error(`a run over ${rows} rows accepted ${run.accepted} of ${run.rows}`);
  }
  return run;
}

/** What planning does to each byte of a file. */
function plan(chunks: readonly Buffer[]): void {
  const hash = createHash('sha256');
  const scanner = rowScanner({ csv: CSV });
  const evidence = encodingEvidence();
  const cutter = partCutter();
  for (const chunk of chunks) {
    hash.update(chunk);
    evidence.push(chunk);
    for (const row of scanner.push(chunk)) cutter.add(row);
  }
  hash.digest();
}

/** What parts do, from the bytes of rows to the input of PutRecords. */
async function send(chunks: readonly Buffer[], stream: EventsStream) {
  const take = rowTaker(planned(), undefined);
  const common = { source: { id: TILL.id, legalEntity: TILL.legalEntity }, receivedAt: 1 };
  const scanner = rowScanner({ csv: CSV });
  let isHeader = true;
  for (const chunk of chunks) {
    const rows = scanner.push(chunk).slice(isHeader ? 1 : 0);
    isHeader = false;
    for (let at = 0; at < rows.length; at += BATCH) {
      await stream.put(streamRecords(take(rows.slice(at, at + BATCH)).events, common));
    }
  }
  take(scanner.end());
  return take.counts();
}

const planned = (): PlannedImport => ({
  definition: PURCHASES,
  version: 1,
  source: TILL,
  dryRun: false,
  startedAt: '2026-11-22T00:00:00.000Z',
  file: {
    key: 'k',
    etag: 'e',
    bytes: 1,
    uploadedAt: Date.UTC(2026, 10, 22),
    sha256: '0'.repeat(64),
    format: 'csv',
    isGzip: false,
  },
  rows: {
    key: 'k',
    etag: 'e',
    bytes: 1,
    format: { type: 'csv', ...CSV, encoding: 'utf-8' },
    columns: HEADER.trim().split(';'),
  },
  parts: [],
});

/** The least that any reader does. */
function scanBytes(chunks: readonly Buffer[]): void {
  let lines = 0;
  for (const chunk of chunks) {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines += 1;
  }
  if (lines === 0) throw new Error('there are no lines');
}

/** CPU milliseconds of each by its name: medians of rounds in which all take their turn. */
async function medians(works: Readonly<Record<string, () => unknown>>): Promise<(name: string) => number> {
  const times = new Map<string, number[]>(Object.keys(works).map((name) => [name, []]));
  for (let round = -WARM_UPS; round < ROUNDS; round++) {
    for (const [name, work] of Object.entries(works)) {
      const ms = await cpuMs(async () => void (await work()));
      if (round >= 0) times.get(name)?.push(ms);
    }
  }
  return (name) => percentile(times.get(name) ?? [], 50);
}

async function gathered(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

function chunksOf(file: Buffer): readonly Buffer[] {
  return Array.from({ length: Math.ceil(file.length / CHUNK) }, (_, n) =>
    file.subarray(n * CHUNK, (n + 1) * CHUNK),
  );
}
