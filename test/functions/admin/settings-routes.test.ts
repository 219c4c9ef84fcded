import { afterEach, describe, expect, it, vi } from 'vitest';
import { IdentitySettings } from '#shared/identity/settings.ts';
import { ADMIN, adminApi } from '#test/support/admin.ts';

afterEach(() => vi.restoreAllMocks());

const PATH = '/v1/identity/settings';
const DEFAULT = IdentitySettings.parse({});

describe('the settings of identity', () => {
  it('are those of the code until somebody puts some', async () => {
    expect(await adminApi().call('GET', PATH)).toEqual({
      status: 200,
      body: { settings: DEFAULT, version: 0 },
    });
  });

  it('are what was put, with the default of what was left out', async () => {
    const api = adminApi();
    const body = {
      limits: { email: 2, 'externalId:loyalty_card': 1 },
      contactOnly: ['phone'],
      blocked: [{ type: 'email', value: 'noreply@example.com' }],
      authorised: [['Acme SA', 'Acme Bank SA']],
    };

    const put = await api.call('PUT', PATH, { body });

    expect(put).toMatchObject({ status: 200, body: { settings: { ...DEFAULT, ...body }, version: 1 } });
    expect(await api.call('GET', PATH)).toEqual(put);
    expect(await api.call('PUT', PATH, { body: {} })).toMatchObject({
      body: { settings: DEFAULT, version: 2 },
    });
  });

  it('are for admins who are for every market and brand', async () => {
    const api = adminApi();
    const marketer = { ...ADMIN, 'cognito:groups': '[marketer]' };

    expect(await api.call('PUT', PATH, { claims: marketer, body: {} })).toMatchObject({ status: 403 });
    for (const name of ['custom:market', 'custom:brand']) {
      expect(await api.call('PUT', PATH, { claims: { ...ADMIN, [name]: 'x' }, body: {} })).toMatchObject({
        status: 403,
        body: { code: 'OUT_OF_SCOPE' },
      });
    }
    expect(await api.call('GET', PATH, { claims: marketer })).toMatchObject({ body: { version: 0 } });
  });

  it.each([
    { limits: { userId: 2 } },
    { limits: { email: 0 } },
    { limits: { 'externalId:': 1 } },
    { ignored: ['userId'] },
    { ignored: ['anonymousId'] },
    { contactOnly: ['userId'] },
    { priority: ['email', 'userId'] },
    { priority: ['userId', 'email', 'email'] },
    { blocked: [{ type: 'email', value: 'no address' }] },
    { blocked: [{ type: 'phone', value: '06 12 34 56 78' }] },
    { blocked: [{ type: 'userId', value: 'null' }] },
    { authorised: [['one']] },
    { authorised: [['a#b', 'c']] },
    { unknown: true },
  ])('refuse %j', async (body) => {
    expect(await adminApi().call('PUT', PATH, { body })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_REQUEST' },
    });
  });
});
