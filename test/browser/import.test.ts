import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { openBrowser } from '#test/support/browser.ts';
import { defineImport, endOfRun, runOfFile, signUpload } from '#test/support/import-run.ts';
import { type StackProcess, startFreshStack } from '#test/support/stack-process.ts';

/** What the guide has a page do, on a page of another origin. */
const [, guide = ''] = /^```js\n([\s\S]*?)^```/m.exec(readFileSync('docs/guides/imports.md', 'utf8')) ?? [];

let site: Server;
let stack: StackProcess;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  site = createServer(({ url }, response) => {
    const isModule = url === '/upload.js';
    response.setHeader('content-type', isModule ? 'text/javascript' : 'text/html');
    response.end(isModule ? guide : '<h1>Backoffice</h1>');
  });
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  browser = await openBrowser();
  stack = await startFreshStack(inject('assembly'));
  await defineImport(stack, 'contacts', {
    call: 'identify',
    columns: { id: { to: 'userId' }, mail: { to: 'email' } },
  });
  const address = site.address();
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
  site?.close();
});

/** Sends a file from within the page. @returns what the page is told when it fails. */
async function sendFrom(signed: object): Promise<string> {
  // as text, since what brings this file to the browser would rewrite its import
  const script = `import('/upload.js').then(({ sendFile }) =>
    sendFile(new File(['id,mail\\nada,ada@example.com\\n'], 'a.csv', { type: 'text/csv' }), ${JSON.stringify(signed)})
  ).then(() => '', (fault) => fault.message)`;
  return String(await page.evaluate(script));
}

it('a page of another origin uploads a file by a signed request, which a browser asks leave for', async () => {
  const signed = await signUpload(stack, { importId: 'contacts', fileName: 'a.csv' });

  expect(await sendFrom(signed)).toBe('');

  const run = await endOfRun(stack, 'contacts', await runOfFile(stack, 'contacts', signed.key));
  expect(run).toMatchObject({ status: 'succeeded', result: { accepted: 1 } });
});

it('a page that changes what was signed is refused, and may read that it is', async () => {
  const signed = await signUpload(stack, { importId: 'contacts', fileName: 'b.csv' });

  const changed = await sendFrom({ ...signed, url: signed.url.replace('b.csv', 'c.csv') });
  const other = await sendFrom({ ...signed, headers: { 'content-type': 'text/html' } });

  expect([changed, other]).toEqual(Array(2).fill('the upload was refused: 403'));
});
