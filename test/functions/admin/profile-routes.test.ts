import { describe, expect, it } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import { ADMIN, adminApi } from '#test/support/admin.ts';
import { mergeWrite, person, stampedAt, traits } from '#test/support/person.ts';

const FRENCH = { sub: 'u-fr', token_use: 'id', 'cognito:groups': '[viewer]', 'custom:market': 'fr' };
const GERMAN = { ...FRENCH, 'custom:market': 'de' };

const ada = person('p1', {
  profile: {
    createdAt: 1_795_000_000_000,
    identifiers: {
      'email#ada@example.com': stampedAt(1),
      'userId#u 1/2': stampedAt(2),
      'phone#+33612345678': stampedAt(3),
    },
    traits: traits({ plan: 'pro', gone: null }),
    market: { value: 'fr', at: 1, id: 'm' },
  },
  activity: {
    lastSeenAt: 1_795_000_000_000,
    sums: { total_spent: { EUR: 24_409_194, JPY: 500 } },
    segments: { buyers: 1_795_000_000_000, german: 1, deleted: 1 },
    recent: [[1_795_000_000_000, 'Order Completed', 'm9']],
  },
});

async function withAda() {
  const api = adminApi();
  await api.store(ada);
  const condition = { event: { name: 'Order Completed' } };
  await api.call('PUT', '/v1/segments/buyers', { body: { name: 'Buyers', condition, market: 'fr' } });
  await api.call('PUT', '/v1/segments/german', { body: { name: 'German', condition, market: 'de' } });
  return api;
}

describe('GET /v1/profiles/{identifier}', () => {
  it.each([
    'email:ada@example.com',
    'email: ADA@Example.com ',
    'phone:+33 6 12 34 56 78',
    'userId:u 1/2',
    'pid:p1',
  ])('finds a person by %s', async (identifier) => {
    const api = await withAda();

    const { status, body } = await api.call('GET', `/v1/profiles/${encodeURIComponent(identifier)}`);

    expect(status).toBe(200);
    expect(body).toMatchObject({ pid: 'p1', market: 'fr', createdAt: '2026-11-18T11:06:40.000Z' });
  });

  it('finds a person by another spelling of their mailbox, once the settings take the two for one', async () => {
    const api = adminApi();
    await api.store(person('p1', { profile: { identifiers: { 'email#ada@gmail.com': stampedAt(1) } } }));
    const path = `/v1/profiles/${encodeURIComponent('email:A.da+x@googlemail.com')}`;

    expect(await api.call('GET', path)).toMatchObject({ status: 404 });
    await api.call('PUT', '/v1/identity/settings', { body: { emailProviderRules: true } });
    expect(await api.call('GET', path)).toMatchObject({ status: 200, body: { pid: 'p1' } });
  });

  it('shows what is known and where it is from, and not what was taken back', async () => {
    const api = await withAda();

    const { body } = await api.call('GET', '/v1/profiles/pid:p1');

    expect(body).toMatchObject({
      identifiers: [
        {
          type: 'email',
          value: 'ada@example.com',
          at: '1970-01-01T00:00:00.001Z',
          source: 'shop',
          messageId: 'm1',
        },
        { type: 'userId', value: 'u 1/2' },
        { type: 'phone', value: '+33612345678' },
      ],
      traits: { plan: { value: 'pro', source: 'shop', messageId: 'm1' } },
      sums: { total_spent: { EUR: '244091.94', JPY: '500' } },
      segments: [
        { id: 'buyers', name: 'Buyers', since: '2026-11-18T11:06:40.000Z' },
        { id: 'german', name: 'German' },
      ],
    });
    expect(body).not.toHaveProperty('traits.gone');
  });

  it('is not confused by a segment that is named as every object has something', async () => {
    const api = await withAda();
    const condition = { event: { name: 'Order Completed' } };
    await api.ports.segments.put({ id: 'constructor', name: 'Builders', condition });

    const { status, body } = await api.call('GET', '/v1/profiles/pid:p1');

    expect(status).toBe(200);
    expect(body).toMatchObject({ segments: [{ id: 'buyers' }, { id: 'german' }] });
  });

  it('follows merges', async () => {
    const api = await withAda();
    await api.store(person('p2', { profile: { identifiers: { 'anonymousId#a1': stampedAt(1) } } }));
    await api.memory.people.merge(
      mergeWrite({
        winner: { ...ada, activity: { ...ada.activity, version: 2 } },
        loser: person('p2'),
        at: 5,
      }),
    );

    expect(await api.call('GET', '/v1/profiles/anonymousId:a1')).toMatchObject({ body: { pid: 'p1' } });
    expect(await api.call('GET', '/v1/profiles/pid:p2')).toMatchObject({ body: { pid: 'p1' } });
  });

  it.each(['email:bob@example.com', 'pid:nobody', 'anonymousId:a9'])(
    'answers 404 for %s',
    async (identifier) => {
      const api = await withAda();

      expect(await api.call('GET', `/v1/profiles/${identifier}`)).toMatchObject({
        status: 404,
        body: { code: 'UNKNOWN_PROFILE', message: 'nobody has this identifier' },
      });
    },
  );

  it.each(['ada@example.com', 'mail:ada@example.com', 'email:ada', 'phone:12', 'userId:null'])(
    'answers 400 for %s, and says what an identifier is',
    async (identifier) => {
      const api = await withAda();

      expect(await api.call('GET', `/v1/profiles/${identifier}`)).toMatchObject({
        status: 400,
        body: { code: 'INVALID_IDENTIFIER', message: expect.stringContaining('email:<address>') },
      });
    },
  );

  it('shows a caller of one market its people, and of their segments its own', async () => {
    const api = await withAda();

    const french = await api.call('GET', '/v1/profiles/pid:p1', { claims: FRENCH });
    const german = await api.call('GET', '/v1/profiles/email:ada@example.com', { claims: GERMAN });

    expect(french).toMatchObject({ status: 200, body: { segments: [{ id: 'buyers' }] } });
    expect(german.status).toBe(404);
  });
});

