import { Slug } from '#shared/sources/source.ts';

/** A run of an import; its id is the name of its execution. */
export interface ImportRunPlace {
  readonly importId: string;
  readonly runId: string;
}

/** What a key of the imports bucket asks for. */
export interface Upload {
  readonly importId: string;
  /** Whether it is only tried what would come of it. */
  readonly dryRun: boolean;
}

const UPLOAD = /^(imports|dry-runs)\/([^/]+)\/.*[^/]$/s;

/** Whether a key is that of a folder as S3's console makes them, in which no file stands: no run is made of it. */
export const isFolder = (key: string): boolean => key.endsWith('/');

/** Reads `imports/<import>/<name>` and `dry-runs/<import>/<name>`; nothing for any other key. */
export function uploadOf(key: string): Upload | undefined {
  const [, folder, id] = UPLOAD.exec(key) ?? [];
  const importId = Slug.safeParse(id);
  return importId.success ? { importId: importId.data, dryRun: folder === 'dry-runs' } : undefined;
}

const folderOf = ({ importId, runId }: ImportRunPlace): string => `runs/imports/${importId}/${runId}`;

/** What a run works by, stored when its file is read. */
export const planKey = (run: ImportRunPlace): string => `${folderOf(run)}/plan.json`;

/**
 * The rows of a run whose upload is no plain text. Each attempt at planning has its own, since parts name the
 * version that they read, and the same bytes again are another version where S3 encrypts them.
 */
export const rowsKey = (
  run: ImportRunPlace & { readonly attempt: number },
  extension: 'csv' | 'jsonl',
): string => `${folderOf(run)}/rows-${run.attempt}.${extension}`;

/** What a part rejected, without a first line; absent where it rejected nothing. */
export const rejectedPartKey = (run: ImportRunPlace, part: number): string =>
  `${folderOf(run)}/rejected/${String(part).padStart(5, '0')}`;

/** All that a run rejected. */
export const rejectedKey = (run: ImportRunPlace, extension: 'csv' | 'jsonl'): string =>
  `${folderOf(run)}/rejected.${extension}`;

/** What a run came to; stored last. */
export const importReportKey = (run: ImportRunPlace): string => `${folderOf(run)}/report.json`;

/** Says that a file's refused rows were counted. */
export const countedKey = (importId: string, sha256: string): string =>
  `runs/imports/${importId}/counted/${sha256}.json`;

/** Where stands what each part came to. */
export const partsFolder = (run: ImportRunPlace): string => `${folderOf(run)}/parts/`;

/** What a part came to; stored when all of it is done. */
export const summaryKey = (run: ImportRunPlace, part: number): string =>
  `${partsFolder(run)}${String(part).padStart(5, '0')}.json`;
