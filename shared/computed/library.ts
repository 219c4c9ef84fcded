import type { Aggregate } from './aggregate.ts';

/**
 * What is counted of everybody from the first day, whatever is defined, by the key of its states: what
 * ready definitions ask for. A key is never given to another aggregate.
 */
export const LIBRARY_AGGREGATES: Readonly<Record<string, Aggregate>> = {
  /** Whether somebody came back after long. */
  A: { event: 'Order Completed', function: 'lastTimes', limit: 2 },
  /** Purchases in a shop, and on the web. */
  B: {
    event: 'Order Completed',
    where: [{ property: 'channel', in: ['shop', 'store', 'pos'] }],
    function: 'count',
  },
  C: {
    event: 'Order Completed',
    where: [{ property: 'channel', in: ['web', 'online', 'app'] }],
    function: 'count',
  },
  /** Mails of the last days. */
  D: { event: 'Email Delivered', function: 'count', window: { days: 7 } },
};