describe('GET /v1/profiles/{identifier}/events', () => {
  it('asks for those of the absorbed too, and goes on from the cursor', async () => {
    const api = adminApi();
    await api.store(person('p1', { profile: { absorbed: { [Pid.parse('p0')]: 4 } } }));
    const event = { type: 'track' as const, name: 'x', messageId: 'm', source: 's' };
    api.events.push({ ...event, timestamp: 9 }, { ...event, timestamp: 8 });

    const first = await api.call('GET', '/v1/profiles/pid:p1/events', { query: { limit: '1' } });
    expect(first.body).toMatchObject({
      events: [{ timestamp: '1970-01-01T00:00:00.009Z' }],
      next: expect.any(String),
    });
    const next = String(Object(first.body).next);
    await api.call('GET', '/v1/profiles/pid:p1/events', { query: { cursor: next } });

    expect(api.asked).toEqual([
      { pids: ['p1', 'p0'], before: undefined },
      { pids: ['p1', 'p0'], before: 'event#next' },
    ]);
  });

  it.each([
    { cursor: 'nonsense' },
    { cursor: Buffer.from('"!activity"').toString('base64url') },
    { cursor: Buffer.from('"event#\\ud800"').toString('base64url') },
    { limit: '0' },
    { limit: 'all' },
  ])('answers 400 for %j', async (query) => {
    const api = await withAda();

    expect(await api.call('GET', '/v1/profiles/pid:p1/events', { query })).toMatchObject({ status: 400 });
  });
});

it('leaves a line of who looked, and never at whom', async () => {
  const api = await withAda();
  api.audit.length = 0;

  await api.call('GET', '/v1/profiles/email:ada@example.com', { claims: FRENCH });
  await api.call('GET', '/v1/profiles/email:bob@example.com', { claims: ADMIN });

  expect(api.audit).toEqual([
    {
      audit: true,
      subject: 'u-fr',
      role: 'viewer',
      operation: 'getProfile',
      resource: 'profile',
      status: 200,
    },
    {
      audit: true,
      subject: 'u-admin',
      role: 'admin',
      operation: 'getProfile',
      resource: 'profile',
      status: 404,
    },
  ]);
});
