import fc from 'fast-check';
import type { CollectedEvent } from '#shared/events/event.ts';
import { collected, web } from '#test/support/events.ts';
import type { Request } from './stream.ts';

const HOUR_MS = 3_600_000;
const BEGIN = Date.UTC(2026, 10, 1);

/** When the first request of a history is received. */
export const SENT_AT = BEGIN + 5 * HOUR_MS;

export type Said = Partial<CollectedEvent>;

/** Three people, of whom nobody shares anything with another: so no limit is hit. */
const apart: readonly Said[] = [
  { anonymousId: 'a1' },
  { anonymousId: 'a2' },
  { userId: 'u1' },
  { userId: 'u1', anonymousId: 'a1' },
  { userId: 'u1', anonymousId: 'a2' },
  { anonymousId: 'a2', traits: { email: 'ada@example.com' }, type: 'identify' },
  { userId: 'u1', traits: { email: 'ada@example.com', plan: 'pro' }, type: 'identify' },
  { anonymousId: 'b1' },
  { userId: 'u2', anonymousId: 'b1' },
  { userId: 'u2', traits: { plan: 'free' }, type: 'identify' },
  { anonymousId: 'c1' },
  // points at nobody
  { anonymousId: 'guest' },
];

/** Two known people and a third, on devices and an address that they share: limits are hit all the time. */
const together: readonly Said[] = [
  { userId: 'u1', anonymousId: 'a1' },
  { userId: 'u2', anonymousId: 'a1' },
  { userId: 'u1', traits: { email: 'home@example.com' }, type: 'identify' },
  { userId: 'u2', traits: { email: 'home@example.com' }, type: 'identify' },
  { anonymousId: 'a2', traits: { email: 'home@example.com' }, type: 'identify' },
  { anonymousId: 'a1' },
  { anonymousId: 'a2' },
  { userId: 'u2', anonymousId: 'a2' },
  { userId: 'u1', anonymousId: 'a3' },
  { anonymousId: 'a3', traits: { email: 'home@example.com' }, type: 'identify' },
];

const what = fc.constantFrom<Said>(
  { event: 'Viewed' },
  { event: 'Order Completed', properties: { total: 1.1, currency: 'EUR' } },
  { event: 'Order Completed', properties: { total: 29.33, currency: 'EUR' } },
);

/** Times of three different hours, of which many are equal; some clients send none. */
const at = fc.integer({ min: 0, max: 5 }).map((n): Said => {
  const timestamp = BEGIN + (n % 5) * 0.6 * HOUR_MS;
  return n === 5 ? { timestamp, originalTimestamp: undefined } : { timestamp };
});

export function historyOf(people: readonly Said[], most = 9): fc.Arbitrary<readonly Request[]> {
  const event = fc
    .record({ who: fc.constantFrom(...people), what, at })
    .map(({ who, what, at }): Said => ({ ...(who.type === undefined && what), ...who, ...at }));
  const request = fc.array(event, { minLength: 1, maxLength: 4 });
  /** So many events of one person that their ids are spilled. */
  const burst = fc
    .tuple(fc.constantFrom(...people), fc.array(fc.tuple(what, at), { minLength: 14, maxLength: 26 }))
    .map(([who, events]) =>
      events.map(([said, time]): Said => ({ ...(who.type === undefined && said), ...who, ...time })),
    );
  return fc
    .record({
      requests: fc.array(fc.oneof({ weight: 6, arbitrary: request }, { weight: 1, arbitrary: burst }), {
        minLength: Math.min(2, most),
        maxLength: most,
        size: 'max',
      }),
      /** What a client sends again: from which of its requests on, how many events, and when. */
      resends: fc.array(
        fc.record({ from: fc.nat(40), count: fc.integer({ min: 1, max: 30 }), before: fc.nat(12) }),
        {
          maxLength: 3,
        },
      ),
    })
    .map(({ requests, resends }) => withResends(named(requests), resends));
}

/** People whom nothing of anybody else's touches: their history comes to one state, however it arrives. */
export const HISTORY_APART = historyOf(apart);

