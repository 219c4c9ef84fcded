import { describe, expect, it } from 'vitest';
import { rowText } from '#functions/imports/row-text.ts';

describe('rowText', () => {
  it('reads UTF-8, and nothing else as such', () => {
    const read = rowText('utf-8');

    expect(read(Buffer.from('Zoë \ufffd'))).toBe('Zoë \ufffd');
    expect(read(Buffer.from('Zoë', 'latin1'))).toBeUndefined();
  });

  it('reads each byte of Windows-1252 as the standard does, but for the five that stand for nothing', () => {
    const read = rowText('windows-1252');
    const none = [0x81, 0x8d, 0x8f, 0x90, 0x9d];

    for (let byte = 0; byte < 256; byte++) {
      const bytes = Buffer.from([byte]);
      expect(read(bytes)).toBe(
        none.includes(byte) ? undefined : new TextDecoder('windows-1252').decode(bytes),
      );
    }
  });
});
