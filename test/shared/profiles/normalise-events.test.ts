import { describe, expect, it } from 'vitest';
import type { CollectedEvent } from '#shared/events/event.ts';
import { normaliseEvent, normaliseEvents } from '#shared/profiles/normalise-event.ts';
import { collected, RECEIVED_AT, web } from '#test/support/events.ts';

const options = { source: web, receivedAt: RECEIVED_AT };
const pair = (a: Partial<CollectedEvent>, b: Partial<CollectedEvent>) =>
  [a, b].map((said, index) =>
    collected({ userId: 'u1', anonymousId: 'a1', ...said, messageId: `m${index}` }),
  );

describe('normaliseEvents', () => {
  it.each<{ name: string; a: Partial<CollectedEvent>; b: Partial<CollectedEvent> }>([
    { name: 'two of one visitor', a: {}, b: { type: 'page' } },
    { name: 'two with a context', a: { context: { page: {} } }, b: { context: {} } },
  ])('gives $name one list of identifiers', ({ a, b }) => {
    const events = pair(a, b);

    const [first, second] = normaliseEvents(events, options);

    expect(second?.identifiers).toBe(first?.identifiers);
    expect([first, second]).toEqual(events.map((event) => normaliseEvent(event, options)));
  });

  it.each<{ name: string; a: Partial<CollectedEvent>; b: Partial<CollectedEvent> }>([
    { name: 'another user', a: {}, b: { userId: 'u2' } },
    { name: 'no user', a: {}, b: { userId: undefined } },
    { name: 'another browser', a: {}, b: { anonymousId: 'a2' } },
    { name: 'traits', a: { type: 'identify', traits: { email: 'ada@example.com' } }, b: {} },
    { name: 'traits after', a: {}, b: { type: 'identify', traits: { email: 'ada@example.com' } } },
    { name: 'an alias', a: {}, b: { type: 'alias', previousId: 'a2' } },
    { name: 'a device', a: {}, b: { context: { device: { id: 'd1' } } } },
    { name: 'a card', a: { context: { externalIds: [{ type: 'card', id: '7' }] } }, b: {} },
  ])('reads the identifiers of an event anew that may have others: $name', ({ a, b }) => {
    const events = pair(a, b);

    const [first, second] = normaliseEvents(events, options);

    expect(second?.identifiers).not.toBe(first?.identifiers);
    expect([first, second]).toEqual(events.map((event) => normaliseEvent(event, options)));
  });
});
