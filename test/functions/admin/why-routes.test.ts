import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ADMIN, adminApi } from '#test/support/admin.ts';
import { person } from '#test/support/person.ts';

afterEach(() => vi.restoreAllMocks());

const DAY_MS = 86_400_000;
const WHY = '/v1/profiles/pid:p1/segments/recent/why';

let api: ReturnType<typeof adminApi>;
let now: number;
beforeEach(async () => {
  api = adminApi();
  now = api.ports.now();
  await api.call('PUT', '/v1/segments/recent', {
    body: {
      name: 'Recent buyers',
      condition: {
        all: [
          { event: { name: 'Order Completed', within: '30d' } },
          { trait: { name: 'plan', equals: 'pro' } },
        ],
      },
    },
  });
});

const buyer = (segments: Record<string, number>, plan?: string) =>
  person('p1', {
    profile: {
      market: { value: 'fr', at: 1, id: 'm' },
      traits:
        plan === undefined ? {} : { plan: { value: plan, at: 1, id: 'm', source: 's', messageId: 'm' } },
    },
    activity: {
      segments,
      events: { 'Order Completed': { count: 1, first: now - DAY_MS, last: now - DAY_MS } },
    },
  });

describe('GET /v1/profiles/{identifier}/segments/{segment}/why', () => {
  it('says what holds, what was found, and when it could change', async () => {
    await api.store(buyer({ recent: now - DAY_MS }, 'pro'));
    const time = (at: number): string => new Date(at).toISOString();

    expect(await api.call('GET', WHY)).toEqual({
      status: 200,
      body: {
        segment: 'recent',
        name: 'Recent buyers',
        since: time(now - DAY_MS),
        asOf: time(now),
        holds: true,
        text: 'in “Recent buyers”',
        because: [
          '“Order Completed” happened in the last 30 days: yes, it happened 1 time, last on 17 Nov 2026, 11:06',
          '“plan” is “pro”: yes, it is “pro”',
        ],
        nextChange: time(now + 29 * DAY_MS),
        condition: {
          kind: 'all',
          text: 'all of these hold',
          holds: true,
          nextChange: time(now + 29 * DAY_MS),
          parts: [
            expect.objectContaining({ kind: 'event', holds: true, nextChange: time(now + 29 * DAY_MS) }),
            expect.objectContaining({ kind: 'trait', holds: true, saw: 'pro', found: 'it is “pro”' }),
          ],
        },
      },
    });
  });

  it.each([
    ['free', false, {}, 'not in “Recent buyers”'],
    [undefined, 'unknown', {}, 'not in “Recent buyers”: too little is known'],
    [
      'pro',
      true,
      {},
      'not in “Recent buyers”; by the definition of now they enter it when they are looked at next',
    ],
    [
      'free',
      false,
      { recent: 5 },
      'in “Recent buyers”; by the definition of now they leave it when they are looked at next',
    ],
  ])('tells for the plan %s', async (plan, holds, segments, text) => {
    await api.store(buyer(segments, plan));

    expect(await api.call('GET', WHY)).toMatchObject({ status: 200, body: { holds, text } });
  });

  it('knows only people and segments in the scope of the caller', async () => {
    await api.store(buyer({}));
    const german = { ...ADMIN, 'custom:market': 'de' };

    expect(await api.call('GET', WHY.replace('recent', 'other'))).toMatchObject({
      status: 404,
      body: { code: 'UNKNOWN_SEGMENT' },
    });
    expect(await api.call('GET', WHY.replace('p1', 'p2'))).toMatchObject({
      status: 404,
      body: { code: 'UNKNOWN_PROFILE' },
    });
    expect(await api.call('GET', WHY, { claims: german })).toMatchObject({ status: 404 });
  });
});
