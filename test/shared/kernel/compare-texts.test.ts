import { describe, expect, it } from 'vitest';
import { compareTexts } from '#shared/kernel/compare-texts.ts';

describe('compareTexts', () => {
  it('is by UTF-16 unit', () => {
    expect([compareTexts('a', 'b'), compareTexts('b', 'a'), compareTexts('a', 'a')]).toEqual([-1, 1, 0]);
    expect(compareTexts('\u{1f600}', '\uffff')).toBe(-1);
  });
});
