import { beforeEach, describe, expect, it } from 'vitest';
import { MAX_ENTRIES, type Quarantine } from '#functions/adapters/s3/quarantine.ts';
import { quarantineKey } from '#functions/adapters/s3/quarantine-key.ts';
import type { QuarantineStore } from '#functions/adapters/s3/quarantine-store.ts';

const HOUR_MS = 3_600_000;
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

    const list = (more: Partial<Parameters<QuarantineStore['list']>[0]> = {}) =>
      store.list({ from: at - HOUR_MS, to: at + HOUR_MS, limit: 9, ...more });
    const keyOf = (source: string, id: string, receivedAt = at) => quarantineKey({ source, id, receivedAt });

    it('gives back what was kept, each with its place and source', async () => {
      await store.keep({ source: 'web', id: 'r1', entries: [bad({ a: 'é\n' }), bad('text')] });

      expect(await store.read(keyOf('web', 'r1'))).toEqual([
        { n: 0, source: 'web', ...bad({ a: 'é\n' }) },
        { n: 1, source: 'web', ...bad('text') },
      ]);
      expect(await store.read(keyOf('web', 'other'))).toEqual([]);
    });

    it('keeps nothing of nothing, and of many entries no more in an object than is read at once', async () => {
      const entries = Array.from({ length: MAX_ENTRIES + 1 }, (_, n) => bad(n));

      await store.keep({ source: 'web', id: 'none', entries: [] });
      await store.keep({ source: 'web', id: 'r1', entries });

      const { keys } = await list();
      expect(keys).toEqual([keyOf('web', 'r1-2'), keyOf('web', 'r1')]);
      const [rest = [], first = []] = await Promise.all(keys.map(store.read));
      expect([...first, ...rest].map(({ event }) => event)).toEqual(entries.map(({ event }) => event));
      expect(rest).toMatchObject([{ n: 0, event: MAX_ENTRIES }]);
    });

    it('keeps why a plan was violated', async () => {
      const entry = { ...bad(1), details: ['required /properties/total'] };

      await store.keep({ source: 'web', id: 'r1', entries: [entry] });

      expect(await store.read(keyOf('web', 'r1'))).toEqual([{ n: 0, source: 'web', ...entry }]);
    });

    it('keeps nothing a second time, and says so, until it is taken out', async () => {
      const many = Array.from({ length: MAX_ENTRIES + 1 }, (_, n) => bad(n));

      expect(await store.keep({ source: 'web', id: 'r1', entries: [bad(1)] })).toBe(true);
      expect(await store.keep({ source: 'web', id: 'r1', entries: [bad(2)] })).toBe(false);
      expect(await list()).toEqual({ keys: [keyOf('web', 'r1')], next: undefined });
      expect(await store.read(keyOf('web', 'r1'))).toMatchObject([{ event: 1 }]);
      expect(await store.keep({ source: 'web', id: 'r1', entries: many })).toBe(true);
      expect((await list()).keys).toEqual([keyOf('web', 'r1-2'), keyOf('web', 'r1')]);

      await store.replace(keyOf('web', 'r1'), []);
      expect(await store.keep({ source: 'web', id: 'r1', entries: [bad(2)] })).toBe(true);
    });

    it('lists by source, the newest first', async () => {
      for (const [id, late] of [
        ['a', 1],
        ['b', 3],
        ['c', 2],
      ] as const)
        await keep('web', id, at + late);
      await keep('till', 'd', at);

      expect((await list()).keys).toEqual([
        keyOf('till', 'd'),
        keyOf('web', 'b', at + 3),
        keyOf('web', 'c', at + 2),
        keyOf('web', 'a', at + 1),
      ]);
      expect((await list({ source: 'web', limit: 1 })).keys).toEqual([keyOf('web', 'b', at + 3)]);
      expect((await list({ source: 'we' })).keys).toEqual([]);
    });

    it('lists the newest day first, and nothing from before or after', async () => {
      const times = [-2, -1, 0, 1].map((days) => at + days * 24 * HOUR_MS);
      for (const time of times) await keep('web', 'r', time);
      const [, yesterday = 0, today = 0] = times;

      expect((await list({ from: yesterday, to: today })).keys).toEqual([
        keyOf('web', 'r', today),
        keyOf('web', 'r', yesterday),
      ]);
      expect((await list({ from: yesterday + 1, to: today })).keys).toEqual([keyOf('web', 'r', today)]);
      expect((await list({ from: yesterday, to: today - 1 })).keys).toEqual([keyOf('web', 'r', yesterday)]);
      expect((await list({ from: today + 1, to: today + 1 })).keys).toEqual([]);
    });

    it('lists in pages, within a day and from one to the next', async () => {
      const kept = [at, at - 1, at - 24 * HOUR_MS].flatMap((time) =>
        ['till', 'web'].map((source) => ({ source, time })),
      );
      for (const { source, time } of kept) await keep(source, 'r', time);
      const range = { from: at - 48 * HOUR_MS, to: at };

      for (const limit of [1, 2, 3, 5, 6]) {
        const keys: string[] = [];
        let after: string | undefined;
        do {
          const page = await list({ ...range, limit, after });
          expect(page.keys.length).toBeLessThanOrEqual(limit);
          keys.push(...page.keys);
          after = page.next;
        } while (after !== undefined);
        expect(keys).toEqual((await list(range)).keys);
        expect(new Set(keys).size).toBe(6);
      }
      const first = await list({ ...range, source: 'web', limit: 1 });
      expect((await list({ ...range, source: 'web', after: first.next })).keys).toEqual([
        keyOf('web', 'r', at - 1),
        keyOf('web', 'r', at - 24 * HOUR_MS),
      ]);
    });

    it('keeps what is put in its place, and nothing where that is nothing', async () => {
      const key = keyOf('web', 'r1');
      await store.keep({ source: 'web', id: 'r1', entries: [bad(1), bad(2)] });
      const [, second] = await store.read(key);

      await store.replace(key, second === undefined ? [] : [second]);
      expect(await store.read(key)).toEqual([{ n: 1, source: 'web', ...bad(2) }]);

      await store.replace(key, []);
      expect(await store.read(key)).toEqual([]);
      expect(await list()).toEqual({ keys: [], next: undefined });
    });
  });
}
