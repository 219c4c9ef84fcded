import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { KeyedStreamRecord } from '#functions/adapters/kinesis/events-stream.ts';
import { type CollectPorts, collectRequest } from '#functions/collect/collect-request.ts';
import type { HttpRequest } from '#functions/runtime/http.ts';
import { UnavailableError } from '#shared/kernel/errors.ts';
import { admissionRules } from '#shared/sources/admit-events.ts';
import { Source } from '#shared/sources/source.ts';

const web = Source.parse({
  id: 'web',
  name: 'Web',
  writeKeys: ['local-write-key'],
  market: 'fr',
  brand: 'main',
  legalEntity: 'Example SAS',
  country: 'FR',
});

function ports(
  put: (records: readonly KeyedStreamRecord[]) => Promise<void> = async () => {},
  source: Source = web,
) {
  const stream: KeyedStreamRecord[] = [];
  const quarantined: unknown[] = [];
  const all: CollectPorts = {
    sourceOf: async (key) => (source.writeKeys.includes(key) ? source : undefined),
    rulesOf: async (of) => admissionRules(of),
    stream: {
      put: async (records) => {
        await put(records);
        stream.push(...records);
      },
    },
    quarantine: { keep: async (batch) => void quarantined.push(batch) },
  };
  return { all, stream, quarantined };
}

const basic = (user: string) => ({ authorization: `Basic ${Buffer.from(user).toString('base64')}` });

const request = (body: unknown, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'POST',
  path: '/v1/batch',
  pathParameters: {},
  query: {},
  headers: basic('local-write-key:'),
  body: Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  claims: {},
  receivedAt: 1_000_000,
  requestId: 'r1',
  ...more,
});

const track = (messageId: string, who: Record<string, unknown>) => ({
  type: 'track',
  event: 'Viewed',
  messageId,
  ...who,
});

