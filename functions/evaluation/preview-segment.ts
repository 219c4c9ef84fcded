import type { EpochMs, Pid } from '#shared/events/event.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { Definitions, Explanation } from '#shared/profiles/definitions.ts';
import { type Estimate, estimateSize } from '#shared/segments/sample-size.ts';
import type { Segment } from '#shared/segments/segment.ts';
import { type SamplePorts, samplePeople } from './sample-people.ts';

export interface PreviewPorts extends SamplePorts {
  /** The definitions as they would be with this segment. */
  readonly previewDefinitions: (segment: Segment) => Promise<Definitions>;
}

/** A clause that counts, and since when it does. */
export interface CountedClause {
  readonly kind: string;
  readonly asks: unknown;
  readonly since: EpochMs;
}

export interface Preview {
  readonly size: Estimate & { readonly isExact: boolean };
  /** How many people were looked at. */
  readonly sampled: number;
  /** Some of who would be in it. */
  readonly examples: readonly Pid[];
  /** The clauses that have not counted from the first day. */
  readonly counted: readonly CountedClause[];
}

const EXAMPLES = 10;

/** Who would be in a segment if it were defined now, by a sample of those whom `isSeen` lets be seen. */
export async function previewSegment(
  segment: Segment,
  isSeen: (person: Person) => boolean,
  ports: PreviewPorts,
): Promise<Preview> {
  const definitions = await ports.previewDefinitions(segment);
  const examples: Pid[] = [];
  let found = 0;
  let explained: Explanation | undefined;
  const sample = await samplePeople((person) => {
    const at = ports.now();
    explained ??= definitions.explain(segment.id, person, at);
    if (!isSeen(person) || !definitions.evaluate(person, at).members.has(segment.id)) return;
    found += 1;
    if (examples.length < EXAMPLES) examples.push(person.pid);
  }, ports);
  return {
    size: { ...estimateSize(found, sample.share), isExact: sample.share === 1 },
    sampled: sample.people,
    examples,
    counted: explained === undefined ? [] : countedOf(explained),
  };
}

/** Since when a clause counts is the same for everybody, so that anybody's explanation says it. */
function countedOf({ kind, asks, countedSince, parts = [] }: Explanation): readonly CountedClause[] {
  const own = countedSince === undefined ? [] : [{ kind, asks: asks ?? null, since: countedSince }];
  return [...own, ...parts.flatMap(countedOf)];
}
