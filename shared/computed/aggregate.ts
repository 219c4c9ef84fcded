import * as z from 'zod';
import { EpochMs } from '#shared/events/event.ts';
import { LIMITS } from '#shared/events/limits.ts';
import { fingerprint } from '#shared/kernel/fingerprint.ts';
import { stableJson } from '#shared/traits/json-order.ts';
import { Filter, PropertyPath } from './filter.ts';
import { Window } from './window.ts';

/** What computed traits are made by. */
export const ComputedFunction = z.enum([
  'count',
  'sum',
  'min',
  'max',
  'average',
  'first',
  'last',
  'uniqueCount',
  'uniqueList',
  'mostFrequent',
]);
export type ComputedFunction = z.infer<typeof ComputedFunction>;

/** The same, and what only conditions ask: when something happened first, and the last few times. */
export const AggregateFunction = z.enum([...ComputedFunction.options, 'firstTime', 'lastTimes']);
export type AggregateFunction = z.infer<typeof AggregateFunction>;

const OF_NO_PROPERTY: readonly AggregateFunction[] = ['count', 'firstTime', 'lastTimes'];
const WITH_DECIMALS: readonly AggregateFunction[] = ['sum', 'average'];
const TIMES: readonly AggregateFunction[] = ['firstTime', 'lastTimes'];

/** How many decimals of each value a sum takes where it does not say so. */
export const DEFAULT_DECIMALS = 2;
export const MAX_DECIMALS = 6;
export const MAX_FILTERS = 10;

interface Bound {
  readonly default: number;
  readonly most: number;
}

/** How many values, or times, a function keeps; a function that is not here keeps one. */
export const KEPT: Readonly<Partial<Record<AggregateFunction, Bound>>> = {
  uniqueCount: { default: 100, most: 500 },
  uniqueList: { default: 20, most: 50 },
  mostFrequent: { default: 20, most: 50 },
  lastTimes: { default: 1, most: 20 },
};

const FIELDS = {
  /** A track call's name; `page`, `screen`, `identify` … for the other calls. */
  event: z.string().min(1).max(LIMITS.nameLength),
  where: z.array(Filter).min(1).max(MAX_FILTERS).optional(),
  property: PropertyPath.optional(),
  decimals: z.int().min(0).max(MAX_DECIMALS).optional(),
  window: Window.optional(),
  limit: z.int().positive().optional(),
};

interface Shape {
  readonly function: AggregateFunction;
  readonly property?: string | undefined;
  readonly decimals?: number | undefined;
  readonly window?: Window | undefined;
  readonly limit?: number | undefined;
}

/** What one field asks of another, with the place of the fault. */
function faultsOf({ function: name, property, decimals, window, limit }: Shape): readonly Fault[] {
  const { most = 0 } = KEPT[name] ?? {};
  const faults: readonly (Fault | false)[] = [
    (property === undefined) !== OF_NO_PROPERTY.includes(name) && {
      path: 'property',
      message: property === undefined ? `${name} needs a property` : `goes not with ${name}`,
    },
    decimals !== undefined &&
      !WITH_DECIMALS.includes(name) && { path: 'decimals', message: `goes not with ${name}` },
    window !== undefined && TIMES.includes(name) && { path: 'window', message: `goes not with ${name}` },
    limit !== undefined &&
      limit > most && {
        path: 'limit',
        message: most === 0 ? `goes not with ${name}` : `at most ${most} with ${name}`,
      },
  ];
  return faults.filter((fault) => fault !== false);
}

interface Fault {
  readonly path: string;
  readonly message: string;
}

/** Refuses what does not go together. */
export function refuseMismatch(shape: Shape, context: z.RefinementCtx): void {
  for (const { path, message } of faultsOf(shape)) {
    context.addIssue({ code: 'custom', path: [path], message });
  }
}

/** What a computed trait counts, as a definition says it. */
export const COMPUTED_FIELDS = { ...FIELDS, function: ComputedFunction };

/**
 * What is kept of a person's events: a function of those of one name that meet all filters, over all
 * time or over a window.
 */
export const Aggregate = z
  .strictObject({
    ...FIELDS,
    function: AggregateFunction,
    /** Only what happened from this time on, and before that one. */
    period: z.strictObject({ from: EpochMs.optional(), to: EpochMs.optional() }).optional(),
  })
  .superRefine(refuseMismatch);
export type Aggregate = z.infer<typeof Aggregate>;

/** How many values, or times, an aggregate keeps. */
export const limitOf = ({ function: name, limit }: Pick<Aggregate, 'function' | 'limit'>): number =>
  limit ?? KEPT[name]?.default ?? 1;

/** How many decimals an aggregate counts exactly. */
export const decimalsOf = ({ decimals }: Pick<Aggregate, 'decimals'>): number => decimals ?? DEFAULT_DECIMALS;

/**
 * Whether something must be kept for an aggregate. How often each event happened, and when first and
 * last, is known of everybody from the first day.
 */
export function needsState({ function: name, where, window, period, limit }: Aggregate): boolean {
  if (where !== undefined || window !== undefined || period !== undefined) return true;
  if (name === 'lastTimes') return limitOf({ function: name, limit }) > 1;
  return name !== 'count' && name !== 'firstTime';
}

/** Whether an aggregate depends on where days begin. */
export const isOfDays = ({ window }: Pick<Aggregate, 'window'>): boolean =>
  window !== undefined && 'days' in window;

/**
 * One text for all aggregates that keep the same: what is spelt out though it is the default, or stands
 * in another order, makes no other. Days are those of a time zone.
 */
export function contentKey(aggregate: Aggregate, timeZone: string): string {
  const { event, where, property, window, period } = aggregate;
  const name = aggregate.function;
  return fingerprint(
    stableJson({
      event,
      where: where?.map(stableJson).sort(),
      // An average keeps what a sum keeps
      function: name === 'average' ? 'sum' : name,
      property,
      decimals: WITH_DECIMALS.includes(name) ? decimalsOf(aggregate) : undefined,
      limit: KEPT[name] === undefined ? undefined : limitOf(aggregate),
      window,
      period,
      timeZone: isOfDays(aggregate) ? timeZone : undefined,
    }),
  );
}
