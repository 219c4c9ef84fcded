import { describe, expect, it } from 'vitest';
import { ADMIN, adminApi } from '#test/support/admin.ts';
import { person, stampedAt } from '#test/support/person.ts';

const of = { at: 1, id: 'x' };
const ada = (pid = 'ada') =>
  person(pid, {
    profile: {
      identifiers: { 'userId#u': stampedAt(1), 'email#ada@example.com': stampedAt(1) },
      entities: { 'Main SA': 1 },
      market: { value: 'fr', ...of },
      brand: { value: 'main', ...of },
    },
  });

const MARKETER = { sub: 'u-marketer', token_use: 'id', 'cognito:groups': '[marketer]' };

describe('DELETE /v1/profiles/{identifier}', () => {
  it('erases a person and says what it removed, and what it does not reach', async () => {
    const api = adminApi();
    await api.store(ada());

    expect(await api.call('DELETE', '/v1/profiles/email:Ada@Example.com')).toEqual({
      status: 200,
      body: {
        pid: 'ada',
        erasedAt: '2026-11-18T11:06:40.000Z',
        by: 'u-admin',
        settled: false,
        settlesAt: '2026-11-18T11:08:40.000Z',
        removed: { timeline: 0, messageIds: 0, messages: 0, conflicts: 0, merges: 0 },
        identifiers: { vacated: 2, until: '2027-02-16T11:06:40.000Z' },
        elsewhere: [
          { store: 'exports', until: '2027-02-16T11:06:40.000Z' },
          { store: 'imports', until: '2026-12-18T11:06:40.000Z' },
          { store: 'runs', until: '2026-12-18T11:06:40.000Z' },
          { store: 'quarantine', until: '2027-02-16T11:06:40.000Z' },
          { store: 'failed', until: '2027-02-16T11:06:40.000Z' },
          { store: 'stream', until: '2026-11-19T11:06:40.000Z' },
          { store: 'backups', until: '2026-12-23T11:06:40.000Z' },
        ],
        setApart: [],
      },
    });
    for (const identifier of ['email:ada@example.com', 'userId:u', 'pid:ada']) {
      expect(await api.call('GET', `/v1/profiles/${identifier}`)).toMatchObject({ status: 404 });
    }
  });

  it.each(['email:ada@example.com', 'pid:ada'])('goes on by %s', async (identifier) => {
    const api = adminApi();
    await api.store(ada());
    await api.call('DELETE', '/v1/profiles/userId:u');

    const again = await api.call('DELETE', `/v1/profiles/${identifier}`);

    expect(again).toMatchObject({ status: 200, body: { pid: 'ada', identifiers: { vacated: 0 } } });
  });

  it.each(['email:nobody@example.com', 'pid:nobody', 'pid:'])('finds nobody by %s', async (identifier) => {
    const api = adminApi();
    await api.store(ada());

    expect(await api.call('DELETE', `/v1/profiles/${identifier}`)).toMatchObject({
      status: 404,
      body: { code: 'UNKNOWN_PROFILE' },
    });
    expect(await api.call('GET', '/v1/profiles/userId:u')).toMatchObject({ status: 200 });
  });

  it('is for administrators, of the market that the person is of', async () => {
    const api = adminApi();
    await api.store(ada());
    const german = { claims: { ...ADMIN, 'custom:market': 'de' } };

    expect(await api.call('DELETE', '/v1/profiles/userId:u', { claims: MARKETER })).toMatchObject({
      status: 403,
    });
    expect(await api.call('DELETE', '/v1/profiles/userId:u', german)).toMatchObject({ status: 404 });
    expect(await api.call('GET', '/v1/profiles/userId:u')).toMatchObject({ status: 200 });

    await api.call('DELETE', '/v1/profiles/userId:u');
    expect(await api.call('DELETE', '/v1/profiles/userId:u', german)).toMatchObject({ status: 404 });
    expect(await api.call('DELETE', '/v1/profiles/userId:u')).toMatchObject({ status: 200 });
  });
});
