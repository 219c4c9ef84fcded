import * as z from 'zod';
import { EpochMs } from '#shared/events/event.ts';
import { own } from '#shared/kernel/own.ts';
import { type Aggregate, contentKey, isOfDays, needsState } from './aggregate.ts';
import { LIBRARY_AGGREGATES } from './library.ts';
import { DEFAULT_TIME_ZONE } from './workspace-settings.ts';

/** When an aggregate began to be counted, and the number that its states go by, which no other ever had. */
export const Registered = z.strictObject({ since: EpochMs, gen: z.int().positive() });
export type Registered = z.infer<typeof Registered>;

/**
 * Which aggregates are counted, by content key: just those that the definitions of now ask for, and since
 * when each was asked for without a break.
 */
export const Registry = z.strictObject({
  aggregates: z.record(z.string(), Registered),
  /** The last number that was given. */
  gen: z.int().nonnegative(),
  /** Whether days have ever begun elsewhere than by default: then the library's are counted as all others. */
  hasMoved: z.literal(true).optional(),
});
export type Registry = z.infer<typeof Registry>;

export const NO_REGISTRY: Registry = { aggregates: {}, gen: 0 };

interface Change {
  /** All that the definitions ask for after the change. */
  readonly wanted: readonly Aggregate[];
  readonly timeZone: string;
  /** From when on everybody counts by them. */
  readonly since: EpochMs;
}

/**
 * The registry after a change of the definitions. What goes away and comes back is counted anew, under
 * another number, so that what was kept of it before is never taken for what is kept now.
 */
export function nextRegistry(before: Registry, { wanted, timeZone, since }: Change): Registry {
  const hasMoved = before.hasMoved === true || timeZone !== DEFAULT_TIME_ZONE;
  const library = Object.values(LIBRARY_AGGREGATES);
  const keyOf = (aggregate: Aggregate): string => contentKey(aggregate, timeZone);
  const implied = new Set(library.filter((one) => !hasMoved || !isOfDays(one)).map(keyOf));
  const needed = [...wanted.filter(needsState), ...library].map(keyOf).filter((key) => !implied.has(key));
  let { gen } = before;
  const aggregates: Record<string, Registered> = {};
  for (const key of [...new Set(needed)].sort()) {
    const known = own(before.aggregates, key);
    if (known === undefined) gen += 1;
    aggregates[key] = known ?? { since, gen };
  }
  return { aggregates, gen, ...(hasMoved && { hasMoved }) };
}
