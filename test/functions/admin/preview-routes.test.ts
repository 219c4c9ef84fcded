import { beforeEach, describe, expect, it } from 'vitest';
import { ADMIN, adminApi, COUNTED_SINCE } from '#test/support/admin.ts';
import { person, stampedAt } from '#test/support/person.ts';

let api: ReturnType<typeof adminApi>;
beforeEach(async () => {
  api = adminApi();
  for (let n = 0; n < 60; n++) {
    const market = n % 3 === 0 ? 'fr' : 'uk';
    const events = n % 2 === 0 ? { 'Order Completed': { count: n, first: 1, last: n } } : {};
    await api.store(
      person(`p${n}`, {
        profile: { market: { value: market, ...stampedAt(1) } },
        activity: { events: n === 0 ? {} : events },
      }),
    );
  }
});
const preview = (body: object, claims: Record<string, string> = ADMIN) =>
  api.call('POST', '/v1/segments/preview', { body, claims });
const ORDERED = { event: { name: 'Order Completed', atLeast: 30 } };

describe('a preview', () => {
  it('counts a small workspace exactly, with ten examples', async () => {
    const { status, body } = await preview({ condition: ORDERED });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      size: { size: 15, atLeast: 15, atMost: 15, isExact: true },
      sampled: 60,
      counted: [],
    });
    const { examples } = Object(body);
    expect(examples).toHaveLength(10);
    for (const pid of examples) expect(Number(pid.slice(1))).toBeGreaterThanOrEqual(30);
  });

  it('is of the people whom the caller sees', async () => {
    const french = { ...ADMIN, 'custom:market': 'fr', 'cognito:groups': '[viewer]' };

    expect(await preview({ condition: ORDERED }, french)).toMatchObject({ body: { size: { size: 5 } } });
    expect(await preview({ condition: ORDERED, market: 'fr' })).toMatchObject({
      body: { size: { size: 5 } },
    });
  });

  it('says of clauses that have not counted from the first day since when they do', async () => {
    const condition = { all: [ORDERED, { event: { name: 'Order Completed', atLeast: 2, within: '30d' } }] };

    expect(await preview({ condition })).toMatchObject({
      status: 200,
      body: { counted: [{ kind: 'event', since: new Date(COUNTED_SINCE).toISOString() }] },
    });
  });

  it('stores nothing, and refuses what a segment may not be', async () => {
    await preview({ id: 'loyal', condition: ORDERED });
    expect(await api.call('GET', '/v1/segments/loyal')).toMatchObject({ status: 404 });

    expect(await preview({ condition: { segment: { id: 'unknown' } } })).toMatchObject({
      status: 400,
      body: { details: [{ path: expect.stringContaining('body.condition') }] },
    });
    expect(await preview({ condition: { events: {} } })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_REQUEST' },
    });
  });
});
