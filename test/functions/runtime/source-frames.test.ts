import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { describeFault } from '#functions/runtime/fault.ts';
import { inSources } from '#functions/runtime/source-frames.ts';
import { bundle } from '#infra/bundle.ts';

const ENTRY = 'functions/one/first.ts';
const HANDLER = `
import { fail } from './fail.ts';
export const handler = async (reason: string) => fail(reason);
`;
const FAIL = `
export function fail(reason: string): never {
  const text: string = 'failed: ' + reason;
  throw new Error(text);
}
`;
const Handler = z.object({
  handler: z.custom<(reason: string) => Promise<void>>((it) => typeof it === 'function'),
});

describe('a fault of a bundled handler', () => {
  const root = mkdtempSync(join(tmpdir(), 'tributary-frames-test-'));
  let bundles: ReturnType<typeof bundle>;
  beforeAll(() => {
    mkdirSync(join(root, 'functions/one'), { recursive: true });
    writeFileSync(join(root, ENTRY), HANDLER);
    writeFileSync(join(root, 'functions/one/fail.ts'), FAIL);
    bundles = bundle([ENTRY], root);
  });
  afterAll(() => {
    bundles.remove();
    rmSync(root, { recursive: true, force: true });
  });

  it('says where it is in the sources', async () => {
    const { handler } = Handler.parse(
      await import(pathToFileURL(join(bundles.folderOf(ENTRY), 'index.mjs')).href),
    );

    const fault = await handler('the reason').catch((reason) => reason);

    const { at } = z.object({ at: z.array(z.string()) }).parse(describeFault(fault));
    expect(at[0]).toMatch(/functions\/one\/fail\.ts:4:9\)?$/);
    expect(at[1]).toMatch(/functions\/one\/first\.ts:3:\d+\)?$/);
  });

  it.each([
    'at handler (file:///var/task/index.mjs:1:2)',
    'at async node:internal/modules/esm/loader:647:26',
    'at Object.<anonymous> (/srv/functions/one.ts:1:2)',
    'at new Promise (<anonymous>)',
  ])('leaves %s as it is without a map', (frame) => {
    expect(inSources(frame)).toBe(frame);
  });
});
