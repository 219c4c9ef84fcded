import { afterEach, describe, expect, it, vi } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import type { Conflict } from '#shared/profiles/conflict.ts';
import { ADMIN, adminApi } from '#test/support/admin.ts';
import { person } from '#test/support/person.ts';

afterEach(() => vi.restoreAllMocks());

const conflict = (at: number, said: Partial<Conflict> = {}): Conflict => ({
  pid: Pid.parse('p1'),
  identifier: 'email#ada@example.com',
  reason: 'limit',
  at,
  source: 'shop',
  messageId: `m${at}`,
  market: 'fr',
  brand: 'main',
  ...said,
});

async function apiWith(...conflicts: readonly Conflict[]) {
  const api = adminApi();
  await api.memory.people.write({ person: person('p1'), profileChanged: true, claims: [], conflicts });
  return api;
}

const times = ({ body }: { readonly body: unknown }): unknown =>
  typeof body === 'object' && body !== null && 'conflicts' in body && Array.isArray(body.conflicts)
    ? body.conflicts.map(({ messageId }) => messageId)
    : body;

describe('GET /v1/identity/conflicts', () => {
  it('tells whose an identifier is and why it was not taken', async () => {
    const api = await apiWith(
      conflict(1, {
        identifier: 'externalId:card#7',
        reason: 'legal_entity',
        other: Pid.parse('p2'),
        legalEntity: 'acme',
      }),
    );

    expect(await api.call('GET', '/v1/identity/conflicts')).toEqual({
      status: 200,
      body: {
        conflicts: [
          {
            pid: 'p1',
            type: 'externalId:card',
            value: '7',
            reason: 'legal_entity',
            other: 'p2',
            at: '1970-01-01T00:00:00.001Z',
            source: 'shop',
            messageId: 'm1',
            legalEntity: 'acme',
            market: 'fr',
            brand: 'main',
          },
        ],
      },
    });
  });

  it('goes on where a page ended', async () => {
    const api = await apiWith(conflict(1), conflict(2), conflict(3));

    const first = await api.call('GET', '/v1/identity/conflicts', { query: { limit: '2' } });
    const { next } = Object(first.body);
    const second = await api.call('GET', '/v1/identity/conflicts', { query: { limit: '2', cursor: next } });

    expect([times(first), times(second)]).toEqual([['m3', 'm2'], ['m1']]);
    expect(second.body).not.toHaveProperty('next');
  });

  it('shows those of a reason, and to a user those of their market and brand', async () => {
    const api = await apiWith(
      conflict(1, { reason: 'alias' }),
      conflict(2, { market: 'de' }),
      conflict(3, { brand: 'x' }),
    );
    const german = { ...ADMIN, 'custom:market': 'de' };
    const ofBrand = { ...ADMIN, 'custom:brand': 'x' };

    expect(times(await api.call('GET', '/v1/identity/conflicts', { query: { reason: 'alias' } }))).toEqual([
      'm1',
    ]);
    expect(times(await api.call('GET', '/v1/identity/conflicts', { claims: german }))).toEqual(['m2']);
    expect(times(await api.call('GET', '/v1/identity/conflicts', { claims: ofBrand }))).toEqual(['m3']);
  });

  it.each([{ reason: 'other' }, { limit: '0' }, { cursor: 'x' }])('refuses %j', async (query) => {
    expect(await adminApi().call('GET', '/v1/identity/conflicts', { query })).toMatchObject({ status: 400 });
  });
});
