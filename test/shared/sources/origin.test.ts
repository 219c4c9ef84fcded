import { describe, expect, it } from 'vitest';
import { AllowedOrigin, isOriginAllowed } from '#shared/sources/origin.ts';

describe('AllowedOrigin', () => {
  it.each([
    'https://shop.example.com',
    'https://*.example.com',
    'http://localhost:3000',
    'capacitor://localhost',
    'https://xn--caf-dma.example',
  ])('is %s', (origin) => {
    expect(AllowedOrigin.safeParse(origin).success).toBe(true);
  });

  it.each([
    'shop.example.com',
    'https://shop.example.com/',
    'https://shop.example.com/path',
    'https://Shop.example.com',
    'https://shop.*.com',
    'https://*',
    'https://*example.com',
    'https://-example.com',
    'https://example.com:443',
    'http://example.com:80',
    '*',
    'null',
    '',
  ])('is not %j', (origin) => {
    expect(AllowedOrigin.safeParse(origin).success).toBe(false);
  });
});

describe('isOriginAllowed', () => {
  const allowed = ['https://example.com', 'https://*.example.org', 'http://localhost:3000'];

  it.each([
    ['https://example.com', true],
    ['https://a.example.org', true],
    ['https://a.b.example.org', true],
    ['http://localhost:3000', true],
    [undefined, true],
    ['https://example.org', false],
    ['https://.example.org', false],
    ['https://notexample.org', false],
    ['http://a.example.org', false],
    ['https://a.example.org:8443', false],
    ['https://a.example.com', false],
    ['https://example.com.evil.test', false],
    ['http://localhost:3001', false],
    ['null', false],
    ['', false],
  ])('of %s is %s', (origin, expected) => {
    expect(isOriginAllowed(allowed, origin)).toBe(expected);
  });

  it('of anything is true without a list', () => {
    expect(isOriginAllowed(undefined, 'https://anybody.test')).toBe(true);
  });
});