describe('collectRequest', () => {
  it('puts one record for each person of a request, their events in order', async () => {
    const { all, stream } = ports();
    const batch = [
      track('1', { userId: 'u1' }),
      track('2', { anonymousId: 'a1' }),
      track('3', { userId: 'u1', anonymousId: 'a2' }),
    ];

    const answer = await collectRequest(request({ batch }), { ports: all });

    expect(answer).toMatchObject({ status: 200, body: { success: true, accepted: 3, rejected: 0 } });
    expect(
      stream.map(({ partitionKey, record }) => [partitionKey, record.events.map((event) => event.messageId)]),
    ).toEqual([
      ['userId#u1', ['1', '3']],
      ['anonymousId#a1', ['2']],
    ]);
    expect(stream[0]?.record).toMatchObject({
      v: 1,
      receivedAt: 1_000_000,
      source: { id: 'web', country: 'FR' },
    });
  });

  it('keeps what it rejects, with its reason, and takes in the rest', async () => {
    const { all, stream, quarantined } = ports();

    const answer = await collectRequest(
      request({ batch: [{ type: 'track' }, track('1', { userId: 'u1' })] }),
      {
        ports: all,
      },
    );

    expect(answer.body).toMatchObject({ accepted: 1, rejected: 1 });
    expect(stream).toHaveLength(1);
    expect(quarantined).toEqual([
      {
        source: 'web',
        id: 'r1',
        entries: [
          { reason: 'no_user_anon_id', receivedAt: 1_000_000, event: { type: 'track' }, request: {} },
        ],
      },
    ]);
  });

  it.each([
    { name: 'Basic authentication', headers: basic('local-write-key:'), body: {} },
    { name: 'Basic authentication without its colon', headers: basic('local-write-key'), body: {} },
    { name: 'the body', headers: {}, body: { writeKey: 'local-write-key' } },
  ])('takes the write key from $name', async ({ headers, body }) => {
    const answer = await collectRequest(request({ ...body, userId: 'u1' }, { headers }), {
      type: 'page',
      ports: ports().all,
    });

    expect(answer.status).toBe(200);
  });

  it.each([
    { name: 'another key', headers: basic('other-write-key:') },
    { name: 'no key', headers: {} },
    { name: 'a key that is no base64', headers: { authorization: 'Basic %%%' } },
  ])('answers 401 to $name', async ({ headers }) => {
    const attempt = collectRequest(request({ batch: [track('1', { userId: 'u1' })] }, { headers }), {
      ports: ports().all,
    });

    await expect(attempt).rejects.toMatchObject({ status: 401, code: 'UNKNOWN_WRITE_KEY' });
  });

  it.each(['', 'nonsense', '{"batch":', '\u0000\u0001', Buffer.from([0x1f, 0x8b, 0, 1, 2])])(
    'answers 400 to a body that is not JSON',
    async (body) => {
      await expect(collectRequest(request(body), { ports: ports().all })).rejects.toMatchObject({
        status: 400,
        code: 'BAD_JSON',
      });
    },
  );

  it('reads gzip by its bytes, and no more of it than its bound', async () => {
    const small = gzipSync(JSON.stringify({ batch: [track('1', { userId: 'u1' })] }));
    const bomb = gzipSync(Buffer.alloc(50_000_000, ' '));

    expect((await collectRequest(request(small), { ports: ports().all })).status).toBe(200);
    await expect(collectRequest(request(bomb), { ports: ports().all })).rejects.toMatchObject({
      status: 400,
    });
  });

  it('splits what is too long for one record', async () => {
    const { all, stream } = ports();
    const properties = { text: 'x'.repeat(30_000) };
    const batch = Array.from({ length: 100 }, (_, n) => ({ ...track(`${n}`, { userId: 'u1' }), properties }));

    await collectRequest(request({ batch }), { ports: all });

    expect(stream.length).toBe(4);
    for (const { record } of stream) expect(JSON.stringify(record).length).toBeLessThan(1_000_000);
    expect(stream.flatMap(({ record }) => record.events.map(({ messageId }) => messageId))).toEqual(
      batch.map(({ messageId }) => messageId),
    );
  });

  it('neither streams nor keeps what its source denies, and says how many', async () => {
    const shop: Source = { ...web, events: { deny: ['Viewed'] } };
    const { all, stream, quarantined } = ports(undefined, shop);
    const batch = [track('1', { userId: 'u1' }), { ...track('2', { userId: 'u1' }), event: 'Bought' }, {}];

    const answer = await collectRequest(request({ batch }), { ports: all });

    expect(answer).toMatchObject({ status: 200, body: { accepted: 1, rejected: 1, dropped: 1 } });
    expect(stream.flatMap(({ record }) => record.events)).toMatchObject([{ messageId: '2' }]);
    expect(quarantined).toMatchObject([{ entries: [{ reason: 'unknown_type' }] }]);
  });

  it.each([
    ['https://shop.example.com', 200],
    ['https://shop.example.net', 403],
    ['null', 403],
    [undefined, 200],
  ])('takes from a page of %s, where the source lists others, as %d', async (origin, status) => {
    const shop: Source = { ...web, allowedOrigins: ['https://*.example.com'] };
    const headers = { ...basic('local-write-key:'), ...(origin !== undefined && { origin }) };
    const { all, stream } = ports(undefined, shop);

    const answer = await collectRequest(request({ batch: [track('1', { userId: 'u' })] }, { headers }), {
      ports: all,
    }).catch((fault: unknown) => fault);

    expect(answer).toMatchObject({ status, ...(status === 403 && { code: 'ORIGIN_NOT_ALLOWED' }) });
    expect(stream).toHaveLength(status === 200 ? 1 : 0);
  });

  it('fails when the stream does not take the events, so that the client sends them again', async () => {
    const { all } = ports(async () => {
      throw new UnavailableError('refused');
    });

    const attempt = collectRequest(request({ batch: [track('1', { userId: 'u1' })] }), { ports: all });

    await expect(attempt).rejects.toMatchObject({ retryable: true });
  });
});
