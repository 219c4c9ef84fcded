import { ImportReport, PlannedImport } from '#shared/imports/planned-import.ts';

const file = {
  key: 'imports/contacts/1/kunden.csv',
  etag: '"a"',
  bytes: 300,
  uploadedAt: 1_795_000_000_000,
  sha256: 'a'.repeat(64),
  format: 'csv',
  isGzip: false,
};

/** What a run works by; `parts` are the bytes where each begins, and where the last ends. */
export function aPlan({ parts }: { readonly parts: readonly number[] }): PlannedImport {
  return PlannedImport.parse({
    definition: {
      id: 'contacts',
      name: 'Contacts',
      source: 'till',
      call: 'identify',
      columns: { 'E-Mail': { to: 'email' } },
    },
    version: 1,
    source: {
      id: 'till',
      name: 'Till',
      writeKeys: ['till-write-key'],
      market: 'fr',
      brand: 'main',
      legalEntity: 'Main SA',
    },
    dryRun: false,
    startedAt: '2026-11-22T10:00:00.000Z',
    file,
    rows: {
      key: file.key,
      etag: file.etag,
      bytes: file.bytes,
      format: { type: 'csv', delimiter: ';', quote: '"', encoding: 'utf-8' },
      columns: ['E-Mail'],
    },
    parts: parts.slice(1).map((end, at) => ({ start: parts[at] ?? 0, end, line: at + 2 })),
  });
}

/** What a run of one row came to. */
export function aReport({
  importId,
  ...change
}: {
  readonly importId: string;
  readonly runId: string;
  readonly rejectedFile?: ImportReport['rejectedFile'];
}): ImportReport {
  return ImportReport.parse({
    import: { id: importId, version: 1 },
    source: 'till',
    dryRun: false,
    startedAt: '2026-11-22T10:00:00.000Z',
    finishedAt: '2026-11-22T10:01:00.000Z',
    file,
    rows: 1,
    accepted: 0,
    rejected: 1,
    flagged: 0,
    dropped: 0,
    reasons: { bad_email: 1 },
    ...change,
  });
}
