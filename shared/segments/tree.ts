import type { EpochMs } from '#shared/events/event.ts';
import type { Truth } from '#shared/kernel/truth.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { Explanation } from '#shared/profiles/definitions.ts';
import type { Field, Leaf, Next, Test } from './leaf.ts';

/** A condition compiled, with all that is in it. */
export interface Node {
  readonly test: Test;
  /** `true` just where `test` is; otherwise it may end as soon as it cannot become so. */
  readonly holds: Test;
  /** Absent where time alone changes nothing. */
  readonly next?: Next;
  readonly reads: readonly Field[];
  readonly explain: (person: Person, now: EpochMs) => Explanation;
}

/** A condition that has no others in it. */
export function leafNode(leaf: Leaf, said: { readonly kind: string; readonly asks: unknown }): Node {
  const { test, next, reads, saw, countedSince } = leaf;
  return {
    test,
    holds: test,
    ...(next !== undefined && { next }),
    reads,
    explain: (person, now) => ({
      ...said,
      holds: spell(test(person, now)),
      saw: saw(person, now),
      ...changeOf(next, person, now),
      ...(countedSince !== undefined && { countedSince }),
    }),
  };
}

/** Holds where all parts do; where one does not, it does not, known or not what the others are. */
export const allOf = (parts: readonly Node[]): Node => combine('all', parts, false);

/** Holds where a part does, known or not what the others are. */
export const anyOf = (parts: readonly Node[]): Node => combine('any', parts, true);

/** @param decisive what a part must be to decide alone. */
function combine(kind: 'all' | 'any', parts: readonly Node[], decisive: boolean): Node {
  const tests = parts.map(({ test }) => test);
  const holds = parts.map((part) => part.holds);

  function test(person: Person, now: EpochMs): Truth {
    let isKnown = true;
    for (const one of tests) {
      const truth = one(person, now);
      if (truth === decisive) return decisive;
      if (truth === undefined) isKnown = false;
    }
    return isKnown ? !decisive : undefined;
  }

  const next = parts.some((part) => part.next !== undefined) ? nextOfParts(parts, decisive) : undefined;
  return {
    test,
    holds: decisive ? someHold(holds) : everyHold(holds),
    ...(next !== undefined && { next }),
    reads: parts.flatMap(({ reads }) => reads),
    explain: (person, now) => ({
      kind,
      holds: spell(test(person, now)),
      ...changeOf(next, person, now),
      parts: parts.map((part) => part.explain(person, now)),
    }),
  };
}

/**
 * As long as one part decides, it does not matter what becomes of the others: of those that decide, the
 * one that does so the longest counts. Where none does, every part can change the answer.
 */
function nextOfParts(parts: readonly Node[], decisive: boolean): Next {
  const timeless = parts.flatMap(({ next, test }) => (next === undefined ? [test] : []));
  const timed = parts.flatMap(({ next, test }) => (next === undefined ? [] : [{ next, test }]));
  return function nextOfThem(person, now) {
    for (const test of timeless) if (test(person, now) === decisive) return undefined;
    let longest: EpochMs | undefined;
    let soonest: EpochMs | undefined;
    for (const { test, next } of timed) {
      const at = next(person, now);
      if (test(person, now) !== decisive) {
        if (at !== undefined && (soonest === undefined || at < soonest)) soonest = at;
        continue;
      }
      if (at === undefined) return undefined;
      if (longest === undefined || at > longest) longest = at;
    }
    return longest ?? soonest;
  };
}

/** Holds where the part is known not to; nothing is known of it where nothing is of the part. */
export function notOf(part: Node): Node {
  const test: Test = (person, now) => {
    const truth = part.test(person, now);
    return truth === undefined ? undefined : !truth;
  };
  return {
    test,
    holds: (person, now) => part.test(person, now) === false,
    ...(part.next !== undefined && { next: part.next }),
    reads: part.reads,
    explain: (person, now) => ({
      kind: 'not',
      holds: spell(test(person, now)),
      ...changeOf(part.next, person, now),
      parts: [part.explain(person, now)],
    }),
  };
}

/** Whether somebody is in a group, or is not: who is not known to be in it is not in it. */
export function memberOf(
  segment: Node,
  { id, member }: { readonly id: string; readonly member: boolean },
): Node {
  const test: Test = (person, now) => (segment.holds(person, now) === true) === member;
  return {
    test,
    holds: test,
    ...(segment.next !== undefined && { next: segment.next }),
    reads: segment.reads,
    explain: (person, now) => ({
      kind: 'segment',
      asks: { id, member },
      holds: spell(test(person, now)),
      ...changeOf(segment.next, person, now),
      parts: [segment.explain(person, now)],
    }),
  };
}

/** The earliest of some times, those left out that never come. */
export function earliest(times: readonly (EpochMs | undefined)[]): EpochMs | undefined {
  let least: EpochMs | undefined;
  for (const time of times) if (time !== undefined && (least === undefined || time < least)) least = time;
  return least;
}

const spell = (truth: Truth): Explanation['holds'] => truth ?? 'unknown';

function changeOf(next: Next | undefined, person: Person, now: EpochMs): Pick<Explanation, 'nextChange'> {
  const at = next?.(person, now);
  return at === undefined ? {} : { nextChange: at };
}

/** By fours, each called directly: a loop over closures costs as much again as they do. */
function everyHold(tests: readonly Test[]): Test {
  const [a = yes, b = yes, c = yes, d = yes, ...others] = tests;
  if (tests.length <= 1) return a;
  if (tests.length === 2) return (person, now) => a(person, now) === true && b(person, now) === true;
  const four: Test = (person, now) =>
    a(person, now) === true && b(person, now) === true && c(person, now) === true && d(person, now) === true;
  if (others.length === 0) return four;
  const rest = everyHold(others);
  return (person, now) =>
    a(person, now) === true &&
    b(person, now) === true &&
    c(person, now) === true &&
    d(person, now) === true &&
    rest(person, now) === true;
}

function someHold(tests: readonly Test[]): Test {
  const [a = no, b = no, c = no, d = no, ...others] = tests;
  if (tests.length <= 1) return a;
  if (tests.length === 2) return (person, now) => a(person, now) === true || b(person, now) === true;
  const rest = others.length === 0 ? no : someHold(others);
  return (person, now) =>
    a(person, now) === true ||
    b(person, now) === true ||
    c(person, now) === true ||
    d(person, now) === true ||
    rest(person, now) === true;
}

const yes: Test = () => true;
const no: Test = () => false;
