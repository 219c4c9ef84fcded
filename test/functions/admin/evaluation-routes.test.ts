import { beforeEach, describe, expect, it } from 'vitest';
import { ADMIN, adminApi } from '#test/support/admin.ts';
import { person } from '#test/support/person.ts';

let api: ReturnType<typeof adminApi>;
beforeEach(() => {
  api = adminApi();
});
const AT = '2026-11-22T09:15:00.000Z';
const viewer = { ...ADMIN, 'cognito:groups': '[viewer]' };
const french = { ...ADMIN, 'custom:market': 'fr' };
const runs = async () => (await api.runs.evaluations.list('everybody', undefined))?.runs ?? [];

describe('runs over everybody', () => {
  it('are started by hand, and by each change of what people are evaluated by', async () => {
    const ids: string[] = [];
    const startedBy = async (method: string, path: string, body?: object): Promise<number> => {
      expect((await api.call(method, path, { body })).status).toBeLessThan(300);
      const before = ids.length;
      ids.splice(0, before, ...(await runs()).map(({ id }) => id));
      return ids.length - before;
    };

    expect(await startedBy('POST', '/v1/evaluations')).toBe(1);
    const condition = { event: { name: 'Viewed' } };
    expect(await startedBy('PUT', '/v1/segments/viewers', { name: 'V', condition })).toBe(1);
    expect(await startedBy('DELETE', '/v1/segments/viewers')).toBe(1);
    expect(await startedBy('PUT', '/v1/traits/tags', { strategy: 'union' })).toBe(1);
    const orders = { name: 'Orders', event: 'Order Completed', function: 'count' };
    expect(await startedBy('PUT', '/v1/computed-traits/orders', orders)).toBe(1);
    expect(await startedBy('PUT', '/v1/workspace/settings', { timeZone: 'Europe/Paris' })).toBe(1);
    expect(await startedBy('PUT', '/v1/identity/settings', {})).toBe(0);
    expect(await startedBy('PUT', '/v1/sources/shop', { name: 'Shop', writeKeys: ['abcdefghijkl'] })).toBe(0);
  });

  it('are of all markets, so that who is limited to one starts none by hand', async () => {
    expect(await api.call('POST', '/v1/evaluations', { claims: french })).toMatchObject({ status: 403 });
    expect(await api.call('POST', '/v1/evaluations', { claims: viewer })).toMatchObject({ status: 403 });
    expect(await runs()).toEqual([]);
  });

  it('are not there until they are started', async () => {
    expect(await api.call('GET', '/v1/evaluations/none')).toMatchObject({
      status: 404,
      body: { code: 'UNKNOWN_RUN' },
    });
    expect(await api.call('GET', '/v1/evaluations', { query: { cursor: 'x' } })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_CURSOR' },
    });
  });

  it('say how far they have come, and what they came to', async () => {
    await api.call('POST', '/v1/evaluations');
    const [{ id } = { id: '' }] = await runs();
    const look = async () => (await api.call('GET', `/v1/evaluations/${id}`, { claims: viewer })).body;
    expect(await look()).toMatchObject({ status: 'running', progress: { partsDone: 0, people: 0 } });

    await api.progress.keepPlan(id, { version: 3, plannedAt: AT, beginsAt: AT, parts: 2 });
    const part = { stretches: 1, people: 10, written: 4, entered: 3, exited: 2, readUnits: 1.5 };
    await api.progress.keepPart(id, { segment: 0, state: 'done', ...part });
    await api.progress.keepPart(id, { segment: 1, state: 'running', ...part });
    await api.progress.keepShard(id, { shard: 1, members: {}, restored: 1, removed: 2, suspected: 0 });
    expect(await look()).toMatchObject({
      status: 'running',
      plan: { version: 3, parts: 2 },
      progress: {
        partsDone: 1,
        people: 20,
        written: 8,
        entered: 6,
        exited: 4,
        readUnits: 3,
        restored: 1,
        removed: 2,
      },
    });

    const { progress: counts } = Object(await look());
    await api.progress.keepReport(id, { outcome: 'superseded', finishedAt: AT, counts });
    api.runs.evaluations.set(id, { status: 'succeeded', finishedAt: Date.parse(AT) });
    expect(await look()).toMatchObject({ status: 'succeeded', outcome: 'superseded' });
    expect(await api.call('GET', '/v1/evaluations', { claims: viewer })).toMatchObject({
      body: { runs: [{ id, status: 'succeeded', finishedAt: AT }] },
    });
  });

  it('are estimated by a look at some people', async () => {
    for (let n = 0; n < 30; n++) await api.store(person(`p${n}`));

    expect(await api.call('GET', '/v1/evaluations/estimate', { claims: viewer })).toEqual({
      status: 200,
      body: {
        items: 60,
        people: 30,
        readUnits: 15,
        readsUsd: (15 * 0.125) / 1e6,
        changesAtMostUsd: (30 * 2.25) / 1e6,
        minutes: 1,
      },
    });
  });
});

describe('the sizes of a segment', () => {
  it('are those of the last days, latest first', async () => {
    await api.call('PUT', '/v1/segments/viewers', {
      body: { name: 'V', condition: { event: { name: 'Viewed' } }, market: 'fr' },
    });
    for (const day of [20, 21, 22]) {
      await api.sizes.keep('viewers', { at: Date.UTC(2026, 10, day, 3), size: day });
    }

    const get = (claims: Record<string, string>, days = '2') =>
      api.call('GET', '/v1/segments/viewers/history', { query: { days }, claims });
    expect(await get(french)).toEqual({
      status: 200,
      body: {
        sizes: [
          { at: '2026-11-22T03:00:00.000Z', size: 22 },
          { at: '2026-11-21T03:00:00.000Z', size: 21 },
        ],
      },
    });
    expect(await get({ ...ADMIN, 'custom:market': 'uk' })).toMatchObject({ status: 404 });
    expect(await get(ADMIN, '731')).toMatchObject({ status: 400 });
  });
});
