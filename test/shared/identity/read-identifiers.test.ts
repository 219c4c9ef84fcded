import { describe, expect, it } from 'vitest';
import type { CollectedEvent } from '#shared/events/event.ts';
import type { SourceStamp } from '#shared/events/stream-record.ts';
import { readIdentifiers } from '#shared/identity/read-identifiers.ts';
import { identityRules } from '#shared/identity/rules.ts';
import { IdentitySettings } from '#shared/identity/settings.ts';

type Settings = Parameters<typeof IdentitySettings.parse>[0];

const event = (said: Partial<CollectedEvent>): CollectedEvent => ({
  type: 'track',
  messageId: 'm',
  timestamp: 1,
  ...said,
});

function read(
  said: Partial<CollectedEvent>,
  {
    traits,
    settings = {},
    source = { country: 'FR' },
  }: {
    readonly traits?: Readonly<Record<string, unknown>>;
    readonly settings?: Settings;
    readonly source?: Pick<SourceStamp, 'country' | 'identity'>;
  } = {},
) {
  const identity = identityRules(IdentitySettings.parse(settings));
  return readIdentifiers(event(said), traits, { source, identity });
}

const device = { device: { id: 'd1' } };
const cards = (...ids: string[]) => ({ externalIds: ids.map((id) => ({ id, type: 'card' })) });

describe('readIdentifiers', () => {
  it('reads addresses that a provider takes for one mailbox as one, where the settings say so', () => {
    const traits = { email: 'A.da+shop@Gmail.com' };
    const context = { externalIds: [{ id: 'a.da@googlemail.com', type: 'email' }] };
    const settings = { emailProviderRules: true };

    expect(read({ type: 'identify' }, { traits }).identifiers).toEqual(['email#a.da+shop@gmail.com']);
    expect(read({ type: 'identify' }, { traits, settings }).identifiers).toEqual(['email#ada@gmail.com']);
    expect(read({ context }, { settings }).identifiers).toEqual(['email#ada@gmail.com']);
  });

  it('reads what an event says of its person, strongest first and in its normal form', () => {
    const traits = { email: 'Ada@Example.com', phone: '06 12 34 56 78' };

    expect(read({ userId: ' u7 ', anonymousId: 'a1' }, { traits })).toEqual({
      identifiers: ['userId#u7', 'email#ada@example.com', 'phone#+33612345678', 'anonymousId#a1'],
      contacts: [],
      previousId: undefined,
    });
  });

  it.each([
    { userId: 'guest' },
    { context: { externalIds: 'card' } },
    { context: { externalIds: {} } },
    { context: { device: 'd1' } },
    { context: { device: {} } },
    { context: {} },
  ])('reads nobody in %j', (said) => {
    expect(read(said, { settings: { ignored: [] } }).identifiers).toEqual([]);
  });

  it('reads nobody in addresses that are none, or no text', () => {
    expect(read({}, { traits: { email: 7, phone: ['06 12 34 56 78'] } }).identifiers).toEqual([]);
    expect(read({}, { traits: { email: 'ada' } }).identifiers).toEqual([]);
  });

  it('counts a device where the settings do not pass it over, and in whatever order they say', () => {
    const said = { anonymousId: 'a1', context: device };

    expect(read(said).identifiers).toEqual(['anonymousId#a1']);
    expect(read(said, { settings: { ignored: [] } }).identifiers).toEqual(['anonymousId#a1', 'deviceId#d1']);
    expect(read(said, { settings: { ignored: [], priority: ['userId', 'deviceId'] } }).identifiers).toEqual([
      'deviceId#d1',
      'anonymousId#a1',
    ]);
  });

  it('puts external ids where their type belongs, each once', () => {
    const said = { userId: 'u', anonymousId: 'a', context: cards('2', '1', '2') };

    expect(read(said).identifiers).toEqual([
      'userId#u',
      'externalId:card#2',
      'externalId:card#1',
      'anonymousId#a',
    ]);
    expect(
      read(said, { settings: { priority: ['userId', 'anonymousId', 'externalId'] } }).identifiers,
    ).toEqual(['userId#u', 'anonymousId#a', 'externalId:card#2', 'externalId:card#1']);
  });

  it('takes an e-mail for one, whether it is said as a trait, as an external id, or as both', () => {
    const context = { externalIds: [{ id: 'ADA@example.com', type: 'email' }] };

    expect(read({ context }).identifiers).toEqual(['email#ada@example.com']);
    expect(read({ context }, { traits: { email: 'ada@example.com' } }).identifiers).toEqual([
      'email#ada@example.com',
    ]);
  });

  it('reads of an isolated source the strongest alone', () => {
    const said = { userId: 'u', anonymousId: 'a' };

    expect(read(said, { source: { identity: 'isolate' } }).identifiers).toEqual(['userId#u']);
    expect(read(said, { source: { identity: 'link' } }).identifiers).toEqual(['userId#u', 'anonymousId#a']);
  });

  it('tells addresses that only reach the person from what points at them', () => {
    const settings: Settings = { contactOnly: ['email', 'phone'] };
    const said = {
      userId: 'u',
      context: {
        externalIds: [
          { id: 'bob@example.com', type: 'email' },
          { id: 'ada@example.com', type: 'email' },
          { id: '1', type: 'card' },
        ],
      },
    };

    expect(read(said, { settings, traits: { phone: '0612345678', email: 'ada@example.com' } })).toMatchObject(
      {
        identifiers: ['userId#u', 'externalId:card#1'],
        contacts: ['email#ada@example.com', 'phone#+33612345678', 'email#bob@example.com'],
      },
    );
  });

  it('passes over values that the settings block, of every kind', () => {
    const blocked = [
      { type: 'email' as const, value: 'Till@Example.com' },
      { type: 'externalId:card' as const, value: '0815' },
      { type: 'userId' as const, value: 'demo' },
    ];
    const said = { userId: 'demo', anonymousId: 'a', context: cards('0815', '4711') };
    const traits = { email: 'till@example.com' };

    expect(read(said, { settings: { blocked }, traits }).identifiers).toEqual([
      'externalId:card#4711',
      'anonymousId#a',
    ]);
  });
});

describe('readIdentifiers of an alias', () => {
  const alias = { type: 'alias' as const, userId: 'u2', previousId: 'old' };

  it('takes the id before for a browser’s, and tells it', () => {
    expect(read({ ...alias, anonymousId: 'a' })).toMatchObject({
      identifiers: ['userId#u2', 'anonymousId#old'],
      previousId: 'old',
    });
  });

  it.each([
    { ...alias, previousId: 'u2' },
    { type: 'alias' as const, previousId: 'old' },
    { ...alias, type: 'track' as const },
  ])('knows of no id before in %j', (said) => {
    const { identifiers, previousId } = read({ ...said, anonymousId: 'a' });

    expect(identifiers.at(-1)).toBe('anonymousId#a');
    expect(previousId).toBeUndefined();
  });
});
