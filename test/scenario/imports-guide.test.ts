import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { adminClient } from '#demo/admin-client.ts';
import { untilConsumed } from '#test/support/consumed.ts';
import { endOfRun, runOfFile } from '#test/support/import-run.ts';
import { type StackProcess, startFreshStack } from '#test/support/stack-process.ts';

const guide = readFileSync('docs/guides/imports.md', 'utf8');
const blocks = (language: string): readonly string[] =>
  [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, text = '']) => text,
  );
const [contacts = '', rejected = '', purchases = ''] = blocks('csv');
const windowsLines = (text: string): string => text.replaceAll('\n', '\r\n');

let stack: StackProcess;
let dir: string;
beforeAll(async () => {
  stack = await startFreshStack(inject('assembly'));
  dir = mkdtempSync(join(tmpdir(), 'tributary-guide-'));
  // what a spreadsheet writes in Windows-1252 is Latin 1 as far as these letters go
  writeFileSync(join(dir, 'kunden.csv'), Buffer.from(windowsLines(contacts), 'latin1'));
  writeFileSync(join(dir, 'purchases.csv'), purchases);
});
afterAll(async () => {
  await stack.stop();
  rmSync(dir, { recursive: true });
});

/** Runs all commands of the guide in one shell, as somebody types them. @returns what each block said. */
async function follow(): Promise<readonly string[]> {
  const MARK = '=== next block ===';
  const script = ['set -eu', ...blocks('sh').flatMap((block) => [block, `echo '${MARK}'`])].join('\n');
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script], {
    cwd: dir,
    env: { ...process.env, ADMIN: stack.urls.admin, TOKEN: stack.adminToken },
    maxBuffer: 10_000_000,
  });
  expect(stderr).toBe('');
  return stdout.split(`${MARK}\n`);
}

it('shows commands that do what it says they do', async () => {
  const said = await follow();

  const [, , , tried = '', triedRejected = '', imported = '', mended = '', bought = ''] = said;
  const [answer = ''] = blocks('json');
  expect(JSON.parse(tried)).toMatchObject(z.record(z.string(), z.unknown()).parse(JSON.parse(answer)));
  expect(triedRejected).toBe(`\ufeff${windowsLines(rejected)}`);
  // a definition that was put is answered without a line's end
  expect([imported, mended, bought].map((text) => /\d+$/.exec(text.trim())?.[0])).toEqual(['2', '0', '4']);

  await untilConsumed(stack);
  const admin = adminClient(stack.urls.admin, stack.adminToken);
  for (const [id, address] of [
    ['1001', 'ada@example.com'],
    ['1002', 'grace@example.com'],
    ['1003', 'lin@example.com'],
    ['1004', 'joerg@example.com'],
  ]) {
    expect((await admin.profile(`userId:${id}`))?.identifiers).toContainEqual(
      expect.objectContaining({ type: 'email', value: address }),
    );
  }
  expect(await admin.profile('userId:00021')).toMatchObject({
    events: { 'Order Completed': { count: 2 } },
    sums: { total_spent: { USD: '126.68' } },
  });
});

it('shows how a file is uploaded without curl', async () => {
  const module = join(dir, 'upload.mjs');
  writeFileSync(module, blocks('js')[0] ?? '');
  const { signUpload, sendFile } = Module.parse(await import(pathToFileURL(module).href));
  const file = new File([Buffer.from(windowsLines(contacts), 'latin1')], 'kunden.csv', { type: 'text/csv' });

  const { urls, adminToken: token } = stack;
  const options = { admin: urls.admin, token, importId: 'contacts', dryRun: true };
  const signed = await signUpload(file.name, options);
  await sendFile(file, signed);

  const run = await endOfRun(stack, 'contacts', await runOfFile(stack, 'contacts', signed.key));
  expect(run).toMatchObject({ status: 'succeeded', dryRun: true, result: { accepted: 2 } });
});

type Signed = { readonly key: string };
const Module = z.object({
  signUpload: z.custom<(fileName: string, options: object) => Promise<Signed>>(),
  sendFile: z.custom<(file: File, signed: Signed) => Promise<void>>(),
});
