import { own } from '#shared/kernel/own.ts';
import { addMinor, negateMinor } from '#shared/traits/minor.ts';
import type { Activity, EventCount, Person } from './activity.ts';
import { boundEvents } from './fold.ts';

type Counted = Pick<Activity, 'events' | 'otherEvents'>;

/** Who a survivor is made of, as `unmerge.ts` finds out. */
export interface Parts {
  /** The survivor as stored, with what is to go. */
  readonly now: Person;
  /** The one who is to go, as they were. */
  readonly loser: Person;
  /** The survivor as they were before merges that are undone, earliest first; at least before this one. */
  readonly own: readonly [Person, ...Person[]];
  /** Whom the survivor has absorbed since the earliest of these, and keeps. */
  readonly kept: readonly Person[];
  /** Whom they have absorbed since then and do not keep: `loser`, and those who went before. */
  readonly gone: readonly Person[];
}

/**
 * The survivor's event counts without those of the loser: exact, since counts only add.
 *
 * When an event happened first and last is known of the loser and of the survivor as they were, and
 * of what happened since only where it lies beyond both.
 */
export function separateEvents(parts: Parts): Counted {
  const { now, loser, own: mine, kept } = parts;
  const before = [mine[0], ...kept].map(({ activity }) => activity.events);
  const events: Record<string, EventCount> = {};
  let otherEvents = now.activity.otherEvents - loser.activity.otherEvents;
  for (const [name, theirs] of Object.entries(loser.activity.events)) {
    if (!Object.hasOwn(now.activity.events, name)) otherEvents -= theirs.count;
  }
  for (const [name, { count }] of Object.entries(now.activity.events)) {
    const left = count - (own(loser.activity.events, name)?.count ?? 0);
    if (left > 0) events[name] = { count: left, ...separateTimes(parts, name) };
  }
  // Names of the survivor that gave way to the loser's come back out of `otherEvents`
  for (const name of new Set(before.flatMap((counts) => Object.keys(counts)))) {
    if (Object.hasOwn(now.activity.events, name)) continue;
    const known = before.map((counts) => own(counts, name)).filter((one) => one !== undefined);
    const count = known.reduce((sum, one) => sum + one.count, 0);
    otherEvents -= count;
    events[name] = {
      count,
      first: least(known.map(({ first }) => first)),
      last: most(known.map(({ last }) => last)),
    };
  }
  return boundEvents({ events, otherEvents });
}

function separateTimes(
  { now, own: mine, kept, gone }: Parts,
  name: string,
): Pick<EventCount, 'first' | 'last'> {
  const of = ({ activity }: Person): readonly EventCount[] => {
    const count = own(activity.events, name);
    return count === undefined ? [] : [count];
  };
  const pure = [mine[0], ...kept].flatMap(of);
  const taken = gone.flatMap(of);
  const seen = [now, ...mine].flatMap(of);
  return {
    first: separateLeast({
      pure: pure.map(({ first }) => first),
      taken: taken.map(({ first }) => first),
      seen: seen.map(({ first }) => first),
    }),
    last: -separateLeast({
      pure: pure.map(({ last }) => -last),
      taken: taken.map(({ last }) => -last),
      seen: seen.map(({ last }) => -last),
    }),
  };
}

/**
 * The least of what was the survivor's own: what is known to be theirs, or what only the mixed person
 * had. Where nothing is known to be theirs, that of the mixed person bounds it.
 */
export function separateLeast({
  pure,
  taken,
  seen,
}: Readonly<Record<'pure' | 'taken' | 'seen', readonly number[]>>): number {
  const lowest = least(seen);
  return lowest < least([...pure, ...taken]) || pure.length === 0 ? lowest : least(pure);
}

const least = (values: readonly number[]): number =>
  values.reduce((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER);
const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0);

/** The survivor's sums without those of the loser: exact too. */
export function separateSums({ now, loser, own: mine, kept }: Parts): Activity['sums'] {
  const isTheirs = (name: string, currency: string): boolean =>
    [mine[0], ...kept].some(({ activity }) => own(own(activity.sums, name) ?? {}, currency) !== undefined);
  const sums: Activity['sums'] = {};
  for (const [name, amounts] of Object.entries(now.activity.sums)) {
    const theirs = own(loser.activity.sums, name) ?? {};
    const left = Object.entries(amounts)
      .map(
        ([currency, minor]) => [currency, addMinor(minor, negateMinor(own(theirs, currency) ?? 0))] as const,
      )
      // A sum of nothing stays where the survivor had it, and where something that is not the loser's makes it
      .filter(
        ([currency, minor]) => minor !== 0 || isTheirs(name, currency) || own(theirs, currency) === undefined,
      );
    if (left.length > 0) sums[name] = Object.fromEntries(left);
  }
  return sums;
}

/** How many events a person's counts hold. */
export const eventTotal = ({ events, otherEvents }: Counted): number =>
  Object.values(events).reduce((sum, { count }) => sum + count, otherEvents);
