import { activityItem, profileItem } from '#functions/adapters/dynamodb/person-hot-items.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { itemBytes } from './item-bytes.ts';
import { percentile, timesAsMuch } from './measure.ts';
import { memoryRiver, STEPS, type Step } from './memory-river.ts';
import { loadPeers } from './peers.ts';
import { referenceWorkload, type Workload } from './workload.ts';

/** How much work is an event, compared with reading its JSON, and how large do people come out? */
export async function answer(print: (line: string) => void): Promise<Readonly<Record<string, number>>> {
  const workload = referenceWorkload();
  const { requests, events, distinct, meanEventBytes, eventsOf } = workload;
  print(
    `${events} events (${distinct} distinct) of ${eventsOf.length} people in ${requests.length} requests`,
  );

  const everybody = checkedRun(workload);
  print('counts are conserved: every distinct event is in its person, once');

  const bodies = requests.map(({ body }) => body);
  const parse = (): void => {
    for (const body of bodies) JSON.parse(body.toString('utf8'));
  };
  const pipeline = await timesAsMuch(parse, () => {
    const river = memoryRiver();
    for (const request of requests) river.accept(request);
  });

  const peers = await loadPeers(print);
  const rivals: Record<string, number> = {};
  for (const { name, version, run } of peers) {
    print(`measuring ${name} ${version}`);
    const work = async (): Promise<void> => {
      for (const body of bodies) await run(JSON.parse(body.toString('utf8')).batch);
    };
    Object.assign(rivals, ratios(`peer_${name}`, await timesAsMuch(parse, work)));
  }

  return {
    events,
    people: everybody.length,
    mean_event_bytes: meanEventBytes,
    ...stepMicroseconds(workload),
    ...sizes(everybody, workload),
    ...rivals,
    ...ratios('pipeline', pipeline),
  };
}

/** Of work that parses by itself: what it takes beyond the parse, and with it. */
const ratios = (name: string, withParse: number): Record<string, number> => ({
  [`${name}_with_parse_vs_parse`]: withParse,
  [`${name}_vs_parse`]: withParse - 1,
});

/** @throws {Error} when what comes out is not what went in. */
function checkedRun({ requests, distinct, eventsOf }: Workload): readonly Person[] {
  const river = memoryRiver();
  for (const request of requests) river.accept(request);
  const people = river.everybody();
  const { applied, rejected } = river.counts();
  if (rejected > 0) throw new Error(`${rejected} events of the workload were rejected`);
  if (applied !== distinct) throw new Error(`${applied} events were applied, ${distinct} were sent`);
  const folded = people.map(eventsFolded).sort((a, b) => a - b);
  const sent = eventsOf.toSorted((a, b) => a - b);
  if (folded.join() !== sent.join()) throw new Error('the people who came out are not those who went in');
  return people;
}

const eventsFolded = ({ activity }: Person): number =>
  Object.values(activity.events).reduce((sum, { count }) => sum + count, activity.otherEvents);

/** The time of each step by the clock, in microseconds an event: the least of some runs, which a busy machine disturbs least. */
function stepMicroseconds({ requests, events }: Workload): Record<string, number> {
  const runs = Array.from({ length: 5 }, () => {
    const spent: Record<Step, number> = { parse: 0, decode: 0, normalise: 0, resolve: 0, fold: 0 };
    let since = 0;
    const lap = (step: Step): void => {
      const now = performance.now();
      spent[step] += now - since;
      since = now;
    };
    const river = memoryRiver({ lap });
    for (const request of requests) {
      since = performance.now();
      river.accept(request);
    }
    return spent;
  });
  const least = (step: Step): number => Math.min(...runs.map((spent) => spent[step]));
  return Object.fromEntries(STEPS.map((step) => [`us_per_event_${step}`, (least(step) * 1000) / events]));
}

/** Of people as they stand at the end, and of `!activity` as each of its writes was: what capacity is billed by. */
function sizes(people: readonly Person[], { requests }: Workload): Record<string, number> {
  const activityBytes = (person: Person): number => itemBytes(activityItem(person, undefined));
  const activities = people.map(activityBytes);
  const profiles = people.map((person) => itemBytes(profileItem(person)));
  const writes: number[] = [];
  const river = memoryRiver({ written: (person) => void writes.push(activityBytes(person)) });
  for (const request of requests) river.accept(request);
  return {
    activity_bytes_p50: percentile(activities, 50),
    activity_bytes_p99: percentile(activities, 99),
    activity_bytes_written_p50: percentile(writes, 50),
    activity_bytes_written_p90: percentile(writes, 90),
    activity_units_per_write: writes.reduce((sum, bytes) => sum + Math.ceil(bytes / 1024), 0) / writes.length,
    profile_bytes_p50: percentile(profiles, 50),
    profile_bytes_p99: percentile(profiles, 99),
  };
}
