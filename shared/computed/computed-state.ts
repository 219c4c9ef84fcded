import * as z from 'zod';

/**
 * What is kept of one aggregate: a cell for each hour or day of its window in which something counted,
 * ascending; one cell, of bucket 0, where it has no window. What a cell is, only the aggregate's own
 * {@link Kind} knows.
 */
export const ComputedState = z.array(z.tuple([z.int(), z.unknown()]).readonly()).readonly();
export type ComputedState = z.infer<typeof ComputedState>;

/** By the key of an aggregate; nothing for those that nothing counted for. */
export type ComputedStates = Readonly<Record<string, ComputedState>>;

/** What an aggregate has come to. */
export interface Reading {
  /** Absent where nothing counted and that is no number: a sum of nothing is 0, its average is none. */
  readonly value?: unknown;
  /** Set where more was to be kept than is: the value is the least that it can be, or one of several. */
  readonly overflow?: true;
  /** The digits of a number that is too long to be exact as one. */
  readonly exact?: string;
}

/** What people kept whom one is made of, or was, and is to be without one of them. */
export interface PartsOf<T> {
  /** As they are now. */
  readonly now: T | undefined;
  /** As they are and as they were, with some who are not theirs. */
  readonly mixed: readonly T[];
  /** Certainly theirs. */
  readonly pure: readonly T[];
  /** Of the one who leaves, and of all who do. */
  readonly loser: T | undefined;
  readonly gone: readonly T[];
}

/** The same of one cell. */
export interface CellParts<C> extends PartsOf<C> {
  /** Whether what lies so far back is not kept of them any more as they are now. */
  readonly isPruned: boolean;
}

/** How one function of events is kept, joined and read. */
export interface Kind<C> {
  is(cell: unknown): cell is C;
  /** Of one person's events and another's: commutative and associative. */
  join(a: C, b: C): C;
  /** Of somebody without one whom they had absorbed; `undefined` where nothing is left. */
  separate(parts: CellParts<C>): C | undefined;
  /** Of all cells that count, the latest last. */
  read(cells: readonly C[]): Reading;
  /** Of a cell that holds times of its own, and is one for all of the window. */
  readonly times?: {
    of(cell: C): readonly number[];
    /** Without what has left the window; `undefined` where all has. */
    trim(cell: C, isLive: (at: number) => boolean): C | undefined;
  };
  /** Whether only the last cell tells anything. */
  readonly onlyLast?: true;
}

/** The cells of both, each joined with the other's of the same bucket. */
export function joinStates<C>(
  a: ComputedState,
  b: ComputedState,
  { is, join }: Pick<Kind<C>, 'is' | 'join'>,
): ComputedState {
  const joined: (readonly [number, unknown])[] = [];
  let [left, right] = [0, 0];
  for (;;) {
    const [ours, theirs] = [a[left], b[right]];
    if (ours === undefined || theirs === undefined) break;
    if (ours[0] === theirs[0]) joined.push([ours[0], join(narrow(ours[1], is), narrow(theirs[1], is))]);
    else joined.push(ours[0] < theirs[0] ? ours : theirs);
    if (ours[0] <= theirs[0]) left += 1;
    if (theirs[0] <= ours[0]) right += 1;
  }
  return [...joined, ...a.slice(left), ...b.slice(right)];
}

/** Puts what one event comes to into its bucket, which mostly is the last one. */
export function addCell<C>(
  state: ComputedState,
  [bucket, cell]: readonly [bucket: number, cell: C],
  { is, join }: Pick<Kind<C>, 'is' | 'join'>,
): ComputedState {
  const place = state.findLastIndex(([other]) => other <= bucket);
  const known = state[place];
  if (known === undefined || known[0] < bucket) return state.toSpliced(place + 1, 0, [bucket, cell]);
  return state.with(place, [bucket, join(narrow(known[1], is), cell)]);
}

/**
 * @throws {TypeError} for a cell of another function's, which cannot be under its key.
 */
export function narrow<C>(cell: unknown, is: (cell: unknown) => cell is C): C {
  if (!is(cell)) throw new TypeError('a state is not of the function that it is kept for');
  return cell;
}
