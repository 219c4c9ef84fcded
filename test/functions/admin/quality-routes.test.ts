import { afterEach, describe, expect, it, vi } from 'vitest';
import { quarantineKey } from '#functions/adapters/s3/quarantine-key.ts';
import { HOUR_MS, type QualityCount } from '#shared/quality/quality-count.ts';
import { Source } from '#shared/sources/source.ts';
import { ADMIN, adminApi } from '#test/support/admin.ts';
import { collected } from '#test/support/events.ts';

afterEach(() => vi.restoreAllMocks());

const FRENCH = { claims: { ...ADMIN, 'custom:market': 'fr' } };
const VIEWER = { claims: { ...ADMIN, 'cognito:groups': '[viewer]' } };

const DAY_MS = 24 * HOUR_MS;

async function withCounts() {
  const api = adminApi();
  const now = api.ports.now();
  for (const market of ['fr', 'de']) {
    const id = `shop-${market}`;
    const rest = { name: `Shop ${market}`, writeKeys: [`key-of-${id}`], brand: 'main', legalEntity: 'main' };
    await api.ports.sources.put(Source.parse({ id, market, ...rest }));
  }
  const counts = (source: string, at: number, more: Partial<QualityCount>): QualityCount => ({
    source,
    at,
    event: 'Order Completed',
    outcome: 'accepted',
    count: 1,
    ...more,
  });
  await api.quality.add([
    counts('shop-fr', now, { count: 6 }),
    counts('shop-fr', now, { outcome: 'flagged', violations: ['type /properties/total', 'unplanned_event'] }),
    counts('shop-fr', now - 3 * HOUR_MS, {
      outcome: 'quarantined',
      reason: 'no_user_anon_id',
      event: 'identify',
    }),
    counts('shop-fr', now - 25 * HOUR_MS, { outcome: 'quarantined', reason: 'bad_timestamp', count: 9 }),
    counts('shop-de', now, { outcome: 'quarantined', reason: 'no_user_anon_id', count: 2 }),
    counts('gone', now, { count: 100 }),
  ]);
  return { ...api, now };
}

const hourText = (at: number): string => new Date(at - (at % HOUR_MS)).toISOString();

describe('GET /v1/sources/{id}/quality', () => {
  const PATH = '/v1/sources/shop-fr/quality';

  it('says which share of the last day is wrong, and why', async () => {
    const { call, now } = await withCounts();

    const { status, body } = await call('GET', PATH, VIEWER);

    expect(status).toBe(200);
    expect(body).toMatchObject({
      from: new Date(now - DAY_MS).toISOString(),
      to: new Date(now).toISOString(),
      totals: { events: 8, accepted: 6, flagged: 1, quarantined: 1, dropped: 0, wrong: 2, shareWrong: 0.25 },
      reasons: [{ outcome: 'quarantined', reason: 'no_user_anon_id', count: 1 }],
      violations: [
        { violation: 'type /properties/total', count: 1 },
        { violation: 'unplanned_event', count: 1 },
      ],
      events: [
        { event: 'Order Completed', events: 7, wrong: 1, reasons: [], violations: [{}, {}] },
        { event: 'identify', events: 1, shareWrong: 1, reasons: [{ reason: 'no_user_anon_id' }] },
      ],
      hours: [
        { hour: hourText(now - 3 * HOUR_MS), wrong: 1 },
        { hour: hourText(now), events: 7 },
      ],
    });
  });

  it('takes a range, and shows as much as is asked for', async () => {
    const { call, now } = await withCounts();
    const query = {
      from: new Date(now - 30 * HOUR_MS).toISOString(),
      to: new Date(now - HOUR_MS).toISOString(),
      limit: '1',
    };

    const { body } = await call('GET', PATH, { query });

    expect(body).toMatchObject({ totals: { events: 10, shareWrong: 1 }, hours: [{}, {}] });
    expect(Object(body).reasons).toEqual([{ outcome: 'quarantined', reason: 'bad_timestamp', count: 9 }]);
    expect(Object(body).events).toHaveLength(1);
  });

  it.each([
    { from: '2026-01-01' },
    { from: '2026-11-20', to: '2026-11-19' },
    { limit: '301' },
    { from: 'x' },
  ])('refuses %o', async (query) => {
    const { call } = await withCounts();

    expect(await call('GET', PATH, { query })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_REQUEST' },
    });
  });

  it.each(['shop-de', 'none'])('knows nothing of a source that is not the caller’s: %s', async (id) => {
    const { call } = await withCounts();

    for (const what of ['quality', 'debugger']) {
      expect(await call('GET', `/v1/sources/${id}/${what}`, FRENCH)).toMatchObject({
        status: 404,
        body: { code: 'UNKNOWN_SOURCE' },
      });
    }
  });
});

