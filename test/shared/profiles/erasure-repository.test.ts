import { describe, expect, it } from 'vitest';
import { Erasure, ITEM_KINDS, nothingRemoved } from '#shared/profiles/erasure-repository.ts';

const erasure = {
  pid: 'ada',
  at: 5,
  by: 'someone',
  market: 'fr',
  brand: 'main',
  absorbed: ['b'],
  parted: ['c'],
  entities: ['main'],
  identifiers: ['userId#u'],
};

describe('Erasure', () => {
  it('is read as it was written', () => {
    expect(Erasure.parse(erasure)).toEqual(erasure);
  });

  it.each(['pid', 'at', 'by', 'absorbed', 'parted', 'entities', 'identifiers'])(
    'is not read without its %s',
    (field) => {
      expect(Erasure.safeParse({ ...erasure, [field]: undefined }).success).toBe(false);
    },
  );

  it('is read without a market and a brand, and with nothing more', () => {
    const { market: _, brand: __, ...rest } = erasure;

    expect(Erasure.parse(rest)).toEqual(rest);
    expect(Erasure.safeParse({ ...erasure, more: 1 }).success).toBe(false);
  });
});

it('nothing was removed to begin with, of any kind', () => {
  expect(nothingRemoved()).toEqual(Object.fromEntries(ITEM_KINDS.map((kind) => [kind, 0])));
});
