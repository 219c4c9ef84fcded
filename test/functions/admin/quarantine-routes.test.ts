import { describe, expect, it } from 'vitest';
import { quarantineKey } from '#functions/adapters/s3/quarantine-key.ts';
import { Source } from '#shared/sources/source.ts';
import { adminApi } from '#test/support/admin.ts';

const FRENCH = { sub: 'u-fr', token_use: 'id', 'cognito:groups': '[admin]', 'custom:market': 'fr' };
const VIEWER = { sub: 'u-v', token_use: 'id', 'cognito:groups': '[viewer]' };

const at = Date.parse('2026-11-22T12:00:00Z');
const day = { from: '2026-11-22', to: '2026-11-22' };
const keyOf = (source: string, id: string): string => quarantineKey({ source, id, receivedAt: at });

/** Two sources, and what each has in quarantine: calls that are understood by now, and one that is not. */
async function withKept() {
  const api = adminApi();
  for (const market of ['fr', 'de']) {
    const id = `shop-${market}`;
    const rest = { name: id, writeKeys: [`key-of-${id}`], brand: 'main', legalEntity: 'main' };
    await api.ports.sources.put(Source.parse({ id, market, ...rest }));
    for (const n of [1, 2]) {
      const good = { type: 'page', userId: 'u', messageId: `${id}-${n}` };
      await api.quarantine.keep({
        source: id,
        id: `r${n}`,
        entries: [
          { reason: 'unknown_type', receivedAt: at, event: good, request: {} },
          { reason: 'bad_timestamp', receivedAt: at, event: { ...good, timestamp: 'x' }, request: {} },
        ],
      });
    }
  }
  return api;
}

describe('GET /v1/quarantine', () => {
  it('lists objects in pages, each with its reasons', async () => {
    const api = await withKept();
    const get = (query: Record<string, string>) => api.call('GET', '/v1/quarantine', { query });

    const first = await get({ ...day, limit: '3' });

    const receivedAt = '2026-11-22T12:00:00.000Z';
    const reasons = { unknown_type: 1, bad_timestamp: 1 };
    expect(first).toMatchObject({
      status: 200,
      body: {
        items: [
          { key: keyOf('shop-de', 'r1'), source: 'shop-de', receivedAt, reasons },
          { key: keyOf('shop-de', 'r2') },
          { key: keyOf('shop-fr', 'r1') },
        ],
        next: expect.any(String),
      },
    });
    const { next } = Object(first.body);
    expect((await get({ ...day, limit: '3', cursor: next })).body).toEqual({
      items: [{ key: keyOf('shop-fr', 'r2'), source: 'shop-fr', receivedAt, reasons }],
    });
    expect((await get({ ...day, source: 'shop-fr' })).body).toMatchObject({ items: [{}, {}] });
    expect(await get({ ...day, cursor: 'what' })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_CURSOR' },
    });
  });

  it.each([
    [{ from: '2026-11-22T12:00:00Z', to: '2026-11-22T12:00:00Z' }, 4],
    [{ from: '2026-11-22T12:00:00.001Z', to: '2026-11-23' }, 0],
    [{ from: '2026-11-21', to: '2026-11-22T11:59:59Z' }, 0],
    [{ from: '2026-11-20', to: '2026-11-21' }, 0],
    [{ from: '2026-08-24T00:00:00+02:00', to: '2026-11-22' }, 4],
    [{ to: '2026-11-23T12:00:00Z' }, 4],
    [{ to: '2026-11-23T12:00:00.001Z' }, 0],
    [{}, 4],
  ])('lists what was received in a range, of a day without one: %o', async (query, found) => {
    const api = await withKept();

    const { body } = await api.call('GET', '/v1/quarantine', { query });

    expect(Object(body).items).toHaveLength(found);
  });

  it.each([
    { from: '2026-11-23', to: '2026-11-22' },
    { from: '2026-08-01', to: '2026-11-22' },
    { from: 'yesterday' },
    { day: '2026-11-22', to: '22.11.2026' },
  ])('refuses a range that is none, or longer than anything is kept: %o', async (query) => {
    const api = await withKept();

    expect(await api.call('GET', '/v1/quarantine', { query })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_REQUEST' },
    });
  });

  it('lists what holds a reason that is asked for', async () => {
    const api = await withKept();
    await api.quarantine.keep({
      source: 'shop-fr',
      id: 'r3',
      entries: [{ reason: 'not_an_object', receivedAt: at, event: 1, request: {} }],
    });
    const get = async (reason: string) =>
      Object((await api.call('GET', '/v1/quarantine', { query: { ...day, reason } })).body).items;

    expect(await get('not_an_object')).toMatchObject([{ key: keyOf('shop-fr', 'r3') }]);
    expect(await get('bad_timestamp')).toHaveLength(4);
    expect(await get('constructor')).toEqual([]);
  });

  it('shows only what is of sources of the market of the user', async () => {
    const api = await withKept();
    const mine = { claims: FRENCH };
    const foreign = { key: keyOf('shop-de', 'r1') };
    api.failed.batches.set('aws/lambda/m/s/1', []);

    const { body } = await api.call('GET', '/v1/quarantine', { ...mine, query: day });

    expect(Object(body).items).toHaveLength(2);
    const refused = { status: 404, body: { code: 'UNKNOWN_ENTRY' } };
    expect(await api.call('GET', '/v1/quarantine/entries', { ...mine, query: foreign })).toMatchObject(
      refused,
    );
    expect(await api.call('POST', '/v1/quarantine/redrive', { ...mine, body: foreign })).toMatchObject(
      refused,
    );
    const batch = { key: 'aws/lambda/m/s/1' };
    expect(await api.call('POST', '/v1/quarantine/redrive', { ...mine, body: batch })).toMatchObject(refused);
    expect((await api.call('GET', '/v1/quarantine/failed', mine)).body).toEqual({ items: [] });
    expect(await api.call('POST', '/v1/quarantine/redrive', { ...mine, body: day })).toMatchObject({
      body: { redriven: 2, left: { bad_timestamp: 2 } },
    });
  });
});

