import { setTimeout as pause } from 'node:timers/promises';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import * as z from 'zod';
import { ImportReport } from '#shared/imports/planned-import.ts';
import { documentedAdmin } from './documented-admin.ts';
import type { StackProcess } from './stack-process.ts';
import { clientConfig } from './stored-people.ts';

const Signed = z.object({
  method: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  key: z.string(),
});
const Started = z.object({ id: z.string() });
const Listed = z.object({ runs: z.array(z.object({ id: z.string(), key: z.string() })) });
const Run = z.object({
  id: z.string(),
  status: z.enum(['running', 'succeeded', 'failed']),
  dryRun: z.boolean(),
  error: z.string().optional(),
  message: z.string().optional(),
  progress: z.object({ partsDone: z.int(), parts: z.int(), bytes: z.int(), bytesDone: z.int() }).optional(),
  result: ImportReport.optional(),
  rejected: z.object({ url: z.string() }).optional(),
});
export type ImportRun = z.infer<typeof Run>;

const PATIENCE_MS = 60_000;

/** Puts a source and an import of it, as an admin does once. */
export async function defineImport(stack: StackProcess, id: string, definition: object): Promise<void> {
  const call = documentedAdmin(stack);
  const source = { name: 'Till', writeKeys: ['till-write-key-1'], country: 'FR' };
  const put = (path: string, body: object) => call({ method: 'PUT', path, body });
  expect(await put('/v1/sources/till', source)).toMatchObject({ status: 200 });
  expect(await put(`/v1/imports/${id}`, { name: id, source: 'till', ...definition })).toMatchObject({
    status: 200,
  });
}

/** Has the upload of a file signed. */
export async function signUpload(
  stack: StackProcess,
  { importId, ...body }: Omit<UploadedFile, 'bytes'>,
): Promise<z.infer<typeof Signed>> {
  const path = `/v1/imports/${importId}/uploads`;
  const answer = await documentedAdmin(stack)({ method: 'POST', path, body });
  return Signed.parse(answer.body);
}

interface UploadedFile {
  readonly importId: string;
  readonly fileName: string;
  readonly bytes: Uint8Array;
  readonly dryRun?: boolean;
}

/** Uploads a file by a URL that the Admin API signs. @returns its key. */
export async function uploadFile(stack: StackProcess, { bytes, ...file }: UploadedFile): Promise<string> {
  const { method, url, headers, key } = await signUpload(stack, file);
  const put = await fetch(url, { method, headers, body: Buffer.from(bytes) });
  expect(put.status, await put.text()).toBe(200);
  return key;
}

/** Runs a file that was uploaded again. @returns the run's id. */
export async function runAgain(
  stack: StackProcess,
  { importId, ...body }: { readonly importId: string; readonly key: string; readonly dryRun?: boolean },
): Promise<string> {
  const path = `/v1/imports/${importId}/runs`;
  const answer = await documentedAdmin(stack)({ method: 'POST', path, body });
  expect(answer.status).toBe(202);
  return Started.parse(answer.body).id;
}

/** The run that began when a file was there. */
export async function runOfFile(stack: StackProcess, importId: string, key: string): Promise<string> {
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await pause(50)) {
    const { body } = await documentedAdmin(stack)({ method: 'GET', path: `/v1/imports/${importId}/runs` });
    const found = Listed.parse(body).runs.find((run) => run.key === key);
    if (found !== undefined) return found.id;
  }
  throw new Error(`no run of ${key} begins`);
}

export async function readRun(stack: StackProcess, importId: string, id: string): Promise<ImportRun> {
  const path = `/v1/imports/${importId}/runs/${id}`;
  const { status, body } = await documentedAdmin(stack)({ method: 'GET', path });
  expect(status).toBe(200);
  return Run.parse(body);
}

/** Follows a run to its end, however it ends. */
export async function endOfRun(stack: StackProcess, importId: string, id: string): Promise<ImportRun> {
  for (;;) {
    const run = await readRun(stack, importId, id);
    if (run.status !== 'running') return run;
    await pause(200);
  }
}

/** Uploads a file, and follows its run to the end. */
export async function importFile(stack: StackProcess, file: UploadedFile): Promise<ImportRun> {
  const key = await uploadFile(stack, file);
  return endOfRun(stack, file.importId, await runOfFile(stack, file.importId, key));
}

/** Puts a file into the bucket as somebody does who may write there. */
export async function dropFile(stack: StackProcess, Key: string, Body: string | Uint8Array): Promise<void> {
  const client = new S3Client({ ...clientConfig(stack), forcePathStyle: true });
  await client.send(new PutObjectCommand({ Bucket: stack.outputs.ImportsBucket, Key, Body }));
  client.destroy();
}
