import { type ComputedRules, computedRules } from '#shared/computed/computed-rules.ts';
import { aggregateOf, ComputedTrait } from '#shared/computed/computed-trait.ts';
import { NO_REGISTRY, nextRegistry } from '#shared/computed/registry.ts';

const orders = { event: 'Order Completed' };
const views = { event: 'Product Viewed' };
const days = { window: { days: 30 } };

/** One computed trait of each function, and of each window, as a shop would ask for it. */
export const SHOP_TRAITS: readonly ComputedTrait[] = [
  { id: 'views-24-hours', ...views, function: 'count', window: { hours: 24 } },
  { id: 'views-30-days', ...views, function: 'count', ...days },
  { id: 'spent', ...orders, function: 'sum', property: 'total' },
  { id: 'spent-30-days', ...orders, function: 'sum', property: 'total', ...days },
  { id: 'largest-order', ...orders, function: 'max', property: 'total' },
  { id: 'first-order', ...orders, function: 'first', property: 'order_id' },
  { id: 'last-viewed', ...views, function: 'last', property: 'name' },
  { id: 'products-viewed', ...views, function: 'uniqueCount', property: 'product_id' },
  { id: 'last-categories', ...views, function: 'uniqueList', property: 'category', limit: 5 },
  { id: 'category', ...views, function: 'mostFrequent', property: 'category', limit: 10 },
].map((trait) => ComputedTrait.parse({ name: trait.id, ...trait }));

/** What counts these, from the beginning. */
export function countingTraits(traits: readonly ComputedTrait[]): ComputedRules {
  const timeZone = 'Europe/Paris';
  const registry = nextRegistry(NO_REGISTRY, { wanted: traits.map(aggregateOf), timeZone, since: 0 });
  return computedRules({ wanted: [], traits, registry, timeZone });
}
