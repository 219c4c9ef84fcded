import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodingEvidence } from '#functions/imports/encoding-evidence.ts';

function encodingOf(bytes: Buffer, size = bytes.length + 1) {
  const evidence = encodingEvidence();
  for (let at = 0; at < bytes.length; at += size) evidence.push(bytes.subarray(at, at + size));
  return evidence.encoding();
}

describe('encodingEvidence', () => {
  it.each([
    ['ASCII', Buffer.from('abc'), 'utf-8'],
    ['UTF-8', Buffer.from('Zoë 日本 🦊'), 'utf-8'],
    ['Windows-1252', Buffer.from('Zoë, Élise', 'latin1'), 'windows-1252'],
    ['mostly UTF-8', Buffer.concat([Buffer.from('Zoë Élise'), Buffer.from('é', 'latin1')]), 'utf-8'],
    ['what begins a character at the end', Buffer.from('aé', 'latin1'), 'windows-1252'],
  ])('tells %s', (_, bytes, encoding) => {
    expect(encodingOf(bytes)).toBe(encoding);
  });

  it('tells the same in chunks of any size', () => {
    const part = fc.constantFrom(
      Buffer.from('é'),
      Buffer.from('日'),
      Buffer.from('🦊'),
      Buffer.from('é', 'latin1'),
      Buffer.from('a'),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), fc.integer({ min: 1, max: 5 }), (parts, size) => {
        const bytes = Buffer.concat(parts);
        expect(encodingOf(bytes, size)).toBe(encodingOf(bytes));
      }),
    );
  });

  it('takes all text of UTF-8 for that, and none of Windows-1252 with an accent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(encodingOf(Buffer.from(text.toWellFormed()))).toBe('utf-8');
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'é', 'ü', 'ñ', ' '), { minLength: 1 }), (units) => {
        const text = units.join('');
        expect(encodingOf(Buffer.from(text, 'latin1'))).toBe(/[éüñ]/.test(text) ? 'windows-1252' : 'utf-8');
      }),
    );
  });
});
