import { beforeEach, describe, expect, it } from 'vitest';
import { ADMIN, adminApi, COUNTED_SINCE } from '#test/support/admin.ts';
import { person, stampedAt } from '#test/support/person.ts';

let api: ReturnType<typeof adminApi>;
beforeEach(() => {
  api = adminApi();
});
const put = (id: string, body: object, claims: Record<string, string> = ADMIN) =>
  api.call('PUT', `/v1/computed-traits/${id}`, { body: { name: id, ...body }, claims });
const spent = { event: 'Order Completed', function: 'sum', property: 'total', window: { days: 90 } };
const viewer = { ...ADMIN, 'cognito:groups': '[viewer]' };
const french = { ...ADMIN, 'custom:market': 'fr' };

describe('computed traits', () => {
  it('are defined, listed, changed and removed', async () => {
    expect(await put('spent', spent)).toMatchObject({
      status: 200,
      body: { definition: { id: 'spent', name: 'spent', ...spent }, version: 1 },
    });
    await put('spent', { ...spent, where: [{ property: 'currency', equals: 'EUR' }] });

    expect(await api.call('GET', '/v1/computed-traits', { claims: viewer })).toMatchObject({
      body: { items: [{ definition: { id: 'spent' }, version: 2 }] },
    });
    expect(await api.call('DELETE', '/v1/computed-traits/spent')).toMatchObject({ status: 204 });
    expect(await api.call('GET', '/v1/computed-traits/spent')).toMatchObject({
      status: 404,
      body: { code: 'UNKNOWN_COMPUTED_TRAIT', message: 'no computed trait has this id' },
    });
  });

  it('stay as long as a segment asks for them', async () => {
    await put('spent', spent);
    const condition = { not: { any: [{ computed: { name: 'spent', atLeast: 100 } }] } };
    await api.call('PUT', '/v1/segments/vip', { body: { name: 'VIP', condition } });

    expect(await api.call('DELETE', '/v1/computed-traits/spent')).toMatchObject({
      status: 409,
      body: { code: 'COMPUTED_TRAIT_IN_USE', message: expect.stringContaining('vip') },
    });
    await api.call('PUT', '/v1/segments/all', {
      body: { name: 'All', condition: { event: { name: 'x', atLeast: 0 } } },
    });
    const columns = ['pid', { column: 'computed:spent', header: 'Spent' }];
    await api.call('PUT', '/v1/exports/daily', { body: { name: 'Daily', segment: 'all', columns } });
    await api.call('DELETE', '/v1/segments/vip');
    expect(await api.call('DELETE', '/v1/computed-traits/spent')).toMatchObject({
      body: { message: 'segments or exports ask for this computed trait: daily' },
    });
    await api.call('DELETE', '/v1/exports/daily');
    expect(await api.call('DELETE', '/v1/computed-traits/spent')).toMatchObject({ status: 204 });
  });

  it.each([
    [{ ...spent, function: 'total' }, 'body.function'],
    [{ ...spent, function: 'lastTimes' }, 'body.function'],
    [{ ...spent, property: undefined }, 'body.property'],
    [{ ...spent, function: 'count' }, 'body.property'],
    [{ ...spent, property: 'a..b' }, 'body.property'],
    [{ ...spent, decimals: 7 }, 'body.decimals'],
    [{ ...spent, function: 'max', decimals: 2 }, 'body.decimals'],
    [{ ...spent, limit: 3 }, 'body.limit'],
    [{ ...spent, function: 'uniqueList', limit: 51 }, 'body.limit'],
    [{ ...spent, window: { days: 367 } }, 'body.window'],
    [{ ...spent, window: { hours: 49 } }, 'body.window'],
    [{ ...spent, where: [{ equals: 'EUR' }] }, 'body.where[0]'],
    [{ ...spent, where: [{ property: 'a', context: 'b', equals: 'EUR' }] }, 'body.where[0]'],
    [{ ...spent, where: [{ property: 'currency' }] }, 'body.where[0]'],
    [{ ...spent, where: [] }, 'body.where'],
    [{ ...spent, period: { from: 5 } }, 'body'],
  ])('are refused as %j, naming %s', async (body, path) => {
    expect(await put('spent', body)).toMatchObject({
      status: 400,
      body: {
        details: expect.arrayContaining([expect.objectContaining({ path: expect.stringContaining(path) })]),
      },
    });
  });

  it('are changed by marketers of no single market', async () => {
    expect(await put('spent', spent, viewer)).toMatchObject({ status: 403, body: { code: 'ROLE_NEEDED' } });
    expect(await put('spent', spent, french)).toMatchObject({ status: 403, body: { code: 'OUT_OF_SCOPE' } });
    expect(await put('spent', spent, { ...ADMIN, 'cognito:groups': '[marketer]' })).toMatchObject({
      status: 200,
    });
  });

  it('stand in the profile, with since when they are counted', async () => {
    const days = Math.floor(1_795_000_000_000 / 86_400_000);
    await put('spent', spent);
    await put('orders', { event: 'Order Completed', function: 'count' });
    await put('average', { ...spent, function: 'average', property: 'rating' });
    await put('brands', { event: 'Viewed', function: 'uniqueList', property: 'brand', limit: 1 });
    const { computed } = await api.ports.definitions.current(0);
    const keyOf = (id: string) => computed.named.get(id)?.key ?? '';
    await api.store(
      person('p1', {
        profile: { identifiers: { 'email#ada@example.com': stampedAt(1) } },
        activity: {
          events: { 'Order Completed': { count: 7, first: 1, last: 9 } },
          computed: {
            [keyOf('spent')]: [
              [days - 90, [100_000, 1]],
              [days - 89, ['90071992547409930', 2]],
              [days, [1, 1]],
            ],
            [keyOf('brands')]: [
              [
                0,
                [
                  [5, 'a'],
                  [4, 'b'],
                ],
              ],
            ],
          },
        },
      }),
    );

    const { body } = await api.call('GET', '/v1/profiles/email:ada@example.com');

    const countedSince = new Date(COUNTED_SINCE).toISOString();
    expect(body).toMatchObject({
      computed: {
        spent: { value: 900_719_925_474_099.2, exact: '900719925474099.31', countedSince },
        orders: { value: 7 },
        average: { countedSince },
        brands: { value: ['a'], overflow: true, countedSince },
      },
    });
    expect(body).not.toHaveProperty('computed.orders.countedSince');
    expect(body).not.toHaveProperty('computed.average.value');
  });
});

