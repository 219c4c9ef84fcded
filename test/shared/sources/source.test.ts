import { describe, expect, it } from 'vitest';
import { Source } from '#shared/sources/source.ts';

const withKey = (key: string) => ({
  id: 'shop',
  name: 'Shop',
  writeKeys: [key],
  market: 'fr',
  brand: 'main',
  legalEntity: 'Shop SA',
});

describe('a write key', () => {
  it.each(['12345678', 'x'.repeat(100), 'aZ09-._~'])('may be %s', (key) => {
    expect(Source.parse(withKey(key)).writeKeys).toEqual([key]);
  });

  it.each([
    '1234567',
    'x'.repeat(101),
    'key:secret',
    'with space',
    'with\ttab',
    'schlüssel',
    'shop/2026',
    'shop?2026',
    'shop#2026',
    '100%shop',
    'masked***',
  ])('is never %j, which no SDK could send whole', (key) => {
    expect(Source.safeParse(withKey(key)).success).toBe(false);
  });
});
