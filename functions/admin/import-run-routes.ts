import * as z from 'zod';
import type { Run } from '#functions/adapters/stepfunctions/runs.ts';
import { FILE_FAULTS } from '#functions/imports/import-file-error.ts';
import {
  type ImportRunPlace,
  importReportKey,
  isFolder,
  partsFolder,
  planKey,
  uploadOf,
} from '#functions/imports/import-keys.ts';
import { ImportReport, PlannedImport } from '#shared/imports/planned-import.ts';
import { RequestError } from '#shared/kernel/errors.ts';
import { type AdminRoute, adminRoute } from './admin-route.ts';
import { isInScope, mayAct } from './caller.ts';
import { Cursor, invalidCursor } from './cursor.ts';
import { findInScope, OfDefinition } from './definition-routes.ts';
import type { ImportOrder } from './import-orders.ts';
import type { AdminPorts } from './ports.ts';
import { notFound } from './problems.ts';
import { RunId, RunState, viewRun } from './run-routes.ts';

const IMPORTS = { kind: 'import', repository: (ports: AdminPorts) => ports.imports } as const;

const Count = z.int().nonnegative();

/** What ends a run that whoever brought the file can mend, or by running it again. */
const TOLD = [
  ...FILE_FAULTS,
  'FileChanged',
  'ImportNotFound',
  'SourceNotFound',
  'UnavailableError',
  'ThrottledError',
  'PartUnfinishedError',
];

const ImportRunState = RunState.extend({
  importId: z.string().optional().describe('absent of a file that lies where no import takes any'),
  key: z.string().describe('of the file in the imports bucket'),
  dryRun: z.boolean(),
  message: z.string().optional().describe('what is wrong with the file that a failed run was of'),
});

const Progress = z.strictObject({
  bytes: Count.describe('of rows, unpacked'),
  bytesDone: Count,
  parts: Count,
  partsDone: Count,
});

const RunPage = z.strictObject({
  runs: z.array(ImportRunState),
  next: z.string().optional().describe('a page may be empty and yet have a next one'),
});

/** Runs of imports: of a file again, those there are, and how one goes. */
export const IMPORT_RUN_ROUTES: readonly AdminRoute[] = [
  adminRoute({
    method: 'POST',
    path: '/v1/imports/{id}/runs',
    operationId: 'startImportRun',
    summary: 'Imports a file that was uploaded again, or for real after it was tried',
    role: 'marketer',
    resource: 'import',
    status: 202,
    problems: [404],
    input: z.object({
      parameters: OfDefinition,
      body: z.strictObject({ key: z.string().min(1).max(1024), dryRun: z.boolean().default(false) }),
    }),
    answer: z.strictObject({ id: z.string() }),
    async handle({ parameters: { id: definitionId }, body: { key, dryRun } }, context) {
      await findInScope(IMPORTS, definitionId, context);
      const { uploads, runs, newRunId } = context.ports;
      if (uploadOf(key)?.importId !== definitionId) throw notOfImport(definitionId);
      if (!(await uploads.has(key))) throw notFound('UNKNOWN_FILE', 'no file lies under this key');
      const id = newRunId();
      await runs.imports.start({ id, definitionId, bucket: uploads.bucket, key, dryRun });
      return { id };
    },
  }),

  adminRoute({
    method: 'GET',
    path: '/v1/imports/{id}/runs',
    operationId: 'listImportRuns',
    summary: 'Runs of the import, latest first, whoever brought the files',
    role: 'viewer',
    resource: 'import',
    status: 200,
    problems: [404],
    input: z.object({ parameters: OfDefinition, query: z.object({ cursor: Cursor.optional() }) }),
    answer: RunPage,
    async handle({ parameters: { id }, query }, context) {
      await findInScope(IMPORTS, id, context);
      return pageOf(id, query.cursor, context.ports);
    },
  }),

  adminRoute({
    method: 'GET',
    path: '/v1/import-runs',
    operationId: 'listAllImportRuns',
    summary: 'Runs of all imports, latest first, and of files that were dropped where no import takes any',
    role: 'viewer',
    resource: 'import',
    status: 200,
    problems: [],
    input: z.object({ query: z.object({ cursor: Cursor.optional() }) }),
    answer: RunPage,
    async handle({ query }, { caller, ports }) {
      const page = await pageOf(undefined, query.cursor, ports);
      if (caller.market === undefined && caller.brand === undefined) return page;
      const seen = (await ports.imports.list()).filter(({ definition }) => isInScope(caller, definition));
      const ids = new Set(seen.map(({ definition }) => definition.id));
      return { ...page, runs: page.runs.filter(({ importId = '' }) => ids.has(importId)) };
    },
  }),

  adminRoute({
    method: 'GET',
    path: '/v1/imports/{id}/runs/{runId}',
    operationId: 'getImportRun',
    summary: 'How far a run of the import has come, and what came of it',
    role: 'viewer',
    resource: 'import',
    status: 200,
    problems: [404],
    input: z.object({ parameters: OfDefinition.extend({ runId: RunId }) }),
    answer: ImportRunState.extend({
      progress: Progress.optional().describe('absent until the file was read once'),
      result: ImportReport.optional(),
      rejected: z
        .strictObject({ url: z.string(), expiresAt: z.iso.datetime() })
        .optional()
        .describe('where the rejected rows may be had, each with its line and why; for who may import'),
    }),
    async handle({ parameters: { id: importId, runId } }, context) {
      await findInScope(IMPORTS, importId, context);
      const { caller, ports } = context;
      const run = await ports.runs.imports.find(runId);
      if (run?.definitionId !== importId) throw notFound('UNKNOWN_RUN', 'no run of this import has this id');
      const place = { importId, runId };
      const progress = await progressOf(place, ports);
      const result =
        run.status === 'succeeded'
          ? await ports.uploads.findJson(importReportKey(place), ImportReport)
          : undefined;
      const file = mayAct(caller, 'marketer') ? result?.rejectedFile : undefined;
      return {
        ...viewImportRun(run),
        ...(progress !== undefined && { progress }),
        ...(result !== undefined && { result }),
        ...(file !== undefined && { rejected: await signRejected(file.key, ports) }),
      };
    },
  }),
];

