import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskFiles } from './disk-files.ts';
import { purchaseFile } from './import-file.ts';
import { cutOffStream, runImport } from './import-run.ts';

/** A run over so many rows in this process alone: prints its peak of resident memory in megabytes, and what it sent. */
const rows = Number(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), 'tributary-import-'));
try {
  const { stream, put } = cutOffStream();
  const report = await runImport(purchaseFile(rows), { files: diskFiles(folder), stream });
  const peakMb = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(`${JSON.stringify({ peakMb, rows: report.rows, accepted: report.accepted, put })}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
