import { beforeEach, describe, expect, it } from 'vitest';
import { adminApi } from '#test/support/admin.ts';

const claims = (role: string, market?: string) => ({
  sub: `u-${role}`,
  token_use: 'id',
  'cognito:groups': `[${role}]`,
  ...(market !== undefined && { 'custom:market': market }),
});
const condition = { event: { name: 'Order Completed', atLeast: 3 } };
const segment = { name: 'Buyers', condition };
const daily = { name: 'Daily', segment: 'buyers', columns: ['pid'] };
const hourly = { expression: 'rate(1 hour)' };

let api: ReturnType<typeof adminApi>;
beforeEach(() => {
  api = adminApi();
});
const put = (path: string, body: unknown, as = claims('admin')) =>
  api.call('PUT', path, { body, claims: as });

describe('definitions', () => {
  it('are versioned from 1, and come back with what stands for what was left out', async () => {
    await put('/v1/segments/buyers', segment);

    expect(await put('/v1/segments/buyers', { ...segment, id: 'buyers', name: 'All buyers' })).toMatchObject({
      status: 200,
      body: { definition: { id: 'buyers', name: 'All buyers', condition }, version: 2 },
    });
    expect(await put('/v1/sources/shop', { name: 'Shop', writeKeys: ['shop-write-key'] })).toMatchObject({
      body: { definition: { market: 'fr', brand: 'main', legalEntity: 'Main SA', enabled: true } },
    });
  });

  it.each([
    ['/v1/segments/buyers', { ...segment, id: 'others' }, 'body.id'],
    ['/v1/segments/Buyers!', segment, 'parameters.id'],
    ['/v1/segments/constructor', segment, 'parameters.id'],
    ['/v1/segments/buyers', { ...segment, condition: { all: [{ evnt: {} }] } }, 'body.condition.all[0]'],
    ['/v1/segments/buyers', { ...segment, version: 3 }, 'body'],
    ['/v1/segments/buyers', [], 'body'],
    ['/v1/exports/daily', daily, 'body.segment'],
    ['/v1/exports/daily', { ...daily, columns: ['shoe-size'] }, 'body.columns[0]'],
    ['/v1/exports/daily', { ...daily, schedule: { expression: 'daily' } }, 'body.schedule.expression'],
  ])('of %s are refused as %j, naming %s', async (path, body, at) => {
    expect(await put(path, body)).toMatchObject({
      status: 400,
      body: {
        code: 'INVALID_REQUEST',
        details: expect.arrayContaining([expect.objectContaining({ path: at })]),
      },
    });
  });

  it('that are not there are 404, for get and for delete', async () => {
    expect(await api.call('GET', '/v1/exports/daily')).toMatchObject({
      status: 404,
      body: { code: 'UNKNOWN_EXPORT' },
    });
    expect(await api.call('DELETE', '/v1/exports/daily')).toMatchObject({ status: 404 });
  });

  it('of a segment stay while an export stands on them', async () => {
    await put('/v1/segments/buyers', segment);
    await put('/v1/exports/daily', daily);

    expect(await api.call('DELETE', '/v1/segments/buyers')).toMatchObject({
      status: 409,
      body: { code: 'SEGMENT_IN_USE' },
    });
    await api.call('DELETE', '/v1/exports/daily');
    expect(await api.call('DELETE', '/v1/segments/buyers')).toMatchObject({ status: 204 });
  });
});

describe('segments that refer to others', () => {
  const referring = (id: string) => ({ name: 'Not', condition: { not: { segment: { id } } } });

  it('are refused with the place, for ids that there are not and for ways round', async () => {
    await put('/v1/segments/buyers', segment);
    await put('/v1/segments/others', referring('buyers'));

    expect(await put('/v1/segments/lost', referring('nobody'))).toMatchObject({
      status: 400,
      body: {
        code: 'INVALID_REQUEST',
        details: [{ path: 'body.condition.not.segment.id', message: 'no segment has the id nobody' }],
      },
    });
    expect(await put('/v1/segments/buyers', referring('others'))).toMatchObject({
      status: 400,
      body: {
        details: [
          {
            path: 'body.condition.not.segment.id',
            message: 'comes back to itself: buyers → others → buyers',
          },
        ],
      },
    });
  });

  it('keep those from being removed', async () => {
    await put('/v1/segments/buyers', segment);
    await put('/v1/segments/others', referring('buyers'));

    expect(await api.call('DELETE', '/v1/segments/buyers')).toMatchObject({
      status: 409,
      body: { code: 'SEGMENT_IN_USE', message: expect.stringContaining('others') },
    });
    await api.call('DELETE', '/v1/segments/others');
    expect(await api.call('DELETE', '/v1/segments/buyers')).toMatchObject({ status: 204 });
  });

  it('refer to none that the caller may not see', async () => {
    await put('/v1/segments/buyers', segment);

    const french = { claims: claims('marketer', 'fr'), body: referring('buyers') };
    expect(await api.call('PUT', '/v1/segments/others', french)).toMatchObject({ status: 400 });
  });
});

describe('roles', () => {
  it.each([
    ['viewer', 'PUT', '/v1/segments/s', 403],
    ['viewer', 'GET', '/v1/segments', 200],
    ['marketer', 'PUT', '/v1/segments/s', 200],
    ['marketer', 'PUT', '/v1/sources/s', 403],
    ['viewer', 'POST', '/v1/exports/daily/runs', 403],
    ['nobody', 'GET', '/v1/segments', 403],
  ])('of %s: %s %s is %i', async (role, method, path, status) => {
    expect(await api.call(method, path, { claims: claims(role), body: segment })).toMatchObject({ status });
  });
});