const eventful: readonly (readonly Said[])[] = [
  [{ anonymousId: 'a1' }, { userId: 'u2', anonymousId: 'b1' }, { anonymousId: 'guest' }],
  Array.from({ length: 20 }, (_, n) => ({ userId: 'u1', timestamp: BEGIN + (n % 3) * 0.6 * HOUR_MS })),
  [{ userId: 'u1' }, { anonymousId: 'a2' }],
  Array.from({ length: 6 }, () => ({ userId: 'u1', event: 'Order Completed', timestamp: BEGIN })),
  [{ userId: 'u1', anonymousId: 'a1' }],
  [{ userId: 'u1', anonymousId: 'a2' }],
  [{ anonymousId: 'a1' }, { userId: 'u2', traits: { plan: 'pro' }, type: 'identify' }],
];

/**
 * One history in which everything happens that makes another kind of call: ids are spilled, people turn out
 * to be one, rows are mended that point at who was absorbed, old messages come again, one points at nobody.
 */
export const EVENTFUL: readonly Request[] = withResends(
  named(eventful.map((request) => request.map((said) => ({ timestamp: BEGIN + HOUR_MS, ...said })))),
  [{ from: 4, count: 3, before: 4 }],
);

/** What the person of the eventful history does later: so much that all ids of before are spilled. */
export const LATER: readonly Request[] = [
  {
    source: web,
    receivedAt: SENT_AT + 100_000,
    events: Array.from({ length: 60 }, (_, n) =>
      collected({ userId: 'u1', messageId: `later${n}`, timestamp: SENT_AT + n }),
    ),
  },
  {
    source: web,
    receivedAt: SENT_AT + 200_000,
    events: [collected({ userId: 'u1', messageId: 'last', timestamp: SENT_AT + 100 })],
  },
];

/** Two known people on one device: whom an event is about and whose it is are not the same. */
export const SHARED: readonly Request[] = withResends(
  named([
    [{ userId: 'u1', anonymousId: 'a1' }],
    [{ userId: 'u2' }, { userId: 'u2', anonymousId: 'a1' }],
    [{ userId: 'u1' }, { anonymousId: 'a1' }],
    [{ userId: 'u2', anonymousId: 'a1' }],
  ]),
  [],
);

/** One person on three devices, each of which goes on while they turn out to be the person's. */
export const TOGETHER_AT_ONCE: readonly Request[] = withResends(
  named([
    [{ anonymousId: 'a1' }, { anonymousId: 'a2' }, { anonymousId: 'a3' }, { userId: 'u1' }],
    [{ anonymousId: 'a1' }, { anonymousId: 'a2' }, { anonymousId: 'a3' }],
    [{ userId: 'u1', anonymousId: 'a1' }],
    [{ anonymousId: 'a1' }, { anonymousId: 'a2' }, { anonymousId: 'a3' }],
    [{ userId: 'u1', anonymousId: 'a2' }, { anonymousId: 'a3' }],
    [{ anonymousId: 'a1' }, { anonymousId: 'a2' }, { userId: 'u1', anonymousId: 'a3' }],
  ]),
  [],
);

/** People who share devices and an address: whose an event is may depend on what arrives first. */
export const HISTORY_TOGETHER = historyOf(together);

function named(requests: readonly (readonly Said[])[]): readonly (readonly CollectedEvent[])[] {
  let message = 0;
  return requests.map((request) => request.map((said) => collected({ ...said, messageId: `m${message++}` })));
}

interface Resend {
  readonly from: number;
  readonly count: number;
  readonly before: number;
}

/** A client that got no answer sends again what it sent, in other requests than before. */
function withResends(
  first: readonly (readonly CollectedEvent[])[],
  resends: readonly Resend[],
): readonly Request[] {
  const sent = first.flat();
  const requests = [...first];
  for (const { from, count, before } of resends) {
    const start = from % sent.length;
    const again = sent.slice(start, start + count);
    const last = again.at(-1);
    // it cannot be sent again before it was sent
    const earliest = first.findIndex((request) => last !== undefined && request.includes(last)) + 1;
    requests.splice(Math.min(requests.length, earliest + before), 0, again);
  }
  return requests.map((events, n) => ({
    source: web,
    receivedAt: SENT_AT + n * 1_000,
    events,
  }));
}