async function pageOf(
  importId: string | undefined,
  cursor: string | undefined,
  { runs }: Pick<AdminPorts, 'runs'>,
): Promise<z.infer<typeof RunPage>> {
  const page = await runs.imports.list(importId, cursor);
  if (page === undefined) throw invalidCursor();
  const listed = page.runs.filter(({ key }) => !isFolder(key)).map(viewImportRun);
  return { runs: listed, ...(page.next !== undefined && { next: page.next }) };
}

function viewImportRun(run: Run<ImportOrder>): z.infer<typeof ImportRunState> {
  const { definitionId, key, dryRun, error, message } = run;
  // what other faults say was not written for whoever has the file
  const isOfFile = TOLD.some((name) => name === error);
  return {
    ...viewRun(run),
    ...(definitionId !== '' && { importId: definitionId }),
    key,
    dryRun,
    ...(isOfFile && message !== undefined && { message }),
  };
}

/** How far a run is: a part is done when what it rejected is stored, be it nothing. */
async function progressOf(
  place: ImportRunPlace,
  { uploads }: Pick<AdminPorts, 'uploads'>,
): Promise<z.infer<typeof Progress> | undefined> {
  const planned = await uploads.findJson(planKey(place), PlannedImport);
  if (planned === undefined) return undefined;
  const keys = await uploads.keysUnder(partsFolder(place));
  const done = new Set(keys.map((key) => Number.parseInt(key.slice(key.lastIndexOf('/') + 1), 10)));
  const bytesOf = (parts: PlannedImport['parts']): number =>
    parts.reduce((sum, { start, end }) => sum + end - start, 0);
  return {
    bytes: bytesOf(planned.parts),
    bytesDone: bytesOf(planned.parts.filter((_, at) => done.has(at + 1))),
    parts: planned.parts.length,
    partsDone: done.size,
  };
}

async function signRejected(key: string, { uploads }: Pick<AdminPorts, 'uploads'>) {
  const { url, expiresAt } = await uploads.signDownload(key, key.slice(key.lastIndexOf('/') + 1));
  return { url, expiresAt: new Date(expiresAt).toISOString() };
}

const notOfImport = (id: string): RequestError =>
  new RequestError({
    status: 400,
    code: 'INVALID_REQUEST',
    message: 'the request is not valid',
    details: [{ path: 'body.key', message: `a key under imports/${id}/ or dry-runs/${id}/` }],
  });
