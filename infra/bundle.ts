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
  'functions/imports/plan-import.ts',
  'functions/imports/import-part.ts',
  'functions/imports/finish-import.ts',
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
 * Bundles handlers by esbuild and gives, for each, the folder with its `index.mjs`. What is imported by
 * `import()`, as the AWS SDK does with the ways to credentials that Lambda has no use for, is a file of
 * its own beside it: to load the handler does not read it.
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
  const outputFiles = entries.flatMap((entry) => build(entry, { root, outdir }));

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

/** Each by itself: files that two handlers share would lie outside the folder of both. */
function build(entry: string, { root, outdir }: { readonly root: string; readonly outdir: string }) {
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    entryPoints: [{ in: entry, out: 'index' }],
    outdir: join(outdir, folderName(entry)),
    outExtension: { '.js': '.mjs' },
    write: false,
    bundle: true,
    splitting: true,
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
  return outputFiles;
}

const folderName = (entry: string): string => entry.replace(/\.ts$/, '').replaceAll('/', '-');
