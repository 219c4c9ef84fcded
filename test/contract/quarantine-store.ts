import { beforeEach, describe, expect, it } from 'vitest';
import type { Quarantine } from '#functions/adapters/s3/quarantine.ts';
import type { QuarantineStore } from '#functions/adapters/s3/quarantine-store.ts';

const at = Date.parse('2026-11-22T12:00:00Z');
const bad = (event: unknown) => ({ reason: 'unknown_type', receivedAt: at, event, request: { sentAt: 1 } });

/** What quarantine must do, for who keeps in it and for who takes out of it: run by each one's own test. */
export function quarantineContract(name: string, create: () => Promise<Quarantine & QuarantineStore>): void {
  describe(`${name} keeps quarantine's contract`, () => {
    let store: Quarantine & QuarantineStore;
    beforeEach(async () => {
      store = await create();
    });
    const keep = (source: string, id: string, receivedAt = at) =>
      store.keep({ source, id, entries: [{ ...bad({ id }), receivedAt }] });

    it('gives back what was kept, each with its place and source', async () => {
      await store.keep({ source: 'web', id: 'r1', entries: [bad({ a: 'é\n' }), bad('text')] });

      expect(await store.read('quarantine/dt=2026-11-22/web/r1.jsonl')).toEqual([
        { n: 0, source: 'web', ...bad({ a: 'é\n' }) },
        { n: 1, source: 'web', ...bad('text') },
      ]);
      expect(await store.read('quarantine/dt=2026-11-22/web/other.jsonl')).toEqual([]);
    });

    it('lists the keys of a day, of one source or of all, in pages', async () => {
      await keep('web', 'b');
      await keep('web', 'a');
      await keep('till', 'c');
      await keep('web', 'd', at + 86_400_000);
      const day = '2026-11-22';
      const [a, b, c] = [`web/a`, `web/b`, `till/c`].map((rest) => `quarantine/dt=${day}/${rest}.jsonl`);

      const first = await store.list({ day, limit: 2 });

      expect(first).toEqual({ keys: [c, a], next: a });
      expect(await store.list({ day, limit: 2, after: first.next })).toEqual({ keys: [b], next: undefined });
      expect(await store.list({ day, source: 'web', limit: 9 })).toEqual({ keys: [a, b], next: undefined });
      expect(await store.list({ day: '2026-11-23', limit: 9 })).toMatchObject({ keys: [expect.any(String)] });
    });

    it('keeps what is put in its place, and nothing where that is nothing', async () => {
      const key = 'quarantine/dt=2026-11-22/web/r1.jsonl';
      await store.keep({ source: 'web', id: 'r1', entries: [bad(1), bad(2)] });
      const [, second] = await store.read(key);

      await store.replace(key, second === undefined ? [] : [second]);
      expect(await store.read(key)).toEqual([{ n: 1, source: 'web', ...bad(2) }]);

      await store.replace(key, []);
      expect(await store.read(key)).toEqual([]);
      expect(await store.list({ day: '2026-11-22', limit: 9 })).toEqual({ keys: [], next: undefined });
    });
  });
}
