import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { ADMIN, adminApi } from '#test/support/admin.ts';

afterEach(() => vi.restoreAllMocks());

let api: ReturnType<typeof adminApi>;
beforeEach(() => {
  api = adminApi();
});
const use = (id: string, body: unknown = {}, claims: Record<string, string> = ADMIN) =>
  api.call('POST', `/v1/library/${id}`, { body, claims });

describe('GET /v1/library', () => {
  it('lists what there is, with what can be chosen, and what it asks in words', async () => {
    const { body } = await api.call('GET', '/v1/library');
    const { items } = z.object({ items: z.array(z.looseObject({ id: z.string() })) }).parse(body);

    expect(items.map(({ id }) => id)).toEqual([
      'new-customers',
      'active-customers',
      'at-risk-customers',
      'lapsed-customers',
      'won-back-customers',
      'one-time-buyers',
      'vip-by-spend',
      'abandoned-basket',
      'birthday',
      'newsletter-never-opened',
      'shop-and-web-buyers',
      'over-solicited',
    ]);
    expect(items.find(({ id }) => id === 'vip-by-spend')).toMatchObject({
      name: 'VIP by spend',
      parameters: {
        type: 'object',
        properties: {
          amount: { type: 'number', default: 1000, exclusiveMinimum: 0 },
          currency: { type: 'string', default: 'EUR' },
        },
      },
      condition: { sum: { name: 'total_spent', currency: 'EUR', atLeast: 1000 } },
      text: 'total spent in EUR is at least 1000',
    });
  });
});

describe('POST /v1/library/{id}', () => {
  it('makes a segment under its own id, with what it has by default', async () => {
    expect(await use('one-time-buyers')).toMatchObject({
      status: 200,
      body: {
        definition: {
          id: 'one-time-buyers',
          name: 'One-time buyers',
          condition: { event: { name: 'Order Completed', exactly: 1 } },
        },
        version: 1,
      },
    });
    expect(await api.call('GET', '/v1/segments/one-time-buyers')).toMatchObject({ status: 200 });
  });

  it('takes another id, name, market and parameters', async () => {
    const body = { id: 'vip-de', name: 'VIP', market: 'de', parameters: { amount: 500 } };

    expect(await use('vip-by-spend', body)).toMatchObject({
      body: {
        definition: {
          id: 'vip-de',
          name: 'VIP',
          market: 'de',
          condition: { sum: { name: 'total_spent', currency: 'EUR', atLeast: 500 } },
        },
      },
    });
  });

  it('replaces no segment that there is', async () => {
    await use('birthday');

    expect(await use('birthday', { parameters: { days: 1 } })).toMatchObject({
      status: 409,
      body: { code: 'SEGMENT_EXISTS' },
    });
    expect(await use('birthday', { id: 'birthday-today', parameters: { days: 0 } })).toMatchObject({
      status: 200,
    });
  });

  it.each([
    ['birthday', { parameters: { days: 'many' } }, 'body.parameters.days'],
    ['birthday', { parameters: { months: 1 } }, 'body.parameters'],
    ['abandoned-basket', { parameters: { after: '8d' } }, 'body.parameters.after'],
    ['birthday', { id: 'No Slug' }, 'body.id'],
    ['birthday', { id: 'lifecycle-birthday' }, 'parameters.id'],
    ['birthday', { days: 1 }, 'body'],
  ])('refuses %s with %j, naming %s', async (id, body, path) => {
    expect(await use(id, body)).toMatchObject({
      status: 400,
      body: { code: 'INVALID_REQUEST', details: [expect.objectContaining({ path })] },
    });
  });

  it('is for marketers, of their market', async () => {
    const french = { ...ADMIN, 'cognito:groups': '[marketer]', 'custom:market': 'fr' };

    expect(await use('birthday', {}, { ...ADMIN, 'cognito:groups': '[viewer]' })).toMatchObject({
      status: 403,
    });
    expect(await use('birthday', {}, french)).toMatchObject({
      status: 200,
      body: { definition: { market: 'fr' } },
    });
    expect(await use('birthday', { id: 'b', market: 'de' }, french)).toMatchObject({
      status: 403,
      body: { code: 'OUT_OF_SCOPE' },
    });
    expect(await use('funeral')).toMatchObject({ status: 404, body: { code: 'UNKNOWN_READY_SEGMENT' } });
  });
});
