import { describe, expect, it } from 'vitest';
import { booleanWords, readBoolean } from '#shared/imports/boolean-words.ts';

describe('readBoolean', () => {
  it.each([
    'true',
    'Yes',
    'oui',
    ' VRAI ',
    'ja',
    'wahr',
    'si',
    'sí',
    'sì',
    'vero',
    'sim',
    'tak',
    '1',
    1,
    true,
  ])('takes %j for true', (value) => {
    expect(readBoolean(value)).toBe(true);
  });

  it.each(['false', 'no', 'Non', 'FAUX', 'nein', 'falsch', 'falso', 'não', 'nie', '0', 0, false])(
    'takes %j for false',
    (value) => {
      expect(readBoolean(value)).toBe(false);
    },
  );

  it.each(['', 'perhaps', 'ouinon', 2, null, undefined, {}])('takes %j for neither', (value) => {
    expect(readBoolean(value)).toBeUndefined();
  });

  it('knows an accent however it is composed', () => {
    expect(readBoolean('na\u0303o')).toBe(false);
  });
});

describe('booleanWords', () => {
  it('reads the two words, in any case', () => {
    const read = booleanWords('Opt-in/Opt-out');

    expect(['opt-in', ' OPT-OUT ', 'yes'].map((word) => read?.(word))).toEqual([true, false, undefined]);
  });

  it.each(['', 'yes', 'yes/', '/no', 'yes/YES', 'a/b/c'])('is none for %j', (format) => {
    expect(booleanWords(format)).toBeUndefined();
  });
});
