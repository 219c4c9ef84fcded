import fc from 'fast-check';
import { EventType } from '#shared/events/event.ts';

/** One call of a client, less what tells it from every other. */
export interface Call {
  readonly type: EventType;
  readonly who: 'user' | 'visitor' | 'both';
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** By the sender's clock, and how much later it is sent. */
  readonly at: number;
  readonly waitedMs: number;
}

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 22, 12);

const payload = fc.oneof(
  fc.constant({}),
  fc.record({
    total: fc.constantFrom(0, 1, 29.33, -5, 1e21),
    currency: fc.constantFrom('EUR', 'USD', 'eur'),
    products: fc.array(fc.record({ sku: fc.constantFrom('a', 'b'), price: fc.nat(100) }), { maxLength: 3 }),
  }),
  fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }),
);

export const call: fc.Arbitrary<Call> = fc.record({
  type: fc.constantFrom(...EventType.options),
  who: fc.constantFrom('user', 'visitor', 'both'),
  name: fc.constantFrom('Product Viewed', 'Order Completed', 'Home', 'Email Bounced', 'été ☀️'),
  payload,
  at: fc.integer({ min: NOW - 400 * DAY_MS, max: NOW + DAY_MS }),
  waitedMs: fc.constantFrom(0, 13, 5_000, DAY_MS),
});

const textAt = (at: number): string => new Date(at).toISOString();

/** What all clients say of a call alike: whose it is, and its own fields. `id` is no other call's. */
export function fieldsOf({ type, who, name, payload }: Call, id: string): Record<string, unknown> {
  const userId = `user-${id}`;
  return {
    type,
    ...(who !== 'visitor' && { userId }),
    ...(who !== 'user' && { anonymousId: `visitor-${id}` }),
    ...(type === 'track' && { event: name, properties: payload }),
    ...((type === 'page' || type === 'screen') && { name, properties: payload }),
    ...(type === 'identify' && { traits: { ...payload, email: `${id}@example.com` } }),
    ...(type === 'group' && { groupId: 'company-1', traits: payload }),
    ...(type === 'alias' && { userId, previousId: `visitor-${id}` }),
  };
}

/** Its times, under the names that a client has for them. */
export const timesOf = ({ at, waitedMs }: Call, name: 'timestamp' | 'originalTimestamp') => ({
  [name]: textAt(at),
  sentAt: textAt(at + waitedMs),
});
