import { activityItem } from '#functions/adapters/dynamodb/person-hot-items.ts';
import type { Activity, Person } from '#shared/profiles/activity.ts';
import { packActivity } from '#shared/profiles/activity-codec.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import { itemBytes } from './item-bytes.ts';
import { memoryRiver } from './memory-river.ts';
import { SEGMENTS } from './segments.ts';
import type { Workload } from './workload.ts';

const UNIT = 1024;

const textBytes = (activity: Activity): number => Buffer.byteLength(packActivity(activity));

/**
 * What each computed trait adds to the text of `!activity`, in the mean over the people who have it, and
 * what that costs: the units of a write as people are, and with more counters on everybody.
 */
export function traitBytes({
  first,
  second,
}: {
  readonly first: Workload;
  readonly second: Workload;
}): Readonly<Record<string, number>> {
  const written: Person[] = [];
  const definitions = compileSegments(SEGMENTS, 1);
  let measuring = false;
  const river = memoryRiver({
    written(person) {
      if (!measuring) return;
      const { activity } = person;
      const members = [...definitions.evaluate(person, activity.lastSeenAt).members].map((id) => [
        id,
        activity.lastSeenAt,
      ]);
      written.push({ ...person, activity: { ...activity, segments: Object.fromEntries(members) } });
    },
  });
  for (const request of first.requests) river.accept(request);
  measuring = true;
  for (const request of second.requests) river.accept(request);

  const adds = (part: 'events' | 'sums' | 'segments'): number =>
    mean(
      written.flatMap(({ activity }) => {
        const count = Object.keys(activity[part]).length;
        return count === 0 ? [] : [(textBytes(activity) - textBytes({ ...activity, [part]: {} })) / count];
      }),
    );
  const units = (more: number): number =>
    mean(
      written.map((person) => {
        const activity = withCounters(person.activity, more);
        return Math.ceil(itemBytes(activityItem({ ...person, activity }, undefined)) / UNIT);
      }),
    );
  return {
    activity_bytes_a_counter: adds('events'),
    activity_bytes_a_sum: adds('sums'),
    activity_bytes_a_segment: adds('segments'),
    wcu_a_write: units(0),
    wcu_a_write_with_10_counters_more: units(10),
    wcu_a_write_with_30_counters_more: units(30),
  };
}

/** An activity that counts events of other names as well. */
const withCounters = (activity: Activity, more: number): Activity => ({
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
});

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
