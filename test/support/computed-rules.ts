import { Aggregate } from '#shared/computed/aggregate.ts';
import { type ComputedRules, computedRules } from '#shared/computed/computed-rules.ts';
import type { ComputedTrait } from '#shared/computed/computed-trait.ts';
import { NO_REGISTRY, nextRegistry } from '#shared/computed/registry.ts';

interface Counting {
  readonly traits?: readonly ComputedTrait[];
  readonly timeZone?: string;
  readonly since?: number;
}

/** Rules that count these aggregates, as if they had been asked for at `since`. */
export function counting(
  wanted: readonly Aggregate[],
  { traits = [], timeZone = 'UTC', since = 0 }: Counting = {},
): ComputedRules {
  const all = [...wanted, ...traits.map(({ id: _, name: __, ...aggregate }) => aggregate)];
  const registry = nextRegistry(NO_REGISTRY, { wanted: all, timeZone, since });
  return computedRules({ wanted, traits, registry, timeZone });
}

/** Aggregates of every kind of cell over the orders of `history`, of all time and of windows. */
export const OF_EACH_KIND: ComputedRules = counting(
  [
    { function: 'count' as const, window: { days: 2 } },
    { function: 'sum' as const, property: 'total', window: { hours: 20 } },
    { function: 'min' as const, property: 'total', window: { days: 2 } },
    { function: 'last' as const, property: 'currency', window: { days: 2 } },
    { function: 'uniqueList' as const, property: 'total', limit: 2, window: { hours: 20 } },
    { function: 'mostFrequent' as const, property: 'total', limit: 2 },
    { function: 'lastTimes' as const, limit: 2 },
  ].map((aggregate) =>
    Aggregate.parse({
      ...aggregate,
      event: 'Order Completed',
      where: [{ property: 'total', exists: true }],
    }),
  ),
);
