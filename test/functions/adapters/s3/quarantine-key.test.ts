import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quarantineKey, readQuarantineKey } from '#functions/adapters/s3/quarantine-key.ts';

const keyAt = (time: string, id = 'r1') =>
  quarantineKey({ source: 'shop', id, receivedAt: Date.parse(time) });

describe('quarantineKey', () => {
  it.each([
    ['2026-11-22T00:00:00.000Z', 'quarantine/dt=2026-11-22/shop/86399999-r1.jsonl'],
    ['2026-11-22T12:00:00.000Z', 'quarantine/dt=2026-11-22/shop/43199999-r1.jsonl'],
    ['2026-11-22T23:59:59.999Z', 'quarantine/dt=2026-11-22/shop/00000000-r1.jsonl'],
  ])('of %s is %s', (time, key) => {
    expect(keyAt(time)).toBe(key);
  });

  it('tells its source and time, and sorts the newest of a day first', () => {
    const day = Date.parse('2026-11-22T00:00:00Z');
    const time = fc.nat(86_399_999).map((ms) => day + ms);

    fc.assert(
      fc.property(time, time, (a, b) => {
        const [keyA, keyB] = [a, b].map((receivedAt) =>
          quarantineKey({ source: 'shop', id: 'r', receivedAt }),
        );
        expect(readQuarantineKey(keyA ?? '')).toEqual({ source: 'shop', receivedAt: a });
        expect(Math.sign((keyA ?? '') < (keyB ?? '') ? 1 : keyA === keyB ? 0 : -1)).toBe(Math.sign(a - b));
      }),
    );
  });

  it.each([
    'quarantine/dt=2026-11-22/shop/r1.jsonl',
    'quarantine/dt=2026-99-22/shop/00000000-r.jsonl',
    '../x',
    '',
  ])('is no other key: %s', (key) => {
    expect(readQuarantineKey(key)).toBeUndefined();
  });
});
