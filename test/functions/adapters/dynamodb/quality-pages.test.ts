import { describe, expect, it } from 'vitest';
import { attributeOf, cellOf, qualityPages } from '#functions/adapters/dynamodb/quality-pages.ts';
import { QualityKind } from '#shared/quality/quality-count.ts';

const accepted = (event: string) => ({ kind: 'accepted' as const, event });

describe('attributeOf', () => {
  it.each(QualityKind.options)('is read back as it was written: %s', (kind) => {
    for (const cell of [
      { kind, event: 'a b' },
      { kind, event: 'a', reason: 'type /x' },
    ]) {
      expect(cellOf(attributeOf(cell))).toEqual({ reason: undefined, ...cell });
    }
  });

  it.each(['source', 'place', 'ttl', 'lastAt', 'x\na', 'a'])('is no other attribute: %j', (name) => {
    expect(cellOf(name)).toBeUndefined();
  });
});

describe('qualityPages', () => {
  it('keeps a name where it stands, whoever put it there', () => {
    const pages = qualityPages();
    pages.note(2, ['a\nc']);
    pages.note(0, ['a\na']);

    expect(pages.place(accepted('a'))).toEqual({ page: 0, attribute: 'a\na' });
    expect(pages.place(accepted('c')).page).toBe(2);
    expect(pages.place(accepted('b')).page).toBe(2);
    expect(pages.place(accepted('b')).page).toBe(2);
  });

  it('begins an item when the last is as large as a write unit pays for', () => {
    const pages = qualityPages();
    const places = Array.from(
      { length: 30 },
      (_, n) => pages.place(accepted(`${'x'.repeat(90)}${n + 10}`)).page,
    );

    // (1,000 − 130) / (2 + 92 + 6) are 8
    expect(places.slice(0, 17)).toEqual([...Array(8).fill(0), ...Array(8).fill(1), 2]);
  });

  it('puts what alone is too much into an item of its own', () => {
    const pages = qualityPages();

    expect([pages.place(accepted('x'.repeat(2_000))).page, pages.place(accepted('a')).page]).toEqual([0, 1]);
  });
});
