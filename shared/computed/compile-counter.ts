import { fingerprint } from '#shared/kernel/fingerprint.ts';
import { fixedPoint, readNumber } from '#shared/traits/minor.ts';
import { type Aggregate, decimalsOf, limitOf } from './aggregate.ts';
import type { Kind } from './computed-state.ts';
import { type Counter, counterOf } from './counter.ts';
import { type CountedEvent, compileFilters, readProperty } from './filter.ts';
import { type Frequencies, frequentValues } from './frequent-values.ts';
import { latestTimes } from './latest-times.ts';
import { latestValues } from './latest-values.ts';
import { extreme, register, type Timed } from './registers.ts';
import { readScalar, type Scalar } from './scalar.ts';
import { COUNT, readAverage, readTotal, sumKind } from './tallies.ts';
import { bucketsOf } from './window.ts';

/** Makes an aggregate functions, once, so that an event only calls closures. */
export function compileCounter(aggregate: Aggregate, timeZone: string): Counter {
  const { property = '', window } = aggregate;
  const value = readProperty(property);
  const places = decimalsOf(aggregate);
  const buckets = window && bucketsOf(window, timeZone);
  const limit = limitOf(aggregate);
  const of = <C>(kind: Kind<C>, cellOf: (event: CountedEvent) => C | undefined): Counter =>
    counterOf({ kind, cellOf, buckets, counts: counts(aggregate) });

  /** One entry a function: how it is kept, and what one event comes to. */
  const make: { readonly [K in Aggregate['function']]: () => Counter } = {
    count: () => of(COUNT, () => 1),
    sum: () => of(sumKind(readTotal(places)), (event) => summand(value(event), places)),
    average: () => of(sumKind(readAverage(places)), (event) => summand(value(event), places)),
    min: () => of(extreme(-1), (event) => readNumber(value(event))),
    max: () => of(extreme(1), (event) => readNumber(value(event))),
    first: () => of(register(-1), (event) => timed(event, value(event))),
    last: () => of(register(1), (event) => timed(event, value(event))),
    uniqueCount: () =>
      of(
        latestValues(limit, (values) => values.length),
        (event) => listed(timed(event, shortened(value(event)))),
      ),
    uniqueList: () =>
      of(
        latestValues(limit, (values) => values),
        (event) => listed(timed(event, value(event))),
      ),
    mostFrequent: () => of(frequentValues(limit), (event) => once(readScalar(value(event)))),
    firstTime: () => of(extreme(-1), ({ at }) => at),
    lastTimes: () => of(latestTimes(limit), ({ at }) => [at]),
  };
  return make[aggregate.function]();
}

const summand = (value: unknown, places: number): readonly [number, 1] | undefined => {
  const fixed = fixedPoint(value, { places });
  return fixed === undefined ? undefined : [fixed, 1];
};

function timed({ at }: CountedEvent, value: unknown): Timed | undefined {
  const scalar = readScalar(value);
  return scalar === undefined ? undefined : [at, scalar];
}

const once = (value: Scalar | undefined): Frequencies | undefined =>
  value === undefined ? undefined : [0, [[value, 1]]];

const listed = <T>(entry: T | undefined): readonly T[] | undefined =>
  entry === undefined ? undefined : [entry];

/** How many letters of 64 a value counts by: of 500 values two are alike once in two thousand million people. */
const SHORT = 8;

/** A short name of a value, by which it is counted without being kept. */
function shortened(value: unknown): string | undefined {
  const scalar = readScalar(value);
  return scalar === undefined ? undefined : fingerprint(JSON.stringify(scalar)).slice(0, SHORT);
}

/** Whether an event of the aggregate's name counts. */
function counts({
  where = [],
  period: { from = 0, to = Infinity } = {},
}: Aggregate): (event: CountedEvent) => boolean {
  const passes = compileFilters(where);
  return (event) => event.at >= from && event.at < to && passes(event);
}
