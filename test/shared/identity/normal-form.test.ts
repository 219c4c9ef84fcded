import { describe, expect, it } from 'vitest';
import { normalEmail, normalIdentifier, normalPhone, parseIdentifier } from '#shared/identity/normal-form.ts';

describe('normalEmail', () => {
  it.each([
    [' Ada@Example.COM ', 'ada@example.com'],
    ['ada+news@example.com', 'ada+news@example.com'],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ['Jose\u0301@example.com', 'jos\u00e9@example.com'],
  ])('brings %j into its normal form', (text, normal) => {
    expect(normalEmail(text)).toBe(normal);
  });

  it.each([
    '',
    'ada',
    'ada@',
    '@example.com',
    'a da@example.com',
    'ada@localhost',
    'ada@gmail.com/x.yy',
    'ada@gmail.com?q.yy',
    'ada@gmail.com#x.yy',
    `${'x'.repeat(300)}@example.com`,
  ])('finds no address in %j', (text) => {
    expect(normalEmail(text)).toBeUndefined();
  });
});

describe('normalPhone', () => {
  // The first two are examples of libphonenumber's own README and of Ofcom's numbers for drama
  it.each([
    ['+1 213 373 4253', undefined, '+12133734253'],
    ['020 7946 0958', 'GB', '+442079460958'],
    ['06 12 34 56 78', 'FR', '+33612345678'],
    ['+33612345678', undefined, '+33612345678'],
    ['06 12 34 56 78', undefined, undefined],
    ['12', 'FR', undefined],
    ['call me', 'FR', undefined],
  ])('reads %j in %s as %s', (text, country, normal) => {
    expect(normalPhone(text, country)).toBe(normal);
  });
});

describe('normalIdentifier', () => {
  it.each(['guest', 'NULL', '"undefined"', '[object Object]', '0000', '-1', 'x'.repeat(401)])(
    'takes %j for nobody',
    (value) => {
      expect(normalIdentifier('userId', value)).toBeUndefined();
    },
  );
});

describe('parseIdentifier', () => {
  it('reads what people write in a URL', () => {
    expect(parseIdentifier('email:Ada@Example.com')).toEqual({ type: 'email', value: 'ada@example.com' });
    expect(parseIdentifier('userId:a:b')).toEqual({ type: 'userId', value: 'a:b' });
  });

  it.each(['ada@example.com', 'shoe:7', 'email:', ':x'])('finds no identifier in %j', (text) => {
    expect(parseIdentifier(text)).toBeUndefined();
  });
});
