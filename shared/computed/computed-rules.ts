import type { EpochMs } from '#shared/events/event.ts';
import { own } from '#shared/kernel/own.ts';
import { type Aggregate, contentKey, isOfDays, needsState } from './aggregate.ts';
import { compileCounter } from './compile-counter.ts';
import { aggregateOf, type ComputedTrait } from './computed-trait.ts';
import type { Counter } from './counter.ts';
import { LIBRARY_AGGREGATES } from './library.ts';
import { NO_REGISTRY, type Registry } from './registry.ts';
import { DEFAULT_TIME_ZONE } from './workspace-settings.ts';

/** An aggregate that is counted, and can be read of a person. */
export interface AggregateRef {
  /** Of its states; absent for what is known of everybody without one. */
  readonly key?: string;
  /** What happened before is not counted; 0 for what is counted from the first day. */
  readonly since: EpochMs;
  readonly aggregate: Aggregate;
  readonly counter: Counter;
}

/** An aggregate of which something is kept. */
export interface CountedRef extends AggregateRef {
  readonly key: string;
}

/** What is counted of people's events, as of one version of the definitions. */
export interface ComputedRules {
  /** What an event of a name may count for; mostly nothing. */
  readonly byEvent: ReadonlyMap<string, readonly CountedRef[]>;
  /** By the key of its states: a state of no such key is dropped. */
  readonly byKey: ReadonlyMap<string, CountedRef>;
  /** Computed traits by id. */
  readonly named: ReadonlyMap<string, AggregateRef>;
  /** How an aggregate is read; `undefined` for one that is not counted. */
  find(aggregate: Aggregate): AggregateRef | undefined;
}

export interface RulesOptions {
  /** All that the definitions ask for. */
  readonly wanted: readonly Aggregate[];
  readonly traits: readonly ComputedTrait[];
  readonly registry: Registry;
  readonly timeZone: string;
}

/** Compiles what one version of the catalog asks for. */
export function computedRules({ wanted, traits, registry, timeZone }: RulesOptions): ComputedRules {
  const byContent = new Map<string, CountedRef>();
  const put = (aggregate: Aggregate, { key, since }: Pick<CountedRef, 'key' | 'since'>): void => {
    const counter = compileCounter(aggregate, timeZone);
    byContent.set(contentKey(aggregate, timeZone), { key, since, aggregate, counter });
  };
  for (const [key, aggregate] of Object.entries(LIBRARY_AGGREGATES)) {
    if (registry.hasMoved !== true || !isOfDays(aggregate)) put(aggregate, { key, since: 0 });
  }
  const others = [...wanted, ...traits.map(aggregateOf), ...Object.values(LIBRARY_AGGREGATES)];
  for (const aggregate of others) {
    const registered = own(registry.aggregates, contentKey(aggregate, timeZone));
    if (registered === undefined) continue;
    put(aggregate, { key: registered.gen.toString(36), since: registered.since });
  }

  function find(aggregate: Aggregate): AggregateRef | undefined {
    const counter = compileCounter(aggregate, timeZone);
    if (!needsState(aggregate)) return { since: 0, aggregate, counter };
    const counted = byContent.get(contentKey(aggregate, timeZone));
    return counted && { key: counted.key, since: counted.since, aggregate, counter };
  }

  const counted = [...byContent.values()];
  return {
    byEvent: Map.groupBy(counted, ({ aggregate }) => aggregate.event),
    byKey: new Map(counted.map((ref) => [ref.key, ref])),
    named: new Map(
      traits.flatMap((trait) => {
        const ref = find(aggregateOf(trait));
        return ref === undefined ? [] : [[trait.id, ref]];
      }),
    ),
    find,
  };
}

/** What counts where nothing is defined. */
export const NO_AGGREGATES: ComputedRules = computedRules({
  wanted: [],
  traits: [],
  registry: NO_REGISTRY,
  timeZone: DEFAULT_TIME_ZONE,
});
