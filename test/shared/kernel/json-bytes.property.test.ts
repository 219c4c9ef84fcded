import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonBytes } from '#shared/kernel/utf8-bytes.ts';

describe('jsonBytes', () => {
  it('is what JSON.stringify writes between its quotes, in UTF-8', () => {
    const unit = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      fc.constantFrom(...'"\\\n\t\b\f\r\u0000\u001f\u007f'),
    );
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        expect(jsonBytes(text)).toBe(Buffer.byteLength(JSON.stringify(text)) - 2);
      }),
      { numRuns: 1000 },
    );
  });
});
