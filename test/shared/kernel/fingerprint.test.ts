import { describe, expect, it } from 'vitest';
import { fingerprint } from '#shared/kernel/fingerprint.ts';

describe('fingerprint', () => {
  it('is 11 characters that stand in a key or a URL, and never changes', () => {
    expect(fingerprint('web\nnode-next-1')).toMatch(/^[\w-]{11}$/);
    expect(fingerprint('')).toBe(fingerprint(''));
    // Stored people are told from their copies by it
    expect(fingerprint('web\nm1')).toMatchInlineSnapshot(`"3JLb1DdEB9I"`);
  });

  it('takes several lines as the text that they are together', () => {
    expect(fingerprint('web', 'm1')).toBe(fingerprint('web\nm1'));
    expect(fingerprint('', '', 'm')).toBe(fingerprint('\n\nm'));
    expect(fingerprint('a', 'b')).not.toBe(fingerprint('ab'));
  });

  it('tells apart a million ids that differ in one place', () => {
    const prints = new Set(
      Array.from({ length: 1_000_000 }, (_, n) => fingerprint(`node-next-1795302168936-${n}`)),
    );

    expect(prints.size).toBe(1_000_000);
  });

  it('spreads each of its 64 bits evenly', () => {
    const ones = Array(64).fill(0);
    const samples = 20_000;
    for (let n = 0; n < samples; n++) {
      const bytes = Buffer.from(fingerprint(`m${n}`), 'base64url');
      for (let bit = 0; bit < 64; bit++) ones[bit] += ((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1;
    }

    for (const count of ones) expect(Math.abs(count / samples - 0.5)).toBeLessThan(0.02);
  });
});
