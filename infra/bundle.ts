import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { CdpError } from '#shared/kernel/errors.ts';

/** Every handler that is deployed, from the repository's root. */
export const HANDLERS = [
  'functions/collect/collect-events.ts',
  'functions/profiles/apply-events.ts',
  'functions/segments/keep-audiences.ts',
  'functions/due/sweep-deadlines.ts',
  'functions/evaluation/evaluate-everyone.ts',
  'functions/exports/plan-export.ts',
  'functions/exports/write-part.ts',
  'functions/exports/finish-export.ts',
  'functions/sending/plan-campaign.ts',
  'functions/sending/send-chunk.ts',
  'functions/sending/finish-campaign.ts',
  'functions/sending/unsubscribe.ts',
  'functions/feedback/record-feedback.ts',
  'functions/admin/admin-api.ts',
] as const;
export type Handler = (typeof HANDLERS)[number];

/** A handler that the stack names is not in the repository. */
export class MissingHandlerError extends CdpError {
  override readonly name = 'MissingHandlerError';
  readonly code = 'HANDLER_MISSING';
  readonly retryable = false;
}

// some packages among the dependencies are CommonJS and ask for Node's own modules by require
const REQUIRE =
  "import { createRequire as _createRequire } from 'node:module';const require = _createRequire(import.meta.url);";

/**
 * Bundles all handlers with one call of esbuild and gives, for each, the folder with its `index.mjs`.
 *
 * The same sources give the same bytes wherever the repository stands: paths in source maps are
 * relative, and what is written lands in a folder that takes no part in them.
 *
 * @throws {MissingHandlerError} naming every handler whose file is not there.
 */
export function bundle<Entry extends string>(
  entries: readonly Entry[],
  root: string,
): { readonly folderOf: (entry: Entry) => string; readonly remove: () => void } {
  const missing = entries.filter((entry) => !existsSync(join(root, entry)));
  if (missing.length > 0)
    throw new MissingHandlerError(`the stack names handlers that do not exist: ${missing.join(', ')}`);

  const outdir = resolve(root, 'cdk.out/bundles');
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    entryPoints: entries.map((entry) => ({ in: entry, out: `${folderName(entry)}/index` })),
    outdir,
    outExtension: { '.js': '.mjs' },
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: false,
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    banner: { js: REQUIRE },
    logLevel: 'silent',
  });

  const written = mkdtempSync(join(tmpdir(), 'tributary-bundles-'));
  for (const { path, contents } of outputFiles) {
    const file = join(written, relative(outdir, path));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, contents);
  }
  return {
    folderOf: (entry) => join(written, folderName(entry)),
    remove: () => rmSync(written, { recursive: true, force: true }),
  };
}

const folderName = (entry: string): string => entry.replace(/\.ts$/, '').replaceAll('/', '-');