describe('a caller of one market', () => {
  beforeEach(async () => {
    await put('/v1/segments/fr', { ...segment, market: 'fr' });
    await put('/v1/segments/de', { ...segment, market: 'de' });
    await put('/v1/segments/all', segment);
  });
  const french = claims('marketer', 'fr');

  it('sees what is of the market, and nothing else', async () => {
    expect(await api.call('GET', '/v1/segments', { claims: french })).toMatchObject({
      body: { items: [{ definition: { id: 'fr' } }] },
    });
    for (const path of ['de', 'all', 'de/members', 'all/size']) {
      expect(await api.call('GET', `/v1/segments/${path}`, { claims: french })).toMatchObject({
        status: 404,
      });
    }
  });

  it('makes things of the market, and no others', async () => {
    expect(await put('/v1/segments/mine', segment, french)).toMatchObject({
      body: { definition: { market: 'fr' } },
    });
    expect(await put('/v1/segments/mine', { ...segment, market: 'de' }, french)).toMatchObject({
      status: 403,
    });
    expect(await put('/v1/segments/all', segment, french)).toMatchObject({
      status: 403,
      body: { code: 'OUT_OF_SCOPE' },
    });
    expect(await api.call('DELETE', '/v1/segments/de', { claims: french })).toMatchObject({ status: 404 });
  });

  it('exports only the segments of the market', async () => {
    expect(await put('/v1/exports/x', { ...daily, segment: 'fr' }, french)).toMatchObject({ status: 200 });
    expect(await put('/v1/exports/y', { ...daily, segment: 'all' }, french)).toMatchObject({ status: 400 });
  });
});

describe('schedules', () => {
  beforeEach(async () => {
    await put('/v1/segments/buyers', segment);
  });

  it('follow their definition', async () => {
    await put('/v1/exports/daily', { ...daily, schedule: hourly });
    expect([...api.schedules.exports.stored]).toEqual([['daily', hourly]]);

    await put('/v1/exports/daily', daily);
    expect(api.schedules.exports.stored.size).toBe(0);

    await put('/v1/exports/daily', { ...daily, schedule: hourly });
    await api.call('DELETE', '/v1/exports/daily');
    expect(api.schedules.exports.stored.size).toBe(0);
  });

  it('that are refused leave no definition behind', async () => {
    const refused = { ...daily, schedule: { expression: 'rate(1 minutes)' } };

    expect(await put('/v1/exports/daily', refused)).toMatchObject({
      status: 400,
      body: { code: 'INVALID_SCHEDULE' },
    });
    expect(await api.call('GET', '/v1/exports/daily')).toMatchObject({ status: 404 });
  });
});

describe('runs', () => {
  beforeEach(async () => {
    await put('/v1/segments/buyers', segment);
    await put('/v1/exports/daily', daily);
    await put('/v1/exports/other', daily);
  });
  const start = (path: string, key?: string) =>
    api.call('POST', path, { headers: key === undefined ? {} : { 'Idempotency-Key': key } });

  it('are started each time, with ids of their own', async () => {
    const [one, two] = [await start('/v1/exports/daily/runs'), await start('/v1/exports/daily/runs')];

    expect([one.status, two.status]).toEqual([202, 202]);
    expect(one.body).not.toEqual(two.body);
    expect(await api.call('GET', '/v1/exports/daily/runs')).toMatchObject({ body: { runs: [{}, {}] } });
  });

  it('are started once for a key, and a key is one of its definition', async () => {
    const first = await start('/v1/exports/daily/runs', 'nightly');
    const again = await start('/v1/exports/daily/runs', 'nightly');
    const other = await start('/v1/exports/other/runs', 'nightly');

    expect(again.body).toEqual(first.body);
    expect(other.body).not.toEqual(first.body);
    expect(await api.call('GET', '/v1/exports/daily/runs')).toMatchObject({ body: { runs: [first.body] } });
  });

  it('are found under their own definition alone', async () => {
    const { id } = Object((await start('/v1/exports/daily/runs')).body);

    expect(await api.call('GET', `/v1/exports/daily/runs/${id}`)).toMatchObject({
      body: { status: 'running' },
    });
    expect(await api.call('GET', `/v1/exports/other/runs/${id}`)).toMatchObject({ status: 404 });
    expect(await api.call('GET', '/v1/exports/daily/runs/none')).toMatchObject({ status: 404 });
  });

  it('tell what ended them', async () => {
    const { id } = Object((await start('/v1/exports/daily/runs')).body);
    api.runs.exports.set(id, {
      status: 'failed',
      error: 'SegmentNotFoundError',
      finishedAt: 1_795_000_000_000,
    });

    expect(await api.call('GET', `/v1/exports/daily/runs/${id}`)).toMatchObject({
      body: { status: 'failed', error: 'SegmentNotFoundError' },
    });
  });

  it.each(['forged', 'x'.repeat(3096)])(
    'are not listed from a cursor that was not given out',
    async (cursor) => {
      expect(await api.call('GET', '/v1/exports/daily/runs', { query: { cursor } })).toMatchObject({
        status: 400,
        body: { code: 'INVALID_CURSOR' },
      });
    },
  );

  it('need a definition', async () => {
    expect(await start('/v1/exports/none/runs')).toMatchObject({ status: 404 });
  });
});

it('lists members page by page', async () => {
  await put('/v1/segments/buyers', segment);
  for (const pid of ['a1', 'b2', 'c3']) api.members.members.add(pid);

  const first = await api.call('GET', '/v1/segments/buyers/members', { query: { limit: '2' } });
  const cursor = String(Object(first.body).next);
  const rest = await api.call('GET', '/v1/segments/buyers/members', { query: { limit: '2', cursor } });

  expect(first.body).toMatchObject({ members: ['a1', 'b2'] });
  expect(rest.body).toEqual({ members: ['c3'] });
});
