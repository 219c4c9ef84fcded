import {
  addCell,
  type CellParts,
  type ComputedState,
  joinStates,
  type Kind,
  narrow,
  type PartsOf,
  type Reading,
} from './computed-state.ts';
import type { CountedEvent } from './filter.ts';
import type { Buckets } from './window.ts';

/** The states of people whom one is made of. */
export interface StateParts extends PartsOf<ComputedState> {
  /** When they were last seen, as they are now. */
  readonly lastSeenAt: number;
}

/** An aggregate made functions. */
export interface Counter {
  /** The state with an event, which has the aggregate's name; as it was where the event does not count. */
  add(state: ComputedState | undefined, event: CountedEvent): ComputedState | undefined;
  join(a: ComputedState, b: ComputedState): ComputedState;
  /** Without one whom they had absorbed. */
  separate(parts: StateParts): ComputedState;
  /** Without what had left the window when somebody was last seen, which no order of their events changes. */
  prune(state: ComputedState, lastSeenAt: number): ComputedState;
  read(state: ComputedState | undefined, now: number): Reading;
  /** When something leaves the window, ascending. */
  expiries(state: ComputedState): readonly number[];
}

interface CounterOptions<C> {
  readonly kind: Kind<C>;
  /** What an event comes to that counts; nothing for one without the property. */
  readonly cellOf: (event: CountedEvent) => C | undefined;
  /** Of the window, where there is one. */
  readonly buckets: Buckets | undefined;
  readonly counts: (event: CountedEvent) => boolean;
}

/** The bucket of what has no window. */
const WHOLE = 0;

/** Keeps one kind of cell by hour or day, or one for all time. */
export function counterOf<C>({ kind, cellOf, buckets, counts }: CounterOptions<C>): Counter {
  const { is, times } = kind;
  const inCells = times === undefined ? buckets : undefined;
  const cellsOf = (state: ComputedState): readonly C[] => state.map(([, cell]) => narrow(cell, is));
  const last = (state: ComputedState): ComputedState => (kind.onlyLast ? state.slice(-1) : state);

  function live(state: ComputedState, now: number): ComputedState {
    if (buckets === undefined) return state;
    const first = buckets.firstAt(now);
    if (times === undefined) {
      return state.every(([bucket]) => bucket >= first) ? state : state.filter(([bucket]) => bucket >= first);
    }
    const [cell] = cellsOf(state);
    const left = cell && times.trim(cell, (at) => buckets.of(at) >= first);
    if (left === cell) return state;
    return left === undefined ? [] : [[WHOLE, left]];
  }

  return {
    add(state, event) {
      const cell = counts(event) ? cellOf(event) : undefined;
      if (cell === undefined) return state;
      return last(addCell(state ?? [], [inCells?.of(event.at) ?? WHOLE, cell], kind));
    },

    join: (a, b) => last(joinStates(a, b, kind)),

    separate(parts) {
      const first = inCells?.firstAt(parts.lastSeenAt) ?? WHOLE;
      const found = [...parts.mixed, ...parts.pure].flatMap((state) => state.map(([bucket]) => bucket));
      const cells = [...new Set(found)]
        .sort((a, b) => a - b)
        .flatMap((bucket) => {
          const cell = kind.separate({ ...partsAt(parts, bucket, is), isPruned: bucket < first });
          return cell === undefined ? [] : [[bucket, cell] as const];
        });
      return last(cells);
    },

    prune: live,

    read: (state = [], now) => kind.read(cellsOf(live(state, now))),

    expiries(state) {
      if (buckets === undefined) return [];
      const found =
        times === undefined
          ? state.map(([bucket]) => bucket)
          : cellsOf(state).flatMap((cell) => times.of(cell).map(buckets.of));
      return [...new Set(found.map(buckets.leavesAt))].sort((a, b) => a - b);
    },
  };
}

function partsAt<C>(
  { now, mixed, pure, loser, gone }: StateParts,
  bucket: number,
  is: (cell: unknown) => cell is C,
): Omit<CellParts<C>, 'isPruned'> {
  const at = (state: ComputedState | undefined): readonly C[] =>
    (state ?? []).flatMap(([other, cell]) => (other === bucket ? [narrow(cell, is)] : []));
  return {
    now: at(now)[0],
    mixed: mixed.flatMap(at),
    pure: pure.flatMap(at),
    loser: at(loser)[0],
    gone: gone.flatMap(at),
  };
}
