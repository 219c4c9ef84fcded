import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { bundle } from '#infra/bundle.ts';

const HANDLER =
  "import { basename } from 'node:path';\nexport const handler = async (path: string) => basename(path);\n";
const ENTRIES = ['functions/one/first.ts', 'functions/two/second.ts'] as const;

const Handler = z.object({ handler: z.function({ input: [z.string()], output: z.promise(z.string()) }) });

describe('bundle', () => {
  const folders: string[] = [];
  const checkout = (): string => {
    const root = mkdtempSync(join(tmpdir(), 'tributary-bundle-test-'));
    folders.push(root);
    for (const entry of ENTRIES) {
      mkdirSync(join(root, entry, '..'), { recursive: true });
      writeFileSync(join(root, entry), HANDLER);
    }
    return root;
  };
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  it('gives each handler a folder with a module that Lambda can load', async () => {
    const bundles = bundle(ENTRIES, checkout());

    const { handler } = Handler.parse(
      await import(pathToFileURL(join(bundles.folderOf(ENTRIES[0]), 'index.mjs')).href),
    );
    expect(await handler('/some/file.txt')).toBe('file.txt');
    expect(existsSync(join(bundles.folderOf(ENTRIES[1]), 'index.mjs.map'))).toBe(true);
    bundles.remove();
    expect(existsSync(bundles.folderOf(ENTRIES[0]))).toBe(false);
  });

  it('gives the same bytes in another folder, source map included', () => {
    const [left, right] = [bundle(ENTRIES, checkout()), bundle(ENTRIES, checkout())];

    for (const file of ['index.mjs', 'index.mjs.map']) {
      const [one, other] = [left, right].map(({ folderOf }) =>
        readFileSync(join(folderOf(ENTRIES[1]), file)),
      );
      expect(one).toEqual(other);
    }
    left.remove();
    right.remove();
  });

  it('makes a file of its own of what a handler imports only when it needs it', async () => {
    const root = checkout();
    writeFileSync(join(root, 'functions/one/rarely.ts'), "export const word = 'rarely needed';\n");
    writeFileSync(
      join(root, ENTRIES[0]),
      "export const handler = async () => (await import('./rarely.ts')).word;\n",
    );

    const bundles = bundle(ENTRIES, root);

    const file = join(bundles.folderOf(ENTRIES[0]), 'index.mjs');
    expect(readFileSync(file, 'utf8')).not.toContain('rarely needed');
    const { handler } = Handler.parse(await import(pathToFileURL(file).href));
    expect(await handler('')).toBe('rarely needed');
    bundles.remove();
  });

  it('leaves the compiler of tracking plans out of what collect loads when it starts', () => {
    const collect = 'functions/collect/collect-events.ts';
    const bundles = bundle([collect], process.cwd());
    const folder = bundles.folderOf(collect);
    const texts = new Map(
      readdirSync(folder)
        .filter((file) => file.endsWith('.mjs'))
        .map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
    );
    bundles.remove();

    const started = new Set<string>();
    const start = (file: string): void => {
      if (started.has(file)) return;
      started.add(file);
      // a dynamic import has a parenthesis
      for (const [, next = ''] of (texts.get(file) ?? '').matchAll(/(?:from|import)"\.\/([\w.-]+)"/g))
        start(next);
    };
    start('index.mjs');

    const withAjv = [...texts].filter(([, text]) => text.includes('strictRequired')).map(([file]) => file);
    expect(started.size).toBeGreaterThan(1);
    expect(withAjv.length).toBeGreaterThan(0);
    expect(withAjv.filter((file) => started.has(file))).toEqual([]);
  });

  it('names every handler that is not there', () => {
    expect(() =>
      bundle([...ENTRIES, 'functions/three/third.ts', 'functions/four/fourth.ts'], checkout()),
    ).toThrow(
      'the stack names handlers that do not exist: functions/three/third.ts, functions/four/fourth.ts',
    );
  });
});
