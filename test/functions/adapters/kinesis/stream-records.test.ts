import { describe, expect, it } from 'vitest';
import { streamRecords } from '#functions/adapters/kinesis/stream-records.ts';
import type { CollectedEvent } from '#shared/events/event.ts';
import { Pid } from '#shared/events/event.ts';
import { web } from '#test/support/events.ts';

const common = { source: web, receivedAt: 1 };
const event = (said: Partial<CollectedEvent>): CollectedEvent => ({
  type: 'track',
  messageId: 'm1',
  timestamp: 1,
  event: 'Bought',
  ...said,
});
const keyOf = (said: Partial<CollectedEvent>) => streamRecords([event(said)], common)[0]?.partitionKey;
const external = (type: string, id: string) => ({
  externalIds: [{ id, type, collection: 'users', encoding: 'none' }],
});

describe('the key of a record', () => {
  it.each([
    ['the user id', { userId: 'u1', anonymousId: 'a1', context: external('card', '7') }, 'userId#u1'],
    ['else the anonymous id', { anonymousId: 'a1', traits: { email: 'ada@example.com' } }, 'anonymousId#a1'],
    ['else the first external id', { context: external('card', '7'), traits: { email: 'e' } }, 'card#7'],
    ['else the address', { traits: { email: 'ada@example.com', phone: '+1' } }, 'email#ada@example.com'],
    [
      'which is the same one said as an external id',
      { context: external('email', 'ada@example.com') },
      'email#ada@example.com',
    ],
    ['else the phone number', { traits: { phone: '+33612345678' } }, 'phone#+33612345678'],
    ['else the message', { traits: { name: 'Ada' } }, 'messageId#m1'],
  ])('is %s', (_, said, key) => {
    expect(keyOf(said)).toBe(key);
  });

  it('is the person, where the events are addressed to one', () => {
    const person = { pid: Pid.parse('p1') };

    expect(streamRecords([event({ userId: 'u1' })], { ...common, person })[0]?.partitionKey).toBe('pid#p1');
  });

  it('keeps what is said under one key in one record, in order', () => {
    const said = [
      event({ userId: 'u1', messageId: '1' }),
      event({ userId: 'u2', messageId: '2' }),
      event({ userId: 'u1', messageId: '3' }),
    ];

    const records = streamRecords(said, common);

    expect(
      records.map(({ partitionKey, record }) => [
        partitionKey,
        record.events.map(({ messageId }) => messageId),
      ]),
    ).toEqual([
      ['userId#u1', ['1', '3']],
      ['userId#u2', ['2']],
    ]);
  });
});
