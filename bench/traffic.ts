import { seededRandom } from '#demo/random.ts';
import type { Said } from './shop-event.ts';
import { lateness, type Sent, sentTogether, visitsOf, type Workload, workloadOf } from './workload.ts';

/** Who sends, and how much at once. */
export interface Traffic {
  /** A browser or an app sends one person's events, a server those of as many people as it sends events. */
  readonly from: 'browser' | 'server';
  /** Events in a request. */
  readonly batch: number;
}

export interface TrafficOptions {
  /** @default 30_000 */
  readonly events?: number;
  /** The number of the first of its people: nobody else must have the same. @default 0 */
  readonly peopleFrom?: number;
}

/** Visits are so long that a request is full of one; who sends event by event makes visits of this length. */
const VISIT = 15;
/** As in the reference workload, where 5,000 people come 8,000 times. */
const VISITS_A_PERSON = 1.6;
const LATE = 0.02;

/**
 * Traffic of one shape throughout, of the same shop as the reference workload: requests that all carry
 * the same number of events, 2 % of them hours or days late, 5 % sent twice.
 */
export function trafficWorkload(
  { from, batch }: Traffic,
  { events = 30_000, peopleFrom = 0 }: TrafficOptions = {},
): Workload {
  const random = seededRandom(2);
  const length = from === 'browser' ? Math.max(VISIT, batch) : VISIT;
  const total = Math.round(events / length);
  const people = Math.round(total / VISITS_A_PERSON);
  const eventsOf = Array.from({ length: people }, () => 0);
  const visits: (readonly Said[])[] = [];
  for (const visit of visitsOf(random, { people, visits: total - people, length, from: peopleFrom })) {
    eventsOf[visit.person] = (eventsOf[visit.person] ?? 0) + visit.events.length;
    visits.push(visit.events);
  }

  const cut = from === 'browser' ? visits.flatMap((visit) => chunks(visit, batch)) : together(visits, batch);
  const sent = cut.map((one): Sent => {
    const { sentAt, events: said } = sentTogether(one);
    return { events: said, sentAt: random.chance(LATE) ? sentAt + lateness(random) : sentAt };
  });
  return workloadOf(sent, { random, eventsOf });
}

/** What a server sends that serves so many visitors at once: in each request the next event of each of them. */
function together(visits: readonly (readonly Said[])[], batch: number): Said[][] {
  return chunks(visits, batch).flatMap((served) =>
    Array.from({ length: VISIT }, (_, turn) => served.flatMap((visit) => visit[turn] ?? [])),
  );
}

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
