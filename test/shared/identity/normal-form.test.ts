import { describe, expect, it } from 'vitest';
import { normalIdentifier, parseIdentifier } from '#shared/identity/normal-form.ts';

describe('normalIdentifier', () => {
  it.each([
    ['email', 'A.da+x@Gmail.com', {}, 'a.da+x@gmail.com'],
    ['email', 'A.da+x@Gmail.com', { emailProviderRules: true }, 'ada@gmail.com'],
    ['email', 'ada', {}, undefined],
    ['phone', '06 12 34 56 78', { country: 'FR' }, '+33612345678'],
    ['phone', '06 12 34 56 78', {}, undefined],
    ['userId', ' A.da+x@Gmail.com ', { emailProviderRules: true }, 'A.da+x@Gmail.com'],
    ['anonymousId', '06 12 34 56 78', { country: 'FR' }, '06 12 34 56 78'],
  ] as const)('reads the %s %j, spelled as in %j', (type, text, spelling, value) => {
    expect(normalIdentifier(type, text, spelling)).toEqual(value && { type, value });
  });

  it.each(['guest', 'NULL', '', ' ', '"undefined"', '[object Object]', '0000', '-1', 'x'.repeat(401)])(
    'takes %j for nobody',
    (value) => {
      expect(normalIdentifier('userId', value)).toBeUndefined();
    },
  );
});

describe('parseIdentifier', () => {
  it('reads a value in the spelling asked for', () => {
    expect(parseIdentifier('phone:06 12 34 56 78', { country: 'FR' })?.value).toBe('+33612345678');
    expect(parseIdentifier('email:a.da@gmail.com', { emailProviderRules: true })?.value).toBe(
      'ada@gmail.com',
    );
  });

  it('reads what people write in a URL', () => {
    expect(parseIdentifier('email:Ada@Example.com')).toEqual({ type: 'email', value: 'ada@example.com' });
    expect(parseIdentifier('userId:a:b')).toEqual({ type: 'userId', value: 'a:b' });
    expect(parseIdentifier('externalId:loyalty_card:12:3')).toEqual({
      type: 'externalId:loyalty_card',
      value: '12:3',
    });
  });

  it.each(['ada@example.com', 'shoe:7', 'email:', ':x', 'externalId:card', 'externalId::7'])(
    'finds no identifier in %j',
    (text) => {
      expect(parseIdentifier(text)).toBeUndefined();
    },
  );
});
