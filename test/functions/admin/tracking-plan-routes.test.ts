import { beforeEach, describe, expect, it } from 'vitest';
import { MAX_SCHEMA_DEPTH } from '#shared/plans/read-schema.ts';
import { adminApi } from '#test/support/admin.ts';

const claims = (role: string, market?: string) => ({
  sub: `u-${role}`,
  token_use: 'id',
  'cognito:groups': `[${role}]`,
  ...(market !== undefined && { 'custom:market': market }),
});
const total = { type: 'object', properties: { total: { type: 'number' } }, required: ['total'] };
const plan = { name: 'Shop', events: { 'Order Completed': { schema: total } } };
const shop = { name: 'Shop', writeKeys: ['shop-write-key'] };

let api: ReturnType<typeof adminApi>;
beforeEach(() => {
  api = adminApi();
});
const put = (path: string, body: unknown, as = claims('admin')) =>
  api.call('PUT', path, { body, claims: as });

describe('tracking plans', () => {
  it('are versioned, and flag what they are not told to do more about', async () => {
    await put('/v1/tracking-plans/shop', plan);

    expect(await put('/v1/tracking-plans/shop', plan)).toMatchObject({
      status: 200,
      body: {
        definition: { ...plan, unplannedEvents: 'flag', unplannedProperties: 'flag', violations: 'flag' },
        version: 2,
      },
    });
  });

  it('are refused with the place of each fault of a schema', async () => {
    const schema = { properties: { total: { type: 'nmber' }, note: { pattern: '(?=a)' } } };

    expect(
      await put('/v1/tracking-plans/shop', {
        ...plan,
        events: { 'Order Completed': { schema } },
        identify: { schema: { $ref: 'https://example.com/schema.json' } },
      }),
    ).toMatchObject({
      status: 400,
      body: {
        code: 'INVALID_REQUEST',
        details: expect.arrayContaining([
          { path: 'body.identify.schema.$ref', message: expect.stringContaining('definitions') },
          {
            path: 'body.events.Order Completed.schema.properties.total.type',
            message: 'must be equal to one of the allowed values',
          },
          {
            path: 'body.events.Order Completed.schema.properties.note.pattern',
            message: expect.stringContaining('RE2'),
          },
        ]),
      },
    });
    expect(await api.call('GET', '/v1/tracking-plans/shop')).toMatchObject({
      status: 404,
      body: { code: 'UNKNOWN_TRACKING_PLAN' },
    });
  });

  it('may have schemas as deep in each other as is said', async () => {
    const nested = (levels: number): object =>
      levels === 0 ? {} : { properties: { a: nested(levels - 1) } };
    const events = (levels: number) => ({ 'Order Completed': { schema: nested(levels) } });

    const deepest = await put('/v1/tracking-plans/shop', { ...plan, events: events(MAX_SCHEMA_DEPTH) });
    const deeper = await put('/v1/tracking-plans/shop', { ...plan, events: events(MAX_SCHEMA_DEPTH + 1) });

    expect([deepest.status, deeper.status]).toEqual([200, 400]);
  });

  it('stay while a source is held to them', async () => {
    await put('/v1/tracking-plans/shop', plan);
    await put('/v1/sources/shop', { ...shop, trackingPlan: 'shop' });

    expect(await api.call('DELETE', '/v1/tracking-plans/shop')).toMatchObject({
      status: 409,
      body: { code: 'TRACKING_PLAN_IN_USE', message: expect.stringContaining('shop') },
    });
    await put('/v1/sources/shop', shop);
    expect(await api.call('DELETE', '/v1/tracking-plans/shop')).toMatchObject({ status: 204 });
  });

  it('are named by sources only where there are such, of the market of the user', async () => {
    const unknown = {
      status: 400,
      body: { details: [{ path: 'body.trackingPlan', message: 'no tracking plan has this id' }] },
    };
    expect(await put('/v1/sources/shop', { ...shop, trackingPlan: 'shop' })).toMatchObject(unknown);

    await put('/v1/tracking-plans/shop', { ...plan, market: 'de' });

    const french = claims('admin', 'fr');
    expect(await put('/v1/sources/shop', { ...shop, trackingPlan: 'shop' }, french)).toMatchObject(unknown);
    expect(await put('/v1/sources/shop', { ...shop, trackingPlan: 'shop' })).toMatchObject({ status: 200 });
  });

  it('are changed by admins alone', async () => {
    expect(await put('/v1/tracking-plans/shop', plan, claims('marketer'))).toMatchObject({ status: 403 });
  });
});
