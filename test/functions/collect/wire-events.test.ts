import { describe, expect, it } from 'vitest';
import { normaliseEvent } from '#shared/profiles/normalise-event.ts';
import { collecting, RECEIVED_AT, track, webSource, withKey } from '#test/support/collecting.ts';

type Said = Readonly<Record<string, unknown>>;
const source = { id: 'web', legalEntity: 'main', market: 'fr', brand: 'main' };
const ip = { ...webSource, ip: true };
const iso = (at: number) => new Date(at).toISOString();
const HOUR = 3_600_000;

/** The events that come of a body, and the reasons of those that are kept aside. */
async function taken(
  body: Said,
  more: { readonly path?: string; readonly headers?: Record<string, string> } = {},
) {
  const { ask, events, quarantined } = collecting();
  await ask({ ...more, headers: { ...withKey, ...more.headers }, body });
  const reasons = quarantined.flatMap(({ entries }) => entries.map(({ reason }) => reason));
  return { events: events(), reasons };
}
const one = async (event: Said, batch: Said = {}, headers: Record<string, string> = {}) => {
  const { events, reasons } = await taken({ ...batch, batch: [event] }, { headers });
  return events[0] ?? reasons[0];
};

describe('wire contract 5: normalisation', () => {
  it.each([
    ['track', 'track'],
    ['Track', 'track'],
    ['IDENTIFY', 'identify'],
  ])('5.2 the type of an event in a batch is its own: %s', async (type, expected) => {
    expect(await one(track({ type }))).toMatchObject({ type: expected });
  });

  it.each(['purchase', '', null, undefined, 7, '__proto__'])(
    '5.2 unknown type %j is kept aside',
    async (type) => {
      expect(await one(track({ type }))).toBe('unknown_type');
    },
  );

  it('5.3 the context of the batch is that of its events, which win', async () => {
    const event = await one(track({ context: { locale: 'fr' } }), { context: { locale: 'en', app: 'till' } });

    expect(event).toMatchObject({ context: { locale: 'fr', app: 'till' } });
  });

  it('5.3 the sentAt of the batch is that of its events, which win', async () => {
    const [slow, fast] = [iso(RECEIVED_AT - HOUR), iso(RECEIVED_AT + HOUR)];
    const timestamp = iso(RECEIVED_AT - 2 * HOUR);

    expect(await one(track({ timestamp }), { sentAt: slow })).toMatchObject({
      timestamp: RECEIVED_AT - HOUR,
    });
    expect(await one(track({ timestamp, sentAt: fast }), { sentAt: slow })).toMatchObject({
      timestamp: RECEIVED_AT - 3 * HOUR,
    });
  });

  it('5.3 integrations, of a batch or an event, are not kept: nothing is forwarded by them', async () => {
    const event = await one(track({ integrations: { All: false } }), { integrations: { All: true } });

    expect(event).not.toHaveProperty('integrations');
  });

  it.each([
    ['numbers', 42, '42'],
    ['spaces around', ' ada ', 'ada'],
    ['zero as a name of nobody', 0, undefined],
    ['blank', '', undefined],
    ['whitespace', ' \t', undefined],
    ['null', null, undefined],
    ['a boolean', true, undefined],
    ['a list', ['ada'], undefined],
    ['an object', { id: 'ada' }, undefined],
  ])('5.4 ids: %s', async (_, userId, expected) => {
    const event = await one(track({ userId, anonymousId: 'a1' }));

    expect(event).toHaveProperty('userId', expected);
  });

  it.each([
    ['track', {}, 'no_user_anon_id'],
    ['group', { groupId: 'acme' }, 'no_user_anon_id'],
    ['alias', { previousId: 'a1' }, 'no_user_anon_id'],
  ])('5.4 a %s that names nobody is kept aside, though it has %j', async (type, ids, reason) => {
    expect(await one({ type, event: 'Viewed', messageId: 'm1', userId: null, ...ids })).toBe(reason);
  });

  it.each([
    ['group', { groupId: 7 }, { groupId: '7' }],
    ['alias', { previousId: 'a1' }, { previousId: 'a1' }],
  ])('5.4 a %s has its %j', async (type, ids, expected) => {
    expect(await one({ type, messageId: 'm1', userId: 'u1', ...ids })).toMatchObject({
      userId: 'u1',
      ...expected,
    });
  });

  describe('5.5 a message without an id', () => {
    const unnamed = track({ messageId: undefined, timestamp: iso(RECEIVED_AT) });
    const idOf = async (event: Said, path = '/v1/track') =>
      (await taken(event, { path })).events[0]?.messageId;

    it('has one of its own bytes, whenever it is sent', async () => {
      const id = await idOf({ ...unnamed, sentAt: iso(RECEIVED_AT - 1_000) });

      expect(id).toMatch(/^digest-/);
      expect(await idOf({ ...unnamed, sentAt: iso(RECEIVED_AT) })).toBe(id);
    });

    it.each([
      ['who', { userId: 'u2' }],
      ['when', { timestamp: iso(RECEIVED_AT - 1) }],
      ['what', { properties: { total: 1 } }],
    ])('has another for another %s', async (_, other) => {
      expect(await idOf({ ...unnamed, ...other })).not.toBe(await idOf(unnamed));
    });

    it('has another by another route, which makes it another call', async () => {
      const { type: _, ...untyped } = unnamed;

      expect(await idOf(untyped, '/v1/page')).not.toBe(await idOf(untyped, '/v1/screen'));
      expect(await idOf(untyped, '/v1/page')).toBe(await idOf(untyped, '/v1/p'));
    });
  });

  it.each([65, 100, 101, 5_000])(
    '5.5 a message id of %d characters stands by its digest, always the same',
    async (length) => {
      const [first, second, other] = await Promise.all(
        ['a', 'a', 'b'].map(async (end) => one(track({ messageId: 'x'.repeat(length - 1) + end }))),
      );

      expect(first).toMatchObject({ messageId: expect.stringMatching(/^digest-[\w-]{43}$/) });
      expect(second).toEqual(first);
      expect(other).not.toEqual(first);
    },
  );

  it.each([
    [
      'timestamp before originalTimestamp, which RudderStack’s server SDK makes itself',
      { originalTimestamp: iso(9_000), timestamp: iso(5_000) },
      {},
      5_000,
    ],
    ['originalTimestamp where it is alone', { originalTimestamp: iso(9_000) }, {}, 9_000],
    ['timestamp where it is alone', { timestamp: iso(9_000) }, {}, 9_000],
    ['a number', { timestamp: 9_000 }, {}, 9_000],
    ['receipt where there is none', {}, {}, RECEIVED_AT],
    [
      'corrected by the sentAt of a header',
      { timestamp: iso(RECEIVED_AT - 2 * HOUR) },
      { sentat: iso(RECEIVED_AT - HOUR) },
      RECEIVED_AT - HOUR,
    ],
    [
      'by that of the event before it',
      { timestamp: iso(RECEIVED_AT - 2 * HOUR), sentAt: iso(RECEIVED_AT) },
      { sentat: iso(RECEIVED_AT - HOUR) },
      RECEIVED_AT - 2 * HOUR,
    ],
    [
      'not by a sentAt before the event',
      { timestamp: iso(RECEIVED_AT - HOUR), sentAt: iso(RECEIVED_AT - 2 * HOUR) },
      {},
      RECEIVED_AT - HOUR,
    ],
    [
      'not by a sentAt that is none',
      { timestamp: iso(RECEIVED_AT - HOUR), sentAt: 'now' },
      { sentat: 'now' },
      RECEIVED_AT - HOUR,
    ],
    [
      'not by a sentAt so late that no clock meant it',
      { timestamp: iso(RECEIVED_AT - HOUR), sentAt: '9999-12-31' },
      {},
      RECEIVED_AT - HOUR,
    ],
    [
      'never after receipt, however wrong a clock is',
      { timestamp: '2199-01-01', sentAt: '2199-01-01' },
      {},
      RECEIVED_AT,
    ],
  ])('5.6 time: %s', async (_, said, headers, expected) => {
    expect(await one(track(said), {}, headers)).toMatchObject({ timestamp: expected });
  });

  it('5.6 a retry that was sent later is of the same time', async () => {
    const timestamp = iso(RECEIVED_AT - HOUR);

    const [first, retry] = await Promise.all(
      [RECEIVED_AT - 100, RECEIVED_AT - 50].map(async (at) => one(track({ timestamp, sentAt: iso(at) }))),
    );

    expect(retry).toEqual(first);
  });

  it.each([
    ['of traits', { traits: { plan: 'pro' } }, [['plan', 'pro']]],
    ['of context.traits', { context: { traits: { plan: 'pro' } } }, [['plan', 'pro']]],
    [
      'of both, where those of traits win',
      { traits: { plan: 'pro' }, context: { traits: { plan: 'free', city: 'Lyon' } } },
      [
        ['plan', 'pro'],
        ['city', 'Lyon'],
      ],
    ],
    ['of a list, which are none', { context: { traits: ['a'] } }, []],
  ])('5.7 the traits of an identify are those %s', async (_, said, expected) => {
    const { events } = await taken({ batch: [{ type: 'identify', userId: 'u1', messageId: 'm1', ...said }] });

    const [event] = events.map((each) => normaliseEvent(each, { source, receivedAt: RECEIVED_AT }));
    expect(new Map(event?.traits)).toEqual(new Map(expected.map(([name, value]) => [name, value])));
  });

  it.each(['track', 'page', 'screen', 'group', 'alias'])(
    '5.7 context.traits of a %s set nothing',
    async (type) => {
      const said = { context: { traits: { plan: 'pro' } }, traits: { plan: 'pro' } };
      const { events } = await taken({ batch: [track({ type, ...said })] });

      const [event] = events.map((each) => normaliseEvent(each, { source, receivedAt: RECEIVED_AT }));
      expect(event?.collected.context).toEqual({ traits: { plan: 'pro' } });
      expect(event?.traits).toEqual([]);
    },
  );

  it('5.8 an alias of somebody to themselves says nothing of anybody else', async () => {
    const aliases = ['u1', 'a1'].map((previousId) => ({
      type: 'alias',
      userId: 'u1',
      previousId,
      messageId: previousId,
    }));
    const { events } = await taken({ batch: aliases });

    const [self, other] = events.map((each) => normaliseEvent(each, { source, receivedAt: RECEIVED_AT }));
    expect(self).toMatchObject({ previousId: undefined, identifiers: ['userId#u1'] });
    expect(other).toMatchObject({ previousId: 'a1', identifiers: ['userId#u1', 'anonymousId#a1'] });
  });

  it('5.9 what SDKs say of themselves, and the key, are not kept', async () => {
    const event = await one(track({ _metadata: { bundled: [] }, writeKey: 'key', channel: 'web' }), {
      writeKey: 'key',
    });

    expect(
      Object.keys(Object(event)).filter((name) => ['_metadata', 'writeKey', 'channel'].includes(name)),
    ).toEqual([]);
  });

  describe('5.9 an address', () => {
    const context = (over: Said, request: { headers?: Record<string, string>; keeps?: boolean } = {}) => {
      const { ask, events } = collecting({ source: request.keeps === false ? webSource : ip });
      const body = { batch: [track({ context: over })] };
      return ask({ headers: { ...withKey, ...request.headers }, body }).then(() => events()[0]?.context);
    };
    const browser = { origin: 'https://shop.example' };

    it('is not kept unless the source says so', async () => {
      expect(
        await context({ ip: '198.51.100.7', locale: 'fr', direct: true }, { keeps: false, headers: browser }),
      ).toEqual({
        locale: 'fr',
        direct: true,
      });
    });

    it('is the one in the context where there is one', async () => {
      expect(await context({ ip: '198.51.100.7' }, { headers: browser })).toEqual({ ip: '198.51.100.7' });
    });

    it('is that of a browser, and of a call that says it is direct, and of no server', async () => {
      expect(await context({ locale: 'fr' }, { headers: browser })).toEqual({
        locale: 'fr',
        ip: '192.0.2.1',
      });
      expect(await context({ direct: true })).toEqual({ direct: true, ip: '192.0.2.1' });
      expect(await context({ locale: 'fr' })).toEqual({ locale: 'fr' });
    });

    it.each(['remove', 'stripLastOctet'])('is not kept where Jitsu’s X-IP-Policy is %s', async (policy) => {
      const headers = { ...browser, 'x-ip-policy': policy };

      expect(await context({ ip: '198.51.100.7', locale: 'fr' }, { headers })).toEqual({ locale: 'fr' });
    });
  });
});

