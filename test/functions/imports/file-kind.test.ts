import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fileKind } from '#functions/imports/file-kind.ts';

const told = (start: Buffer | string, key = 'imports/i/file') => {
  const { isGzip, format, marked } = fileKind(Buffer.from(start), { key });
  return { isGzip, format, marked };
};

describe('fileKind', () => {
  it.each([
    ['CSV', 'a,b\n1,2', { isGzip: false, format: 'csv' }],
    ['JSON lines', ' \n{"a":1}', { isGzip: false, format: 'jsonl' }],
    ['JSON lines with a mark', '\ufeff{"a":1}', { isGzip: false, format: 'jsonl', marked: 'utf-8' }],
    ['gzip', gzipSync('a,b'), { isGzip: true, format: 'csv' }],
    ['a spreadsheet', 'PK\x03\x04', { isGzip: false, format: 'xlsx' }],
    ['a spreadsheet in gzip', gzipSync('PK\x03\x04'), { isGzip: true, format: 'xlsx' }],
    ['UTF-16', Buffer.from('a;b\n1;2\n', 'utf16le'), { isGzip: false, format: 'csv', marked: 'utf-16le' }],
    [
      'UTF-16 the other way',
      Buffer.from('a;b\n1;2\n', 'utf16le').swap16(),
      { isGzip: false, format: 'csv', marked: 'utf-16be' },
    ],
    [
      'JSON lines in UTF-16',
      Buffer.from('\ufeff{"a":1}', 'utf16le'),
      { isGzip: false, format: 'jsonl', marked: 'utf-16le' },
    ],
  ])('tells %s by its bytes', (_, start, kind) => {
    expect(told(Buffer.from(start))).toEqual({ marked: undefined, ...kind });
  });

  it('believes a name that says so', () => {
    expect(told('{"a"', 'imports/i/file.CSV').format).toBe('csv');
    expect(told('a,b', 'imports/i/file.jsonl').format).toBe('jsonl');
    expect(told(gzipSync('a,b'), 'imports/i/file.ndjson.gz').format).toBe('jsonl');
  });

  it.each([
    ['an .xls', Buffer.from('d0cf11e0', 'hex'), undefined, '.xlsx'],
    ['no text', Buffer.from([1, 0, 2, 3, 4, 5]), undefined, 'no text'],
    ['a zip in place of CSV', 'PK\x03\x04', { type: 'csv' } as const, 'not csv'],
    ['text in place of a spreadsheet', 'a,b', { type: 'xlsx' } as const, 'no .xlsx'],
    ['broken gzip', Buffer.from('1f8b0800000000000003ffffffff', 'hex'), undefined, 'gzip is broken'],
  ])('refuses %s', (_, start, format, message) => {
    expect(() => fileKind(Buffer.from(start), { key: 'k', format })).toThrow(
      expect.objectContaining({ name: 'FileUnreadable', message: expect.stringContaining(message) }),
    );
  });

  it('takes UTF-16 that the definition declares', () => {
    const start = Buffer.from('日本;語\n', 'utf16le');

    expect(fileKind(start, { key: 'k', format: { type: 'csv', encoding: 'utf-16le' } }).marked).toBe(
      'utf-16le',
    );
  });
});
