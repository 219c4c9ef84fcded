import { isJson, type Json } from '#shared/events/json.ts';
import type { Violation } from './violation.ts';

/** What is removed may leave something else unmet; more often than this, nobody would know what is left. */
const ROUNDS = 10;

/**
 * A copy of a payload without the parts that its schema refuses, or nothing where that is no way to meet
 * it: something that is asked for is missing, or the payload as a whole is refused.
 *
 * It is one walk over the payload for all parts of a round, however many there are.
 */
export function strip(
  value: Json,
  {
    violations,
    violationsIn,
  }: {
    /** What is wrong with it. */
    readonly violations: readonly Violation[];
    readonly violationsIn: (value: Json) => readonly Violation[];
  },
): Json | undefined {
  let left = value;
  let wrong = violations;
  for (let round = 0; wrong.length > 0; round++) {
    const paths = wrong.map(({ remove }) => remove).filter((path) => path.length > 0);
    if (paths.length === 0 || round === ROUNDS) return undefined;
    left = lessMembers(left, cutsOf(paths));
    wrong = violationsIn(left);
  }
  return left;
}

/** What is to go of a value: its members by name or place, each whole or in part. */
type Cuts = Map<string, Cuts | 'whole'>;

function cutsOf(paths: readonly (readonly string[])[]): Cuts {
  const root: Cuts = new Map();
  for (const path of paths) {
    let cuts = root;
    for (const [depth, step] of path.entries()) {
      const known = cuts.get(step);
      if (known === 'whole') break;
      const next: Cuts = known ?? new Map();
      cuts.set(step, depth === path.length - 1 ? 'whole' : next);
      cuts = next;
    }
  }
  return root;
}

const lessMembers = (value: Json, cuts: Cuts): Json =>
  Object.fromEntries(
    Object.entries(value).flatMap(([name, part]) => less(part, cuts.get(name)).map((left) => [name, left])),
  );

/** What is left of a member: itself, a part of it, or nothing. */
function less(part: unknown, cuts: Cuts | 'whole' | undefined): readonly [] | readonly [unknown] {
  if (cuts === undefined) return [part];
  if (cuts === 'whole') return [];
  if (Array.isArray(part)) return [part.flatMap((one, place) => less(one, cuts.get(String(place))))];
  return [isJson(part) ? lessMembers(part, cuts) : part];
}
