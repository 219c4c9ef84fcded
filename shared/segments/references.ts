import type { Condition } from './condition.ts';
import type { Segment } from './segment.ts';

/** How many conditions a segment may come to with those of all segments that it refers to. */
export const MAX_CONDITIONS_WITH_OTHERS = 1_000;

/** Where a definition refers to another in a way that cannot be, and why. */
export interface ReferenceFault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

interface Reference {
  readonly to: 'segment' | 'computed';
  readonly path: readonly PropertyKey[];
  readonly id: string;
}

/** The ids of the segments that a condition refers to. */
export const segmentsOf = (condition: Condition): readonly string[] => idsOf(condition, 'segment');

/** The ids of the computed traits that a condition asks for. */
export const computedTraitsOf = (condition: Condition): readonly string[] => idsOf(condition, 'computed');

const idsOf = (condition: Condition, kind: Reference['to']): readonly string[] => [
  ...new Set(referencesIn(condition, []).flatMap(({ to, id }) => (to === kind ? [id] : []))),
];

/** What a segment may refer to. */
export interface Others {
  readonly segments: readonly Segment[];
  /** The ids of all there are. */
  readonly computedTraits: readonly string[];
}

/**
 * What is wrong with the references of a segment, as it would be stored among the others: to one that
 * there is not, to one that comes back to itself, or to so many that nobody could be evaluated in a
 * bounded time.
 */
export function faultsOfReferences(
  segment: Segment,
  { segments, computedTraits }: Others,
): readonly ReferenceFault[] {
  const all = new Map([...segments, segment].map((one) => [one.id, one]));
  const faults = referencesIn(segment.condition, ['condition']).flatMap(
    ({ to, path, id }): ReferenceFault[] => {
      if (to === 'computed') {
        return computedTraits.includes(id) ? [] : [{ path, message: `no computed trait has the id ${id}` }];
      }
      if (!all.has(id)) return [{ path, message: `no segment has the id ${id}` }];
      const round = roundTrip(id, segment.id, all);
      if (round === undefined) return [];
      return [{ path, message: `comes back to itself: ${[segment.id, ...round].join(' → ')}` }];
    },
  );
  if (faults.length > 0 || sizeOf(segment, all) <= MAX_CONDITIONS_WITH_OTHERS) return faults;
  const message = `at most ${MAX_CONDITIONS_WITH_OTHERS} conditions, with those of the segments that it refers to`;
  return [{ path: ['condition'], message }];
}

function referencesIn(condition: Condition, path: readonly PropertyKey[]): readonly Reference[] {
  const { all, any, not, segment, computed } = condition;
  if (segment !== undefined) return [{ to: 'segment', path: [...path, 'segment', 'id'], id: segment.id }];
  if (computed !== undefined)
    return [{ to: 'computed', path: [...path, 'computed', 'name'], id: computed.name }];
  if (not !== undefined) return referencesIn(not, [...path, 'not']);
  const kind = all === undefined ? 'any' : 'all';
  return (all ?? any ?? []).flatMap((part, at) => referencesIn(part, [...path, kind, at]));
}

/** The way from one segment to another by references; `undefined` where there is none. */
function roundTrip(
  from: string,
  to: string,
  all: ReadonlyMap<string, Segment>,
): readonly string[] | undefined {
  const seen = new Set<string>();
  function search(id: string): readonly string[] | undefined {
    if (id === to) return [id];
    if (seen.has(id)) return undefined;
    seen.add(id);
    for (const next of segmentsIn(id, all)) {
      const rest = search(next);
      if (rest !== undefined) return [id, ...rest];
    }
    return undefined;
  }
  return search(from);
}

function segmentsIn(id: string, all: ReadonlyMap<string, Segment>): readonly string[] {
  const segment = all.get(id);
  return segment === undefined ? [] : segmentsOf(segment.condition);
}

/** How many conditions are looked at for one segment: each reference stands for all that it refers to. */
function sizeOf(segment: Segment, all: ReadonlyMap<string, Segment>): number {
  const known = new Map<string, number>();
  function sizeOfSegment(one: Segment): number {
    const before = known.get(one.id);
    if (before !== undefined) return before;
    // What comes round to it again adds nothing
    known.set(one.id, 0);
    const size = sizeOfCondition(one.condition);
    known.set(one.id, size);
    return size;
  }
  function sizeOfCondition({ all: every, any, not, segment: reference }: Condition): number {
    if (reference !== undefined) {
      const other = all.get(reference.id);
      return 1 + (other === undefined ? 0 : sizeOfSegment(other));
    }
    const parts = every ?? any ?? (not === undefined ? [] : [not]);
    return parts.reduce((sum, part) => sum + sizeOfCondition(part), 1);
  }
  return sizeOfSegment(segment);
}
