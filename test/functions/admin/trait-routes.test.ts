import { beforeEach, describe, expect, it } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import { ADMIN, adminApi } from '#test/support/admin.ts';
import { person, stampedAt } from '#test/support/person.ts';

let api: ReturnType<typeof adminApi>;
beforeEach(() => {
  api = adminApi();
});
const put = (name: string, body: unknown, claims: Record<string, string> = ADMIN) =>
  api.call('PUT', `/v1/traits/${encodeURIComponent(name)}`, { body, claims });
const french = { ...ADMIN, 'custom:market': 'fr' };

describe('definitions of traits', () => {
  it.each(['firstName', 'E-mail opt-in', 'adresse.pays', 'prénom', '100%'])(
    'stand under their own name: %s',
    async (name) => {
      expect(await put(name, { strategy: 'first' })).toMatchObject({
        status: 200,
        body: { definition: { id: name, strategy: 'first' }, version: 1 },
      });
      expect(await api.call('GET', `/v1/traits/${encodeURIComponent(name)}`)).toMatchObject({
        body: { definition: { id: name } },
      });
      expect(await api.call('DELETE', `/v1/traits/${encodeURIComponent(name)}`)).toMatchObject({
        status: 204,
      });
      expect(await api.call('GET', `/v1/traits/${encodeURIComponent(name)}`)).toMatchObject({
        status: 404,
        body: { code: 'UNKNOWN_TRAIT' },
      });
    },
  );

  it.each([
    ['a/b', {}, 'parameters.id'],
    ['toString', {}, 'parameters.id'],
    ['a\u0007', {}, 'parameters.id'],
    ['é'.repeat(51), {}, 'parameters.id'],
    ['city', { strategy: 'newest' }, 'body.strategy'],
    ['city', { type: 'colour' }, 'body.type'],
    ['city', { strategy: 'mostTrustedSource' }, 'body.sources'],
    ['city', { strategy: 'latest', sources: ['crm'] }, 'body.sources'],
    ['city', { strategy: 'mostTrustedSource', sources: ['crm', 'crm'] }, 'body.sources'],
    ['city', { strategy: 'first', limit: 3 }, 'body.limit'],
    ['city', { strategy: 'union', limit: 51 }, 'body.limit'],
    ['city', { strategy: 'union', limit: 0 }, 'body.limit'],
    ['city', { market: 'fr' }, 'body'],
  ])('of %j are refused as %j, naming %s', async (name, body, path) => {
    expect(await put(name, body)).toMatchObject({
      status: 400,
      body: { details: expect.arrayContaining([expect.objectContaining({ path })]) },
    });
  });

  it('keep no more values together than a person has room for', async () => {
    for (const name of ['a', 'b']) {
      expect(await put(name, { strategy: 'union', limit: 50 })).toMatchObject({ status: 200 });
    }
    await put('d', { strategy: 'mostTrustedSource', sources: ['crm'] });

    expect(await put('e', { strategy: 'union', limit: 46 })).toMatchObject({
      status: 409,
      body: { code: 'TOO_MANY_KEPT_VALUES' },
    });
    expect(await put('e', { strategy: 'union', limit: 45 })).toMatchObject({ status: 200 });
    expect(await put('b', { strategy: 'union', limit: 50 })).toMatchObject({ status: 200 });
    expect(await put('f', { strategy: 'max' })).toMatchObject({ status: 200 });
  });

  it('are seen by all, and changed by nobody who is limited to a market', async () => {
    await put('city', { strategy: 'first' });

    expect(await api.call('GET', '/v1/traits', { claims: french })).toMatchObject({
      body: { items: [{ definition: { id: 'city' } }] },
    });
    expect(await put('city', { strategy: 'max' }, french)).toMatchObject({
      status: 403,
      body: { code: 'OUT_OF_SCOPE' },
    });
    expect(await api.call('DELETE', '/v1/traits/city', { claims: french })).toMatchObject({ status: 403 });
    expect(await api.call('GET', '/v1/traits/city', { claims: french })).toMatchObject({ status: 200 });
  });
});

describe('a profile', () => {
  it('shows each trait by its rule, with the write that decides it and all that it keeps', async () => {
    await put('city', { strategy: 'mostTrustedSource', sources: ['crm', 'shop'] });
    await put('tags', { strategy: 'union' });
    const write = (value: unknown, at: number, source: string) => ({ value, ...stampedAt(at), source });
    await api.store(
      person(Pid.parse('p1'), {
        profile: {
          identifiers: { 'userId#u': stampedAt(1) },
          traits: {
            city: [write('Lyon', 3, 'shop'), write('Paris', 4, 'web'), write(null, 5, 'crm')],
            tags: [write('b', 1, 'web'), write('a', 2, 'shop')],
            plan: write('pro', 6, 'web'),
            gone: write(null, 7, 'web'),
          },
        },
        activity: { affirmed: { tags: [[9, 'm9'], null] } },
      }),
    );

    const { body } = await api.call('GET', '/v1/profiles/userId:u');

    const shown = (value: unknown, at: number, source: string) => ({
      value,
      at: new Date(at).toISOString(),
      source,
      messageId: `m${at}`,
    });
    expect(body).toMatchObject({
      traits: {
        city: { ...shown('Lyon', 3, 'shop'), kept: [shown('Lyon', 3, 'shop'), shown('Paris', 4, 'web')] },
        tags: {
          ...shown(['a', 'b'], 1, 'web'),
          kept: [shown('b', 1, 'web'), shown('a', 2, 'shop')],
        },
        plan: shown('pro', 6, 'web'),
      },
    });
    expect(body).not.toHaveProperty('traits.gone');
    expect(body).not.toHaveProperty('traits.plan.kept');
  });
});
