import { expect, it } from 'vitest';
import { lastRejected } from '#functions/quality/last-rejected.ts';
import { memoryQuarantine } from '#test/support/memory-quarantine.ts';

const at = Date.parse('2026-11-22T12:00:00Z');

it('gives the entries that were kept last, and reads no more objects than it takes', async () => {
  const quarantine = memoryQuarantine();
  const read: string[] = [];
  for (const n of [1, 2, 3]) {
    const entries = ['a', 'b'].map((name) => ({
      reason: 'unknown_type',
      receivedAt: at + n,
      event: `${name}${n}`,
      request: {},
    }));
    await quarantine.keep({ source: 'web', id: `r${n}`, entries });
    await quarantine.keep({ source: 'till', id: `r${n}`, entries });
  }
  const watched = {
    ...quarantine,
    read: (key: string) => {
      read.push(key);
      return quarantine.read(key);
    },
  };

  const found = await lastRejected({ source: 'web', limit: 3, from: at, to: at + 9 }, watched);

  expect(found.map(({ entry }) => entry.event)).toEqual(['a3', 'b3', 'a2']);
  expect(read).toHaveLength(2);
  expect(await lastRejected({ source: 'web', limit: 3, from: at + 4, to: at + 9 }, quarantine)).toEqual([]);
});