describe('GET /v1/quality', () => {
  it('adds up all sources, those of which most is wrong first', async () => {
    const { call } = await withCounts();

    const { body } = await call('GET', '/v1/quality', VIEWER);

    expect(body).toMatchObject({
      totals: { events: 10, wrong: 4, shareWrong: 0.4 },
      reasons: [{ reason: 'no_user_anon_id', count: 3 }],
      violations: [{}, {}],
      sources: [
        { source: 'shop-fr', name: 'Shop fr', events: 8, shareWrong: 0.25 },
        { source: 'shop-de', events: 2, shareWrong: 1 },
      ],
    });
  });

  it('adds up what the caller sees', async () => {
    const { call } = await withCounts();

    const { body } = await call('GET', '/v1/quality', FRENCH);

    expect(body).toMatchObject({ totals: { events: 8 }, sources: [{ source: 'shop-fr' }] });
  });
});

describe('GET /v1/sources/{id}/debugger', () => {
  const PATH = '/v1/sources/shop-fr/debugger';

  async function withEvents() {
    const api = await withCounts();
    const receivedAt = api.now - 5_000;
    const event = { type: 'track', event: 'Order Completed', userId: 'u', messageId: 'bad' };
    await api.quarantine.keep({
      source: 'shop-fr',
      id: 'r1',
      entries: [
        { reason: 'plan_violation', details: ['required /properties/total'], receivedAt, event, request: {} },
      ],
    });
    api.streamed.push({
      v: 1,
      source: { id: 'shop-fr' },
      receivedAt: api.now,
      events: [collected({ userId: 'u', messageId: 'good', timestamp: api.now - 9 })],
    });
    return { ...api, receivedAt, event };
  }

  it('shows the last events that were taken in and those that were refused, with why', async () => {
    const { call, now, receivedAt, event } = await withEvents();

    const { status, body } = await call('GET', PATH, VIEWER);

    expect(status).toBe(200);
    expect(body).toMatchObject({
      lastAcceptedAt: new Date(now).toISOString(),
      complete: true,
      accepted: [
        {
          receivedAt: new Date(now).toISOString(),
          event: { messageId: 'good', userId: 'u', timestamp: new Date(now - 9).toISOString() },
        },
      ],
      rejected: [
        {
          receivedAt: new Date(receivedAt).toISOString(),
          reason: 'plan_violation',
          details: ['required /properties/total'],
          key: quarantineKey({ source: 'shop-fr', id: 'r1', receivedAt }),
          entry: 0,
          event,
        },
      ],
      lastDay: { totals: { events: 8 }, reasons: [{}], violations: [{}, {}] },
    });
  });

  it('shows nothing where nothing came', async () => {
    const api = adminApi();
    await api.call('PUT', '/v1/sources/shop', { body: { name: 'Shop', writeKeys: ['key-of-shop'] } });

    expect((await api.call('GET', '/v1/sources/shop/debugger')).body).toMatchObject({
      complete: true,
      accepted: [],
      rejected: [],
      lastDay: { totals: { events: 0 } },
    });
  });

  it('leaves out the contents of what is too long for an answer, and says where it lies', async () => {
    const { call, quarantine, now } = await withEvents();
    const entry = (length: number) => ({
      reason: 'event_too_large',
      receivedAt: now,
      event: { text: 'x'.repeat(length) },
      request: {},
    });
    await quarantine.keep({
      source: 'shop-fr',
      id: 'r2',
      entries: [entry(2_000_000), entry(2_000_000), entry(9)],
    });

    const { rejected } = Object((await call('GET', PATH)).body);

    expect(rejected.map((one: object) => Object.hasOwn(one, 'event'))).toEqual([true, false, true, true]);
    expect(rejected[1]).toMatchObject({ entry: 1, key: expect.stringContaining('r2') });
  });

  it('leaves a line in the audit log, which holds nothing of anybody', async () => {
    const { call, audit } = await withEvents();
    audit.length = 0;

    await call('GET', PATH);

    expect(audit).toEqual([
      expect.objectContaining({ operation: 'getSourceDebugger', definition: 'shop-fr', status: 200 }),
    ]);
    expect(JSON.stringify(audit)).not.toContain('good');
  });
});
