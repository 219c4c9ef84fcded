import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Uploads } from '#functions/adapters/s3/uploads.ts';

export interface UploadsUnderTest {
  readonly uploads: Uploads;
  /** Puts a file there as whoever has a URL does. */
  readonly put: (key: string, text: string) => Promise<void>;
}

export const SIGNED_AT = Date.parse('2026-11-22T10:00:00.750Z');

/** What every place of uploads must do: run by each one's own test, in memory and in S3. */
export function uploadsContract(name: string, create: () => Promise<UploadsUnderTest>): void {
  describe(`${name} keeps the contract of uploads`, () => {
    let uploads: Uploads;
    let put: UploadsUnderTest['put'];
    beforeEach(async () => {
      ({ uploads, put } = await create());
    });

    it('finds a file that is there, and none that is not', async () => {
      await put('imports/shop/a b+ü.csv', 'a,b');

      expect(await uploads.has('imports/shop/a b+ü.csv')).toBe(true);
      expect(await uploads.has('imports/shop/a b+ü')).toBe(false);
    });

    it('reads JSON by its schema, where it is there', async () => {
      await put('report.json', '{"rows": 3}');

      expect(await uploads.findJson('report.json', z.object({ rows: z.int() }))).toEqual({ rows: 3 });
      expect(await uploads.findJson('nothing.json', z.unknown())).toBeUndefined();
    });

    it('lists the keys under a prefix in order', async () => {
      for (const key of ['runs/a/parts/2', 'runs/a/parts/1', 'runs/b/parts/1', 'runs/a'])
        await put(key, '{}');

      expect(await uploads.keysUnder('runs/a/')).toEqual(['runs/a/parts/1', 'runs/a/parts/2']);
      expect(await uploads.keysUnder('runs/c/')).toEqual([]);
    });

    it('signs an upload for an hour, and a download for a quarter of one', async () => {
      const upload = await uploads.signUpload('imports/shop/a.csv');
      const download = await uploads.signDownload('runs/rejected.csv', 'rejected.csv');

      expect(upload).toEqual({
        method: 'PUT',
        url: expect.stringContaining('/imports/shop/a.csv'),
        headers: { 'content-type': 'application/octet-stream' },
        expiresAt: Date.parse('2026-11-22T11:00:00Z'),
      });
      expect(download).toEqual({
        method: 'GET',
        url: expect.stringContaining('/runs/rejected.csv'),
        headers: {},
        expiresAt: Date.parse('2026-11-22T10:15:00Z'),
      });
    });
  });
}