describe('wire contract 10: ids that identify nobody', () => {
  it.each([
    ...['0', '000-000', '-1', 'x'.repeat(401), '[object Object]', '"null"', "'guest'"],
    ...['anonymous', 'guest', 'distinctid', 'distinct_id', 'id', 'not_authenticated', 'email', 'undefined'],
    ...['null', 'none', 'nan', 'true', 'false', 'unknown', 'test', 'NULL', 'Undefined'],
  ])('%s is nobody', async (value) => {
    expect(await one(track({ userId: value, anonymousId: value }))).toBe('no_user_anon_id');
    expect(await one(track({ userId: value, anonymousId: 'a1' }))).toHaveProperty('userId', undefined);
  });
});

describe('wire contract 8: what clients mean without saying it', () => {
  it('a page view before identify may come with the user of after it, and is theirs', async () => {
    expect(await one({ type: 'page', name: 'Home', userId: 'u1', anonymousId: 'a1' })).toMatchObject({
      type: 'page',
      name: 'Home',
      userId: 'u1',
      anonymousId: 'a1',
    });
  });

  it('reset gives userId null and a new visitor', async () => {
    expect(await one(track({ userId: null, anonymousId: 'a2' }))).toMatchObject({
      userId: undefined,
      anonymousId: 'a2',
    });
  });

  it('a group after identify is of its user', async () => {
    const group = { type: 'group', groupId: 'acme', userId: 'u1', anonymousId: 'a1', traits: { seats: 5 } };

    expect(await one(group)).toMatchObject({ userId: 'u1', groupId: 'acme', traits: { seats: 5 } });
  });
});
