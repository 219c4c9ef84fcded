import { type Random, seededRandom } from './random.ts';
import { type Call, type Traffic, trafficOf } from './traffic.ts';

const CUSTOMERS = 320;
const VISITORS = 90;
const DAYS = 60;
const DAY_MS = 86_400_000;
const CURRENCY = 'EUR';

/** A call before it has its message id, with whose it is in truth. */
interface Moment {
  readonly identifier: string;
  readonly call: Omit<Call, 'messageId'>;
}

/**
 * Two months of a shop with a site, an app and a till, up to a moment: visitors who never say who they
 * are, customers who browse, sign up, log in on a second device, buy on the web and in the shop, and
 * choose what mail they want. The same seed and moment give the same calls, message ids included.
 */
export function shopTraffic({ seed, until }: { readonly seed: number; readonly until: number }): Traffic {
  const random = seededRandom(seed);
  const moments: Moment[] = [];
  for (let n = 1; n <= VISITORS; n++) moments.push(...visitor(n, { random, until }));
  for (let n = 1; n <= CUSTOMERS; n++) moments.push(...customer(n, { random, until }));
  moments.sort((a, b) => a.call.timestamp.getTime() - b.call.timestamp.getTime());
  const calls = moments.map(({ identifier, call }, index) => ({
    identifier,
    call: { ...call, messageId: `shop-${seed}-${index}` },
  }));
  return trafficOf(calls, CURRENCY);
}

interface Scene {
  readonly random: Random;
  readonly until: number;
}

function visitor(n: number, { random, until }: Scene): Moment[] {
  const anonymousId = `visitor-${n}`;
  const clock = clockFrom(until - random.integer(1, DAYS) * DAY_MS);
  return browse({ anonymousId }, random.integer(2, 6), { random, clock }).map((call) => ({
    identifier: `anonymousId:${anonymousId}`,
    call,
  }));
}

function customer(n: number, { random, until }: Scene): Moment[] {
  const number = String(n).padStart(3, '0');
  const userId = `customer-${number}`;
  const email = `${userId}@example.com`;
  const clock = clockFrom(until - random.integer(20, DAYS) * DAY_MS);
  // Two customers share a tablet, and stay two: a device never makes two known users one
  const phone = n <= 2 ? 'shared-tablet' : `phone-${number}`;
  const laptop = `laptop-${number}`;
  const calls: Omit<Call, 'messageId'>[] = [];

  calls.push(...browse({ anonymousId: laptop }, random.integer(2, 5), { random, clock }));
  const city = random.pick(['Lyon', 'Paris', 'Lille', 'Nantes']);
  const subscribed = random.chance(0.6);
  calls.push({
    type: 'identify',
    userId,
    anonymousId: laptop,
    timestamp: clock(),
    traits: { email, city, plan: 'free' },
    subscribed,
    context: subscriptions(email, subscribed),
  });
  calls.push({ type: 'track', event: 'Signed Up', userId, anonymousId: laptop, timestamp: clock() });

  const isOnPhone = random.chance(0.4) || phone === 'shared-tablet';
  const device = isOnPhone ? phone : laptop;
  if (isOnPhone) {
    const before = n <= 2 ? { userId, anonymousId: phone } : { anonymousId: phone };
    calls.push(...browse(before, random.integer(1, 3), { random, clock }));
    calls.push({ type: 'identify', userId, anonymousId: phone, timestamp: clock(), traits: { email } });
  }
  for (let order = random.integer(0, 3); order > 0; order--) {
    calls.push(...buy({ userId, anonymousId: device }, 'web', { random, clock }));
  }
  if (random.chance(0.3)) calls.push(...buyInShop(number, email, { random, clock }));
  if (subscribed && random.chance(0.15)) {
    calls.push({
      type: 'identify',
      userId,
      anonymousId: device,
      timestamp: clock(),
      traits: {},
      subscribed: false,
      context: subscriptions(email, false),
    });
  }
  return calls.map((call) => ({ identifier: `userId:${userId}`, call }));
}

type Who = Pick<Call, 'userId' | 'anonymousId'>;
interface Visit {
  readonly random: Random;
  readonly clock: () => Date;
}

function browse(who: Who, pages: number, { random, clock }: Visit): Omit<Call, 'messageId'>[] {
  return Array.from({ length: pages }, (_, page) =>
    page === 0
      ? { type: 'page', name: 'Home', ...who, timestamp: clock() }
      : {
          type: 'track',
          event: 'Product Viewed',
          ...who,
          timestamp: clock(),
          properties: { product_id: `sku-${random.integer(1, 40)}`, currency: CURRENCY },
        },
  );
}

function buy(who: Who, channel: 'web' | 'shop', { random, clock }: Visit): Omit<Call, 'messageId'>[] {
  const price = random.integer(500, 9_999) / 100;
  const product = { product_id: `sku-${random.integer(1, 40)}`, price, quantity: 1 };
  const added = {
    type: 'track',
    event: 'Product Added',
    ...who,
    timestamp: clock(),
    properties: product,
  } as const;
  const ordered = {
    type: 'track',
    event: 'Order Completed',
    ...who,
    timestamp: clock(),
    properties: { total: price, currency: CURRENCY, channel, products: [product] },
  } as const;
  return channel === 'web' ? [added, ordered] : [ordered];
}

/** The till knows nobody but the address that is given for the receipt, as it was typed. */
function buyInShop(number: string, email: string, visit: Visit): Omit<Call, 'messageId'>[] {
  const anonymousId = `receipt-${number}`;
  const asTyped = ` ${email.toUpperCase()} `;
  return [
    { type: 'identify', anonymousId, timestamp: visit.clock(), traits: { email: asTyped } },
    ...buy({ anonymousId }, 'shop', visit),
  ];
}

const subscriptions = (email: string, subscribed: boolean) => ({
  messaging_subscriptions: [
    { key: email, type: 'EMAIL', status: subscribed ? 'SUBSCRIBED' : 'UNSUBSCRIBED' },
  ],
});

function clockFrom(start: number): () => Date {
  let at = start;
  return () => {
    at += 61_000;
    return new Date(at);
  };
}
