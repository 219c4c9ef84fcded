import { describe, expect, it } from 'vitest';
import { LIMITS } from '#shared/events/limits.ts';
import { identityRules } from '#shared/identity/rules.ts';
import { IdentitySettings } from '#shared/identity/settings.ts';
import { normaliseEvent } from '#shared/profiles/normalise-event.ts';
import { collected, normalised, RECEIVED_AT, web } from '#test/support/events.ts';

const identify = (said: Parameters<typeof normalised>[0]) => normalised({ type: 'identify', ...said });

describe('normaliseEvent', () => {
  it('says whose an event is, when it was and what it is called', () => {
    const said = { userId: 'u', event: 'Viewed', timestamp: 900, originalTimestamp: 800 };

    expect(normalised(said, { ...web, identity: 'link' })).toMatchObject({
      messageId: 'm1',
      source: 'web',
      at: 900,
      originalAt: 800,
      receivedAt: RECEIVED_AT,
      name: 'Viewed',
      identifiers: ['userId#u'],
      contacts: [],
      legalEntity: 'main',
      strategy: 'link',
      market: 'fr',
      brand: 'main',
      collected: collected(said),
    });
  });

  it('names the rows of its identifiers, where it is of a company’s customer', () => {
    const { legalEntity: _, ...nobodys } = web;

    expect(normalised({ userId: 'u' }).rows).toEqual(['main#userId#u']);
    expect(normalised({ userId: 'u' }, nobodys)).toMatchObject({ identifiers: ['userId#u'], rows: [] });
  });

  it('makes one event of the copies of a message, and two of two sources’', () => {
    const { id } = normalised({ messageId: 'm1', timestamp: 1 });

    expect(normalised({ messageId: 'm1', timestamp: 2 }).id).toBe(id);
    expect(normalised({ messageId: 'm2', timestamp: 1 }).id).not.toBe(id);
    expect(normalised({ messageId: 'm1', timestamp: 1 }, { ...web, id: 'app' }).id).not.toBe(id);
  });

  it('calls a call without a name of its own by its type', () => {
    expect([normalised({ type: 'page' }).name, identify({}).name]).toEqual(['page', 'identify']);
  });

  it('recognises people as the settings say', () => {
    const identity = identityRules(IdentitySettings.parse({ blocked: [{ type: 'userId', value: 'u' }] }));
    const event = collected({ userId: 'u', anonymousId: 'a' });

    const { identifiers } = normaliseEvent(event, { source: web, receivedAt: RECEIVED_AT, identity });

    expect(identifiers).toEqual(['anonymousId#a']);
  });
});

describe('the traits of an event', () => {
  it('are those of an identify call alone', () => {
    const traits = { city: 'Lyon', email: 'ada@example.com' };

    expect(identify({ traits }).traits).toEqual(Object.entries(traits));
    expect(identify({ traits }).identifiers).toEqual(['email#ada@example.com', 'anonymousId#a1']);
    expect(normalised({ traits })).toMatchObject({ traits: [], identifiers: ['anonymousId#a1'] });
    expect(identify({}).traits).toEqual([]);
  });

  it('stand in the context too, where those of the call itself count first', () => {
    const context = { traits: { city: 'Paris', plan: 'pro' } };

    expect(identify({ traits: { city: 'Lyon' }, context }).traits).toEqual([
      ['city', 'Lyon'],
      ['plan', 'pro'],
    ]);
    expect(identify({ context }).traits).toHaveLength(2);
    for (const odd of ['Paris', null]) {
      expect(identify({ traits: { city: 'Lyon' }, context: { traits: odd } }).traits).toEqual([
        ['city', 'Lyon'],
      ]);
    }
  });

  it('have a name of a bounded length, and a value', () => {
    const longest = 'n'.repeat(LIMITS.traitNameBytes);

    expect(
      identify({ traits: { '': 1, a: undefined, b: null, [longest]: 2, [`${longest}n`]: 3 } }),
    ).toMatchObject({
      traits: [
        ['b', null],
        [longest, 2],
      ],
      refusedTraits: [],
    });
  });

  it.each([
    ['x'.repeat(LIMITS.traitBytes), false],
    ['x'.repeat(LIMITS.traitBytes + 1), true],
    ['é'.repeat(LIMITS.traitBytes / 2), false],
    [`é${'é'.repeat(LIMITS.traitBytes / 2)}`, true],
    ['€'.repeat(Math.floor(LIMITS.traitBytes / 3)), false],
    ['€'.repeat(Math.floor(LIMITS.traitBytes / 3) + 1), true],
    [['x'.repeat(LIMITS.traitBytes - 4)], false],
    [['x'.repeat(LIMITS.traitBytes - 3)], true],
    [{ a: 'x'.repeat(LIMITS.traitBytes) }, true],
    [1e300, false],
    [true, false],
  ])('of so many bytes are taken or refused: %#', (value, isRefused) => {
    const { traits, refusedTraits } = identify({ traits: { large: value, city: 'Lyon' } });

    expect(refusedTraits).toEqual(isRefused ? [{ name: 'large', reason: 'too_large' }] : []);
    expect(traits).toEqual([...(isRefused ? [] : [['large', value]]), ['city', 'Lyon']]);
  });
});

describe('the amounts of an event', () => {
  const properties = { total: 5, currency: 'EUR' };

  it('are those of a track call alone', () => {
    expect(normalised({ event: 'Order Completed', properties }).amounts).toEqual([
      { name: 'total_spent', currency: 'EUR', minor: 500 },
    ]);
    expect(normalised({ type: 'page', event: 'Order Completed', properties }).amounts).toEqual([]);
  });
});

describe('the consents of an event', () => {
  const messaging_subscriptions = [{ type: 'SMS', status: 'SUBSCRIBED' }];

  it('are those that an identify call states', () => {
    const context = { messaging_subscriptions };

    expect(identify({ context }).consents).toEqual([{ key: 'sms/marketing', status: 'granted' }]);
    expect(normalised({ context }).consents).toEqual([]);
  });

  it.each([
    [{}, 'email/marketing'],
    [{ channel: 'sms', purpose: 'news' }, 'sms/news'],
    [{ channel: 'pigeon', purpose: 'No Purpose' }, 'email/marketing'],
  ])('are denied by who unsubscribes with %j: %s', (properties, key) => {
    expect(normalised({ event: 'Unsubscribed', properties })).toMatchObject({
      consents: [{ key, status: 'denied' }],
      email: { contact: 'unsubscribed' },
    });
  });

  it('are not touched by other events, of our own or with a name that objects have', () => {
    expect(normalised({ event: 'Email Opened' })).toMatchObject({
      consents: [],
      email: { contact: 'opened' },
    });
    expect(normalised({ event: 'toString' })).toMatchObject({ consents: [], email: undefined });
    expect(normalised({ type: 'page' }).email).toBeUndefined();
  });
});
