import { describe, expect, it } from 'vitest';
import { writeKeyOf } from '#functions/collect/write-key.ts';
import { basic, collecting, track, WRITE_KEY } from '#test/support/collecting.ts';

interface Said {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const keyOf = ({ headers = {}, query = {}, body }: Said) => writeKeyOf({ headers, query }, body);

describe('wire contract 2: authentication', () => {
  it.each<[string, Said]>([
    ['1 Basic, the key with its colon', { headers: basic(`${WRITE_KEY}:`) }],
    ['1 Basic without its colon', { headers: basic(WRITE_KEY) }],
    ['1 Basic with a password', { headers: basic(`${WRITE_KEY}:pass:word`) }],
    [
      '1 Basic in another case, with more spaces',
      { headers: { authorization: basic(WRITE_KEY).authorization.replace('Basic ', 'basic  ') } },
    ],
    [
      '2 a Bearer token, which is not looked at, with the key in the body',
      { headers: { authorization: 'Bearer eyJ.eyJ.sig' }, body: { writeKey: WRITE_KEY } },
    ],
    [
      '3 X-Write-Key with its secret, the body masked',
      { headers: { 'x-write-key': `${WRITE_KEY}:secret` }, body: { writeKey: `${WRITE_KEY}:***` } },
    ],
    ['3 X-Write-Key without a secret', { headers: { 'x-write-key': WRITE_KEY } }],
    ['4 ?writeKey=', { query: { writeKey: WRITE_KEY } }],
    ['5 the body', { body: { writeKey: WRITE_KEY, batch: [] } }],
    ['5 the first event', { body: { batch: [{ writeKey: WRITE_KEY }, {}] } }],
  ])('takes %s', async (_, said) => {
    const { ask } = collecting();
    const body = { batch: [track()], ...Object(said.body) };

    expect(keyOf(said)).toBe(WRITE_KEY);
    if (said.body === undefined) {
      expect(await ask({ ...said, body })).toMatchObject({ status: 200 });
    }
  });

  it('takes the first that there is', () => {
    const places: Said[] = [
      { headers: basic('of-basic') },
      { headers: { 'x-write-key': 'of-header' } },
      { query: { writeKey: 'of-query' } },
      { body: { writeKey: 'of-body' } },
      { body: { batch: [{ writeKey: 'of-event' }] } },
    ];
    const together = (from: number): Said =>
      places.slice(from).reduceRight((all, { headers, query, body }) => ({
        headers: { ...all.headers, ...headers },
        query: { ...all.query, ...query },
        body: { ...Object(all.body), ...Object(body) },
      }));

    expect(places.map((_, from) => keyOf(together(from)))).toEqual([
      'of-basic',
      'of-header',
      'of-query',
      'of-body',
      'of-event',
    ]);
  });

  it.each<[string, Said]>([
    ['a masked key', { body: { writeKey: 'abcdefgh:***' } }],
    ['a key that is masked whole', { body: { writeKey: '***' } }],
    ['no user', { headers: basic(':password') }],
    ['another scheme', { headers: { authorization: `Digest ${WRITE_KEY}` } }],
    ['no base64', { headers: { authorization: 'Basic %%%' } }],
    ['a key of another type', { body: { writeKey: 12345678 } }],
    ['a key with a space', { query: { writeKey: 'a key of mine' } }],
    ['a key that is too long', { query: { writeKey: 'k'.repeat(101) } }],
    ['a body that is none', { body: [{ writeKey: WRITE_KEY }] }],
    ['a batch that is none', { body: { batch: { writeKey: WRITE_KEY } } }],
  ])('takes nothing from %s', (_, said) => {
    expect(keyOf(said)).toBeUndefined();
  });

  it('goes by the first key though another would be known', async () => {
    const answer = await collecting().ask({
      headers: basic('another-write-key:'),
      body: { writeKey: WRITE_KEY, batch: [track()] },
    });

    expect(answer).toMatchObject({ status: 401, body: { code: 'UNKNOWN_WRITE_KEY' } });
  });

  it('goes on past an authentication that names nobody', async () => {
    const answer = await collecting().ask({
      headers: basic(':'),
      body: { writeKey: WRITE_KEY, batch: [track()] },
    });

    expect(answer.status).toBe(200);
  });
});
