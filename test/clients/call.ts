type Value = string | number | boolean | Json;
export interface Json {
  readonly [name: string]: Value | Value[];
}

/** A call as it can be made of any of the SDKs, less whom it is about. */
export type Call =
  | { readonly type: 'identify'; readonly traits: Json }
  | { readonly type: 'track'; readonly event: string; readonly properties: Json }
  | { readonly type: 'page' | 'screen'; readonly name: string; readonly properties: Json }
  | { readonly type: 'group'; readonly groupId: string; readonly traits: Json }
  /** Says what the person was known by before. */
  | { readonly type: 'alias'; readonly previousId: string };

/** Whom a run of calls is about. */
export interface Who {
  readonly userId: string;
  readonly anonymousId: string;
}

/** Where an SDK sends to: all that a user of one has to change. */
export interface Destination {
  readonly url: string;
  readonly writeKey: string;
}

/** What one person says and does, with one of each call, and values that are easily mangled on their way. */
export const callsOf = ({ userId }: Who): readonly Call[] => [
  { type: 'page', name: 'Home', properties: { campaign: 'Été à 50 % 🌞', depth: 1 } },
  {
    type: 'identify',
    traits: {
      email: `${userId}@example.com`,
      city: 'Orléans',
      loyal: true,
      visits: 42,
      sizes: ['38', '40'],
      address: { street: '1, rue de l’Église', postalCode: '45000' },
    },
  },
  {
    type: 'track',
    event: 'Product Viewed',
    properties: { product_id: 'sku-7', price: 12.5, inStock: false },
  },
  {
    type: 'track',
    event: 'Order Completed',
    properties: {
      order_id: `order-of-${userId}`,
      total: 24.5,
      currency: 'EUR',
      products: [{ product_id: 'sku-7', price: 12.25, quantity: 2 }],
    },
  },
  { type: 'screen', name: 'Basket', properties: { items: 2 } },
  { type: 'group', groupId: 'club', traits: { name: 'The Club', members: 1200 } },
  { type: 'alias', previousId: `${userId}-before` },
];

/** By the name that its event is counted under. */
export const nameOf = (call: Call): string => (call.type === 'track' ? call.event : call.type);

/** An SDK that was told where to send. */
export interface Speaker {
  /** Waits only for what the SDK itself makes its users wait for. */
  say(call: Call): unknown;
  /** Ends when all that was said has been sent, or given up. */
  finish(): Promise<unknown>;
}
