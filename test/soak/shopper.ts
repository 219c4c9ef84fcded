import type { Random } from '#demo/random.ts';

/** A call of the tracking spec, as it is sent. */
export interface Call {
  readonly type: 'track' | 'identify';
  readonly messageId: string;
  readonly timestamp: string;
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly event?: string;
  readonly traits?: Readonly<Record<string, unknown>>;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** Somebody who comes, looks, tells who they are, comes back on another device, and buys. */
export interface Shopper {
  /** Key of an identifier that is theirs alone. */
  readonly key: string;
  /** What they do next; nothing when they are done. */
  next(at: number): Call | undefined;
}

type Who = Pick<Call, 'userId' | 'anonymousId' | 'traits'>;

/** Calls of one person, some of which only together show that they are one. */
export function openShopper(n: number, random: Random): Shopper {
  const userId = `soak-${n}`;
  const [laptop, phone] = [`laptop-${n}`, `phone-${n}`];
  const isKnown = random.chance(0.7);
  const who = function* (): Generator<Who> {
    for (let views = random.integer(1, 8); views > 0; views--) yield { anonymousId: laptop };
    if (!isKnown) return;
    // the second device stays a person of its own until it is told whose it is
    for (let views = random.integer(0, 8); views > 0; views--) yield { anonymousId: phone };
    yield { userId, anonymousId: laptop, traits: { email: `${userId}@example.com` } };
    for (let calls = random.integer(0, 30); calls > 0; calls--) {
      yield random.pick<Who>([{ userId, anonymousId: laptop }, { anonymousId: phone }, { userId }]);
    }
    yield { userId, anonymousId: phone };
  };
  const script = who();
  let sent = 0;
  return {
    key: isKnown ? `userId#${userId}` : `anonymousId#${laptop}`,
    next(at) {
      const { value, done } = script.next();
      if (done) return undefined;
      const common = {
        ...value,
        messageId: `${userId}-${sent++}`,
        timestamp: new Date(at - random.integer(0, 7_200_000)).toISOString(),
      };
      if (value.traits !== undefined) return { ...common, type: 'identify' };
      if (random.chance(0.8)) return { ...common, type: 'track', event: 'Product Viewed' };
      const total = random.integer(100, 9_999) / 100;
      return { ...common, type: 'track', event: 'Order Completed', properties: { total, currency: 'EUR' } };
    },
  };
}
