import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { plainBytes, plainText } from '#functions/imports/plain-text.ts';

async function* chunked(bytes: Buffer, size = 7) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function gathered(chunks: AsyncIterable<Buffer>): Promise<string> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all).toString();
}

const kind = (said: object = {}) => ({
  isGzip: false,
  format: 'csv' as const,
  head: Buffer.alloc(0),
  ...said,
});

describe('the plain text of an upload', () => {
  it.each([
    ['as it is', Buffer.from('é\n'), {}],
    ['without gzip', gzipSync('é\n'), { isGzip: true }],
    ['of two gzips, one after the other', Buffer.concat([gzipSync('é'), gzipSync('\n')]), { isGzip: true }],
    ['without UTF-16', Buffer.from('\ufeffé\n', 'utf16le'), { marked: 'utf-16le' }],
    ['without UTF-16 the other way', Buffer.from('\ufeffé\n', 'utf16le').swap16(), { marked: 'utf-16be' }],
    ['without either', gzipSync(Buffer.from('é\n', 'utf16le')), { isGzip: true, marked: 'utf-16le' }],
  ])('is %s', async (_, bytes, said) => {
    expect(await gathered(plainText(chunked(bytes, 1), kind(said)))).toBe('é\n');
  });

  it('is refused where gzip makes more of little than a file may have', async () => {
    const bomb = gzipSync(Buffer.alloc(1_000_000));

    const read = gathered(plainBytes(chunked(bomb), { isGzip: true }, 999_999));

    await expect(read).rejects.toMatchObject({ name: 'FileTooLarge' });
    expect(await gathered(plainBytes(chunked(bomb), { isGzip: true }, 1_000_000))).toHaveLength(1_000_000);
  });

  it.each([
    ['cut off', gzipSync('text'.repeat(100)).subarray(0, 20)],
    ['of another checksum', Buffer.concat([gzipSync('text').subarray(0, -8), Buffer.alloc(8)])],
  ])('is refused of gzip that is %s', async (_, bytes) => {
    await expect(gathered(plainBytes(chunked(bytes), { isGzip: true }, 1_000))).rejects.toMatchObject({
      name: 'FileUnreadable',
    });
  });

  it('passes on what fails on the way', async () => {
    async function* failing() {
      yield gzipSync('text').subarray(0, 5);
      throw new Error('the connection broke');
    }

    await expect(gathered(plainBytes(failing(), { isGzip: true }, 1_000))).rejects.toThrow(
      'the connection broke',
    );
  });
});
