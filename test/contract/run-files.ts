import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { RunFiles } from '#functions/runs/run-files.ts';

const Note = z.strictObject({ text: z.string() });

/** What the files of runs must do, whoever keeps them. */
export function runFilesContract(name: string, create: () => Promise<RunFiles>): void {
  describe(`${name} keeps the contract of run files`, () => {
    let files: RunFiles;
    beforeEach(async () => {
      files = await create();
    });

    it('gives back JSON as it was stored', async () => {
      expect(await files.keepJson('runs/r/a.json', Note, { text: 'né' })).toEqual({ text: 'né' });
      expect(await files.readJson('runs/r/a.json', Note)).toEqual({ text: 'né' });
    });

    it('gives who comes second what the first one stored', async () => {
      await files.keepJson('runs/r/b.json', Note, { text: 'first' });

      expect(await files.keepJson('runs/r/b.json', Note, { text: 'second' })).toEqual({ text: 'first' });
      expect(await files.readJson('runs/r/b.json', Note)).toEqual({ text: 'first' });
    });

    it('gives all who come at once the same', async () => {
      const kept = await Promise.all(
        Array.from({ length: 8 }, (_, n) => files.keepJson('runs/r/c.json', Note, { text: `${n}` })),
      );

      expect(new Set(kept.map(({ text }) => text)).size).toBe(1);
    });

    it('keeps a file with the facts about it', async () => {
      const file = { key: 'exports/e/r/d.gz', contentType: 'application/gzip' };
      const first = { ...file, body: Buffer.from([1, 2]), facts: { summary: '{"rows":2}' } };
      const second = { ...file, body: Buffer.from([3]), facts: { summary: '{"rows":1}' } };

      expect(await files.keepFile(first)).toEqual(first.facts);
      expect(await files.keepFile(second)).toEqual(first.facts);
    });

    it('fails to read what is not there', async () => {
      await expect(files.readJson('runs/r/none.json', Note)).rejects.toThrow();
    });
  });
}
