import { LOCAL_WRITE_KEY } from '#local/local-source.ts';

/** The source that takes everything is the local stack's own. */
export const OPEN_KEY = LOCAL_WRITE_KEY;

export const PICKY_KEY = 'picky-write-key';

/** What one source plans, and takes nothing besides: of three names of events one is planned, one denied. */
export const PICKY_PLAN = {
  id: 'picky',
  name: 'Picky',
  events: {
    'Product Viewed': {
      schema: { properties: { total: { type: 'number', minimum: 0 }, currency: { enum: ['EUR', 'USD'] } } },
    },
    'Mail Opened': { schema: { properties: { mail: { type: 'string' } }, required: ['mail'] } },
  },
  identify: {
    schema: { properties: { plan: { type: 'string' }, products: { type: 'array', maxItems: 2 } } },
  },
  page: { schema: { type: 'object', properties: { total: { type: ['number', 'null'] } } } },
  unplannedEvents: 'quarantine',
  unplannedProperties: 'strip',
  violations: 'quarantine',
};

/** One that does not want some events, and some traits, and plans the others. */
export const PICKY_SOURCE = {
  id: 'picky',
  name: 'Picky',
  writeKeys: [PICKY_KEY],
  events: { deny: ['Order Completed'] },
  traits: { deny: ['total', 'email'] },
  trackingPlan: PICKY_PLAN.id,
  ip: true,
};

/** All keys that there are. */
export const KNOWN_KEYS: ReadonlySet<string> = new Set([OPEN_KEY, PICKY_KEY]);
