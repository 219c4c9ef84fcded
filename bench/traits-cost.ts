import { activityItem } from '#functions/adapters/dynamodb/person-hot-items.ts';
import type { Activity, Person } from '#shared/profiles/activity.ts';
import { packActivity } from '#shared/profiles/activity-codec.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import { itemBytes } from './item-bytes.ts';
import { memoryRiver } from './memory-river.ts';
import { SEGMENTS } from './segments.ts';
import { countingTraits, SHOP_TRAITS } from './shop-traits.ts';
import type { Workload } from './workload.ts';

const UNIT = 1024;

interface Months {
  readonly first: Workload;
  readonly second: Workload;
}

const textBytes = (activity: Activity): number => Buffer.byteLength(packActivity(activity));

/**
 * What each computed trait adds to the text of `!activity`, in the mean over the writes of people who have
 * it, and what that costs: the units of a write as people are, with ten computed traits, and with three
 * times the counters.
 */
export function traitBytes(months: Months): Readonly<Record<string, number>> {
  const plain = writesOf(months);
  const counted = writesOf(months, SHOP_TRAITS);
  const adds = (part: 'events' | 'sums' | 'segments'): number =>
    mean(
      plain.flatMap(({ activity }) => {
        const count = Object.keys(activity[part]).length;
        return count === 0 ? [] : [(textBytes(activity) - textBytes({ ...activity, [part]: {} })) / count];
      }),
    );
  return {
    activity_bytes_a_counter: adds('events'),
    activity_bytes_a_sum: adds('sums'),
    activity_bytes_a_segment: adds('segments'),
    ...bytesOfTraits(counted),
    wcu_a_write: mean(plain.map(unitsOf)),
    wcu_a_write_with_10_computed_traits: mean(counted.map(unitsOf)),
    wcu_a_write_with_30_counters_more: mean(plain.map((person) => unitsOf(withCounters(person, 30)))),
    activity_bytes_with_10_computed_traits_p50: median(counted.map(bytesOf)),
  };
}

/** People as each write of the second month has them. */
function writesOf({ first, second }: Months, traits: typeof SHOP_TRAITS = []): readonly Person[] {
  const written: Person[] = [];
  const definitions = compileSegments(SEGMENTS, 1);
  let measuring = false;
  const river = memoryRiver({
    computed: countingTraits(traits),
    written(person) {
      if (!measuring) return;
      const { activity } = person;
      const { members } = definitions.evaluate(person, activity.lastSeenAt);
      const segments = Object.fromEntries([...members].map((id) => [id, activity.lastSeenAt]));
      written.push({ ...person, activity: { ...activity, segments } });
    },
  });
  for (const request of first.requests) river.accept(request);
  measuring = true;
  for (const request of second.requests) river.accept(request);
  return written;
}

/** By computed trait, over those for whom something counted. */
function bytesOfTraits(written: readonly Person[]): Readonly<Record<string, number>> {
  const { named } = countingTraits(SHOP_TRAITS);
  const figures = SHOP_TRAITS.map(({ id }) => {
    const key = named.get(id)?.key ?? '';
    const bytes = written.flatMap(({ activity }) => {
      const { [key]: state, ...others } = activity.computed;
      return state === undefined ? [] : [textBytes(activity) - textBytes({ ...activity, computed: others })];
    });
    return [`activity_bytes_of_${id.replaceAll('-', '_')}`, mean(bytes)] as const;
  });
  return Object.fromEntries(figures);
}

const bytesOf = (person: Person): number => itemBytes(activityItem(person, undefined));
const unitsOf = (person: Person): number => Math.ceil(bytesOf(person) / UNIT);

/** A person whose events of other names are counted as well. */
const withCounters = ({ activity, ...person }: Person, more: number): Person => ({
  ...person,
  activity: {
    ...activity,
    events: {
      ...activity.events,
      ...Object.fromEntries(
        Array.from({ length: more }, (_, at) => [
          `Something Else ${at}`,
          { count: at + 1, first: activity.firstSeenAt, last: activity.lastSeenAt - at * 86_400_000 },
        ]),
      ),
    },
  },
});

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
