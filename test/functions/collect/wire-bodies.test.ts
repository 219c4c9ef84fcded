import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { collecting, track, WRITE_KEY, withKey } from '#test/support/collecting.ts';

const text = JSON.stringify({ writeKey: WRITE_KEY, batch: [track({ properties: { name: 'Éva 💥' } })] });
const TYPES = [
  'application/json',
  'application/json;charset=UTF-8',
  'text/plain',
  'text/plain;charset=UTF-8',
  'application/x-www-form-urlencoded',
  'application/octet-stream',
  'multipart/form-data',
  'nonsense',
  undefined,
];
const labels = (type: string | undefined, more: Readonly<Record<string, string>> = {}) => ({
  ...more,
  ...(type !== undefined && { 'content-type': type }),
});

describe('wire contract 5.1: a body is what its bytes say', () => {
  const taken = async (body: string | Buffer, headers: Readonly<Record<string, string>> = {}) => {
    const { ask, events } = collecting();
    const { status } = await ask({ headers, body });
    return { status, name: events()[0]?.properties?.name };
  };
  const whole = { status: 200, name: 'Éva 💥' };

  it.each(TYPES)('JSON labelled %s, as text and in base64', async (type) => {
    expect(await taken(text, labels(type))).toEqual(whole);
    expect(await taken(Buffer.from(text), labels(type))).toEqual(whole);
  });

  it.each(TYPES)('gzip labelled %s, with and without its encoding', async (type) => {
    expect(await taken(gzipSync(text), labels(type))).toEqual(whole);
    expect(await taken(gzipSync(text), labels(type, { 'content-encoding': 'gzip' }))).toEqual(whole);
  });

  it('JSON that says it is gzip', async () => {
    expect(await taken(text, labels('application/json', { 'content-encoding': 'gzip' }))).toEqual(whole);
  });

  it('a byte order mark before it, also within gzip', async () => {
    expect(await taken(`\uFEFF${text}`)).toEqual(whole);
    expect(await taken(gzipSync(`\uFEFF${text}`))).toEqual(whole);
  });

  it('says what became of gzip that somebody took for text', async () => {
    const answer = await collecting().ask({ headers: withKey, body: gzipSync(text).toString('utf8') });

    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'BAD_JSON', message: expect.stringContaining('taken for text') },
    });
  });
});
