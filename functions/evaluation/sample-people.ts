import { forEachConcurrently } from '#functions/runtime/concurrency.ts';
import type { EpochMs } from '#shared/events/event.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { PeopleScan, ScanPart, ScanPlace } from '#shared/profiles/people-scan.ts';

export interface SamplePorts {
  readonly scan: PeopleScan;
  readonly now: () => EpochMs;
  /** From 0 up to, and without, 1. */
  readonly random: () => number;
}

interface SampleLimits {
  /** Items up to which everybody is read. */
  readonly wholeItems: number;
  /** Items a part of the sample. */
  readonly partItems: number;
  /** Parts that a sample is made of, as far as there is time for them. */
  readonly parts: number;
  /** Parts without which it is none, whatever time they take. */
  readonly leastParts: number;
  readonly timeMs: number;
}

/** Some seconds of an Admin API's function: some 20,000 people without a timeline. */
const LIMITS: SampleLimits = {
  wholeItems: 30_000,
  partItems: 1_500,
  parts: 24,
  leastParts: 4,
  timeMs: 8_000,
};
const CONCURRENCY = 4;
/** What DynamoDB takes at most. */
const MOST_SEGMENTS = 1_000_000;

export interface Sample {
  /** The probability with which each person was looked at; 1 for everybody. */
  readonly share: number;
  /** How many people were looked at. */
  readonly people: number;
}

/**
 * Looks at a sample of people: of few everybody, of many those of some parts of a scan drawn at random.
 *
 * A part is a range of the hash of random pids, so that whoever is in it is there by chance alone, whatever
 * they did. It counts as a whole or not at all.
 *
 * @param look is told of each person once; of a part that was not finished, nobody.
 */
export async function samplePeople(
  look: (person: Person) => void,
  ports: SamplePorts,
  limits: SampleLimits = LIMITS,
): Promise<Sample> {
  const endsAt = ports.now() + limits.timeMs;
  const counted = await ports.scan.countItems();
  // the count is hours old: who is new may be many already, or all there are
  const whole =
    counted > limits.wholeItems
      ? undefined
      : await readPart({ segment: 0, of: 1 }, ports, { endsAt, mostItems: limits.wholeItems });
  if (whole !== undefined) {
    for (const person of whole) look(person);
    return { share: 1, people: whole.length };
  }

  const items = Math.max(counted, limits.wholeItems);
  const of = Math.min(MOST_SEGMENTS, Math.max(1, Math.ceil(items / limits.partItems)));
  const drawn = drawSegments(Math.min(of, limits.parts), of, ports.random);
  let done = 0;
  let people = 0;
  await forEachConcurrently([...drawn.entries()], CONCURRENCY, async ([n, segment]) => {
    const isNeeded = n < limits.leastParts;
    const found = await readPart({ segment, of }, ports, isNeeded ? {} : { endsAt });
    if (found === undefined) return;
    for (const person of found) look(person);
    done += 1;
    people += found.length;
  });
  return { share: done / of, people };
}

/** Everybody in a part, or nothing where that takes too long. */
async function readPart(
  part: ScanPart,
  { scan, now }: SamplePorts,
  { endsAt = Infinity, mostItems = Infinity }: { readonly endsAt?: EpochMs; readonly mostItems?: number },
): Promise<readonly Person[] | undefined> {
  const found: Person[] = [];
  let items = 0;
  let after: ScanPlace | undefined;
  do {
    if (now() > endsAt || items > mostItems) return undefined;
    const page = await scan.page(part, after);
    found.push(...page.people);
    items += page.items;
    after = page.next;
  } while (after !== undefined);
  return found;
}

/** So many different ones of `of`, drawn at random. */
function drawSegments(count: number, of: number, random: () => number): readonly number[] {
  const drawn = new Set<number>();
  while (drawn.size < count) drawn.add(Math.floor(random() * of));
  return [...drawn];
}
