import type { CollectedEvent } from '#shared/events/event.ts';
import { minorUnits } from './money.ts';

/** One addition to a sum: `name` by currency, in minor units. */
export interface Amount {
  readonly name: string;
  readonly currency: string;
  readonly minor: number;
}

/**
 * The computed traits that every person has from the first day, as sums over an event's property.
 * `Order Completed` and its `total` and `currency` are Segment's e-commerce spec.
 */
const SUMS = [{ name: 'total_spent', event: 'Order Completed', property: 'total' }] as const;

const SUMS_OF: ReadonlyMap<string | undefined, readonly (typeof SUMS)[number][]> = Map.groupBy(
  SUMS,
  ({ event }) => event,
);

const NOTHING: readonly never[] = [];

const DEFAULT_CURRENCY = 'USD';

/** What an event adds to the sums; nothing for an amount or a currency that cannot be read. */
export function amountsOf({
  event,
  properties,
}: Pick<CollectedEvent, 'event' | 'properties'>): readonly Amount[] {
  const sums = SUMS_OF.get(event);
  if (sums === undefined || properties === undefined) return NOTHING;
  return sums.flatMap(({ name, property }) => {
    const currency =
      typeof properties.currency === 'string' ? properties.currency.toUpperCase() : DEFAULT_CURRENCY;
    const minor = minorUnits(properties[property], currency);
    return minor === undefined ? [] : [{ name, currency, minor }];
  });
}
