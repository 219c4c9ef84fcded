import { activityItem } from '#functions/adapters/dynamodb/person-hot-items.ts';
import type { Activity, Person } from '#shared/profiles/activity.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import { itemBytes } from './item-bytes.ts';
import { memoryRiver } from './memory-river.ts';
import { SEGMENTS } from './segments.ts';
import type { Workload } from './workload.ts';

const UNIT = 1024;

const bytesOf = (person: Person, activity: Partial<Activity> = {}): number =>
  itemBytes(activityItem({ ...person, activity: { ...person.activity, ...activity } }, undefined));

/**
 * What each computed trait adds to `!activity`, in the mean over the people who have it, and what
 * bytes cost: the share of writes that another hundred bytes makes a unit dearer.
 */
export function traitBytes({
  first,
  second,
}: {
  readonly first: Workload;
  readonly second: Workload;
}): Readonly<Record<string, number>> {
  const written: number[] = [];
  const counters: number[] = [];
  const sums: number[] = [];
  const segments: number[] = [];
  const definitions = compileSegments(SEGMENTS, 1);
  let measuring = false;
  const river = memoryRiver({
    written(person) {
      if (!measuring) return;
      const { lastSeenAt, events } = person.activity;
      const ids = [...definitions.membership(person)];
      const members = { segments: Object.fromEntries(ids.map((id) => [id, lastSeenAt])) };
      const bytes = bytesOf(person, members);
      written.push(bytes);
      if (ids.length > 0) segments.push((bytes - bytesOf(person, { segments: {} })) / ids.length);
      const names = Object.keys(events).length;
      counters.push((bytes - bytesOf(person, { ...members, events: {} })) / names);
      const without = bytesOf(person, { ...members, sums: {} });
      if (without < bytes) sums.push(bytes - without);
    },
  });
  for (const request of first.requests) river.accept(request);
  measuring = true;
  for (const request of second.requests) river.accept(request);
  const unitsWith = (more: number): number => mean(written.map((bytes) => Math.ceil((bytes + more) / UNIT)));
  return {
    activity_bytes_a_counter: mean(counters),
    activity_bytes_a_sum: mean(sums),
    activity_bytes_a_segment: mean(segments),
    wcu_a_write: unitsWith(0),
    wcu_a_write_for_25_bytes_more: unitsWith(25) - unitsWith(0),
    wcu_a_write_for_100_bytes_more: unitsWith(100) - unitsWith(0),
  };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