describe('the settings of the workspace', () => {
  it('are as by default until somebody puts them', async () => {
    expect(await api.call('GET', '/v1/workspace/settings', { claims: viewer })).toEqual({
      status: 200,
      body: { settings: { timeZone: 'UTC' }, version: 0 },
    });
    expect(
      await api.call('PUT', '/v1/workspace/settings', { body: { timeZone: 'America/Santiago' } }),
    ).toMatchObject({ status: 200, body: { settings: { timeZone: 'America/Santiago' }, version: 1 } });
    expect(await api.call('GET', '/v1/workspace/settings')).toMatchObject({
      body: { settings: { timeZone: 'America/Santiago' } },
    });
  });

  it('name a time zone that there is', async () => {
    for (const timeZone of ['Europe/Atlantis', '+02:00', '']) {
      expect(await api.call('PUT', '/v1/workspace/settings', { body: { timeZone } })).toMatchObject({
        status: 400,
        body: { details: [{ path: 'body.timeZone' }] },
      });
    }
  });

  it('are changed by administrators of all of it', async () => {
    for (const claims of [french, { ...ADMIN, 'cognito:groups': '[marketer]' }]) {
      const body = { timeZone: 'Europe/Paris' };
      expect(await api.call('PUT', '/v1/workspace/settings', { body, claims })).toMatchObject({
        status: 403,
      });
    }
  });
});
