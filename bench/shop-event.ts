import type { Random } from '#demo/random.ts';

export interface Device {
  readonly anonymousId: string;
  readonly locale: string;
  readonly isPhone: boolean;
}

/** Who says something, where and when. */
export interface Moment {
  readonly person: number;
  readonly userId: string | undefined;
  readonly device: Device;
  readonly at: number;
  readonly isIdentify: boolean;
  readonly random: Random;
}

/** An event as an SDK serialized it. */
export interface Said {
  readonly at: number;
  readonly json: string;
}

type Json = Readonly<Record<string, unknown>>;

const SITE = 'https://shop.example';
const PRODUCTS = 400;

const DESKTOP =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';

/**
 * One call of a shop's site in the form of analytics.js 2: pages, the browsing and ordering events of
 * Segment's e-commerce spec, and identify calls with the traits of a sign-up form.
 */
export function shopEvent(moment: Moment): Said {
  const { person, userId, device, at, isIdentify, random } = moment;
  const product = random.integer(1, PRODUCTS);
  const said = isIdentify ? identify(person, random) : browse(product, random);
  const path = said.type === 'page' || product % 3 === 0 ? `/c/${product % 20}` : `/p/${product}`;
  const event = {
    timestamp: new Date(at).toISOString(),
    integrations: {},
    ...said,
    context: {
      ...contextOf(device, path, random),
      ...(isIdentify && { messaging_subscriptions: [choice(random)] }),
    },
    messageId: `ajs-next-${at}-${uuid(random)}`,
    ...(userId !== undefined && { userId }),
    anonymousId: device.anonymousId,
    _metadata: { bundled: ['Segment.io'], unbundled: [], bundledIds: [] },
  };
  return { at, json: JSON.stringify(event) };
}

/** A random id of version 4, as browsers make them. */
export function uuid(random: Random): string {
  const hex = Array.from({ length: 8 }, () => random.integer(0, 0xffff).toString(16).padStart(4, '0')).join(
    '',
  );
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

function contextOf({ locale, isPhone }: Device, path: string, random: Random): Json {
  return {
    page: {
      path,
      referrer: random.chance(0.3) ? 'https://www.google.com/' : '',
      search: '',
      title: 'Shop',
      url: SITE + path,
    },
    userAgent: isPhone ? PHONE : DESKTOP,
    locale,
    library: { name: 'analytics.js', version: 'npm:next-1.84.3' },
    ...(random.chance(0.1) && { campaign: { name: 'spring', source: 'newsletter', medium: 'email' } }),
    timezone: 'Europe/Paris',
  };
}

function identify(person: number, random: Random): Json & { readonly type: string } {
  return {
    type: 'identify',
    userId: `user-${person}`,
    traits: {
      email: `Person.${person}@Example.com`,
      firstName: random.pick(['Ada', 'Grace', 'Alan', 'Edsger', 'Barbara']),
      lastName: random.pick(['Martin', 'Bernard', 'Petit', 'Robert', 'Durand']),
      phone: `+3361${String(person).padStart(7, '0')}`,
      plan: random.pick(['free', 'gold', 'silver']),
      newsletter: random.chance(0.6),
    },
  };
}

const choice = (random: Random): Json => ({
  key: 'email',
  type: 'EMAIL',
  status: random.chance(0.6) ? 'SUBSCRIBED' : 'UNSUBSCRIBED',
});

function browse(product: number, random: Random): Json & { readonly type: string } {
  const drawn = random.integer(1, 100);
  if (drawn <= 35) return { type: 'page', name: 'Catalogue', properties: pageProperties(product) };
  if (drawn <= 70) return track('Product Viewed', productOf(product));
  if (drawn <= 80) return track('Products Searched', { query: `shoes ${product}`, results: product % 40 });
  if (drawn <= 90)
    return track('Product Added', { cart_id: `cart-${product}`, ...productOf(product), quantity: 1 });
  if (drawn <= 94) return track('Checkout Started', { ...orderOf(product, random), step: 1 });
  return track('Order Completed', orderOf(product, random));
}

const track = (event: string, properties: Json) => ({ type: 'track', event, properties });

const pageProperties = (product: number): Json => ({
  name: 'Catalogue',
  category: `c${product % 20}`,
  path: `/c/${product % 20}`,
  referrer: '',
  search: '',
  title: 'Shop',
  url: `${SITE}/c/${product % 20}`,
});

const productOf = (product: number): Json => ({
  product_id: `p-${product}`,
  sku: `SKU-${100_000 + product}`,
  name: `Trail shoe ${product}`,
  category: `c${product % 20}`,
  price: 10 + (product % 90) + 0.9,
  currency: 'EUR',
});

function orderOf(product: number, random: Random): Json {
  const products = Array.from({ length: random.integer(1, 3) }, (_, index) => ({
    ...productOf(((product + 7 * index) % PRODUCTS) + 1),
    quantity: random.integer(1, 2),
  }));
  const cents = products.reduce((sum, { quantity }, index) => sum + quantity * (1_990 + index * 100), 0);
  return { order_id: `o-${uuid(random)}`, total: cents / 100, tax: 3.2, currency: 'EUR', products };
}