describe('POST /v1/quarantine/redrive', () => {
  const redrive = (api: Awaited<ReturnType<typeof withKept>>, body: unknown) =>
    api.call('POST', '/v1/quarantine/redrive', { body });

  it('is for the role admin alone', async () => {
    const api = await withKept();

    const answer = await api.call('POST', '/v1/quarantine/redrive', { claims: VIEWER, body: day });

    expect(answer).toMatchObject({ status: 403, body: { code: 'ROLE_NEEDED' } });
    expect(api.stream).toEqual([]);
  });

  it('redrives one object, or the entries of it that are named', async () => {
    const api = await withKept();
    const key = keyOf('shop-fr', 'r1');

    expect((await redrive(api, { key, entries: [1] })).body).toEqual({
      redriven: 0,
      left: { bad_timestamp: 1 },
    });
    expect((await redrive(api, { key })).body).toEqual({ redriven: 1, left: { bad_timestamp: 1 } });
    expect((await api.call('GET', '/v1/quarantine/entries', { query: { key } })).body).toEqual({
      items: [
        {
          entry: 1,
          reason: 'bad_timestamp',
          receivedAt: '2026-11-22T12:00:00.000Z',
          event: expect.anything(),
        },
      ],
    });
  });

  it('redrives what was received in a range, by source and reason, as far as it says', async () => {
    const api = await withKept();
    const query = { ...day, source: 'shop-fr', reason: 'unknown_type' };

    const first = await redrive(api, { ...query, limit: 1 });

    expect(first.body).toEqual({ redriven: 1, left: {}, next: expect.any(String) });
    const { next } = Object(first.body);
    expect((await redrive(api, { ...query, limit: 1, cursor: next })).body).toEqual({
      redriven: 1,
      left: {},
    });
    expect(api.stream.flatMap(({ record }) => record.events.map(({ messageId }) => messageId))).toEqual([
      'shop-fr-1',
      'shop-fr-2',
    ]);
    expect((await redrive(api, query)).body).toEqual({ redriven: 0, left: {} });
  });

  it.each([
    {},
    { key: 'exports/x' },
    { key: '../x' },
    { from: 'today' },
    { ...day, entries: [1] },
    { to: '2026-11-22' },
    { failed: false },
  ])('refuses %o', async (body) => {
    const api = await withKept();

    expect(await redrive(api, body)).toMatchObject({ status: 400 });
  });

  it('redrives batches that were given up, in pages', async () => {
    const api = adminApi();
    for (const n of [1, 2, 3]) {
      const record = {
        v: 1,
        source: { id: 'shop', legalEntity: 'main' },
        receivedAt: at,
        events: [{ type: 'page', messageId: `m${n}`, timestamp: at, userId: 'u' }],
      };
      api.failed.batches.set(`aws/lambda/m/s/${n}`, [
        {
          partitionKey: 'userId#u',
          sequenceNumber: `${n}`,
          data: Buffer.from(JSON.stringify(record)),
          arrivedAt: at,
        },
      ]);
    }

    const first = await redrive(api, { failed: true, limit: 2 });

    expect(first.body).toEqual({ redriven: 2, left: {}, next: expect.any(String) });
    const rest = await redrive(api, { failed: true, limit: 2, cursor: Object(first.body).next });
    expect(rest.body).toEqual({ redriven: 1, left: {} });
    expect(api.stream.map(({ record }) => record.events[0]?.messageId)).toEqual(['m1', 'm2', 'm3']);
    expect(api.failed.batches.size).toBe(0);
    expect(
      await api.call('POST', '/v1/quarantine/redrive', { claims: FRENCH, body: { failed: true } }),
    ).toMatchObject({ status: 200, body: { redriven: 0 } });
  });
});
