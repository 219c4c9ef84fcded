import { type Random, seededRandom } from '#demo/random.ts';
import { type Device, type Moment, type Said, shopEvent, uuid } from './shop-event.ts';

/** How the reference workload is cut; the defaults are what the figures in README.md are of. */
export interface WorkloadOptions {
  /** @default 1 */
  readonly seed?: number;
  /** @default 5000 */
  readonly people?: number;
  /** Visits beyond the first of each person, spread by Zipf's law: person n comes 1/n as often. @default 3000 */
  readonly visits?: number;
  /** Events that an SDK puts in one request, at most. @default 15 */
  readonly batch?: number;
}

/** One request: a body as it comes over the wire, and when. */
export interface Request {
  readonly body: Buffer;
  readonly receivedAt: number;
}

/** Requests in the order they arrive, with what is known of them beforehand. */
export interface Workload {
  readonly requests: readonly Request[];
  /** Events as sent, copies included. */
  readonly events: number;
  /** Events of distinct message id. */
  readonly distinct: number;
  /** How many distinct events each person sent, whichever ids they went by. */
  readonly eventsOf: readonly number[];
  readonly meanEventBytes: number;
}

type Kind = 'anonymous' | 'identified later' | 'known';

interface Visitor {
  readonly number: number;
  readonly kind: Kind;
  device: Device;
  userId: string | undefined;
}

/** Events that go out together, and when. */
export interface Sent {
  readonly sentAt: number;
  readonly events: readonly Said[];
}

const DAY = 86_400_000;
const HOUR = 3_600_000;
const FIRST_DAY = Date.UTC(2026, 0, 5);
const DAYS = 30;
const MEAN_VISIT = 5;
const LATE = 0.02;
const COPIES = 0.05;

/**
 * The reference workload: thirty days of a shop's site as Segment's browser SDK sends it, the same
 * bytes for the same options. 30 % of its people browse before they are known, a tenth of those log
 * in on a second device as well, which makes two people one; 2 % of the events are sent hours or
 * days after they happened, and 5 % come twice.
 */
export function referenceWorkload(options: WorkloadOptions = {}): Workload {
  return referenceMonths(options).first;
}

/**
 * The reference workload, and after it `afterwards` visits in the month that follows, in which nobody
 * says anew who they are: page views, browsing and orders of people who are all there already.
 */
export function referenceMonths({
  seed = 1,
  people = 5_000,
  visits = 3_000,
  batch = 15,
  afterwards = 0,
}: WorkloadOptions & { readonly afterwards?: number }): {
  readonly first: Workload;
  readonly second: Workload;
} {
  const random = seededRandom(seed);
  const said = visitsOf(random, { people, visits, afterwards });

  function month(count: number): Workload {
    const eventsOf = Array.from({ length: people }, () => 0);
    const sent: Sent[] = [];
    const late: Sent[] = [];
    for (let visits = 0; visits < count; visits++) {
      const { value: one, done } = said.next();
      if (done) break;
      const { person, events } = one;
      eventsOf[person] = (eventsOf[person] ?? 0) + events.length;
      const [onTime, delayed] = partition(events, () => !random.chance(LATE));
      for (let from = 0; from < onTime.length; from += batch) {
        sent.push(sentTogether(onTime.slice(from, from + batch)));
      }
      for (const event of delayed) late.push({ sentAt: event.at + lateness(random), events: [event] });
    }
    return workloadOf([...sent, ...late], { random, eventsOf });
  }

  return { first: month(people + visits), second: month(afterwards) };
}

/** A visit: who says what. */
export interface Visit {
  readonly person: number;
  readonly events: readonly Said[];
}

export interface VisitsOptions extends Required<Pick<WorkloadOptions, 'people' | 'visits'>> {
  /** Events of each visit. @default drawn, 5 in the mean */
  readonly length?: number;
  /** The number of the first of the people, whose ids are made of it. @default 0 */
  readonly from?: number;
  /** Once everybody has come: so many visits more, in the month after, in which nobody says who they are. */
  readonly afterwards?: number;
}

/** Everybody's visits, in the order of their times. */
export function* visitsOf(
  random: Random,
  { people, visits, length, from = 0, afterwards = 0 }: VisitsOptions,
): Generator<Visit> {
  const plan = visitsInOrder(random, { people, visits });
  const visitors = Array.from({ length: people }, (_, number) => newVisitor(from + number, random));
  for (const { person, at, isLast } of plan) {
    const visitor = visitors[person];
    if (visitor === undefined) continue;
    yield { person, events: visit(visitor, { at, isLast, random, ...(length !== undefined && { length }) }) };
  }
  const later = Array.from({ length: afterwards }, () => random.integer(DAYS * DAY, 2 * DAYS * DAY));
  for (const after of later.sort((a, b) => a - b)) {
    const visitor = visitors[random.integer(0, people - 1)];
    if (visitor === undefined) continue;
    yield { person: visitor.number, events: browsing(visitor, { at: FIRST_DAY + after, random }) };
  }
}

export const sentTogether = (events: readonly Said[]): Sent => ({
  sentAt: events.reduce((latest, { at }) => Math.max(latest, at), 0) + 900,
  events,
});

/** What is sent, with the copies that clients send of some of it, in the order it arrives. */
export function workloadOf(
  sent: readonly Sent[],
  { random, eventsOf }: { readonly random: Random; readonly eventsOf: readonly number[] },
): Workload {
  const copies = sent.filter(() => random.chance(COPIES)).map((once) => again(once, random));
  const all = [...sent, ...copies].sort((a, b) => a.sentAt - b.sentAt);
  const jsonBytes = all.flatMap(({ events }) => events.map(({ json }) => Buffer.byteLength(json)));
  return {
    requests: all.map(requestOf),
    events: jsonBytes.length,
    distinct: eventsOf.reduce((sum, count) => sum + count, 0),
    eventsOf,
    meanEventBytes: jsonBytes.reduce((sum, bytes) => sum + bytes, 0) / jsonBytes.length,
  };
}

/** Everybody comes once; further visits are drawn by Zipf's law. Ordered by time. */
function visitsInOrder(
  random: Random,
  { people, visits }: { readonly people: number; readonly visits: number },
): readonly { readonly person: number; readonly at: number; readonly isLast: boolean }[] {
  const weights: number[] = [];
  let total = 0;
  for (let rank = 1; rank <= people; rank++) {
    total += 1 / rank;
    weights.push(total);
  }
  const zipf = (): number => {
    const drawn = (random.integer(0, 1e9) / 1e9) * total;
    return Math.min(people - 1, lowerBound(weights, drawn));
  };
  const persons = [
    ...Array.from({ length: people }, (_, person) => person),
    ...Array.from({ length: visits }, zipf),
  ];
  const timed = persons.map((person) => ({ person, at: FIRST_DAY + random.integer(0, DAYS * DAY) }));
  timed.sort((a, b) => a.at - b.at);
  const last = new Map(timed.map(({ person }, index) => [person, index]));
  return timed.map(({ person, at }, index) => ({ person, at, isLast: last.get(person) === index }));
}

function lowerBound(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Infinity) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function newVisitor(number: number, random: Random): Visitor {
  const drawn = random.integer(1, 100);
  const kind: Kind = drawn <= 30 ? 'identified later' : drawn <= 60 ? 'known' : 'anonymous';
  return {
    number,
    kind,
    device: newDevice(random),
    userId: kind === 'known' ? `user-${number}` : undefined,
  };
}

/** One visit: some events, seconds apart; who is identified later is so at the end of one, at the last for sure. */
function visit(
  visitor: Visitor,
  {
    at,
    isLast,
    random,
    length,
  }: { readonly at: number; readonly isLast: boolean; readonly random: Random; readonly length?: number },
): readonly Said[] {
  const isSecondDevice = visitor.userId !== undefined && random.chance(0.1);
  if (isSecondDevice) visitor.device = newDevice(random);
  // Whoever takes up another device is a stranger on it until they log in
  let userId = isSecondDevice ? undefined : visitor.userId;
  const events: Said[] = [];
  const drawn = length ?? random.integer(1, 2 * MEAN_VISIT - 1);
  let now = at;
  const say = (moment: Pick<Moment, 'isIdentify'>): void => {
    now += random.integer(1_000, 90_000);
    events.push(
      shopEvent({ ...moment, person: visitor.number, userId, device: visitor.device, at: now, random }),
    );
  };

  for (let count = 1; count < drawn; count++) say({ isIdentify: false });
  const last = (): void => say({ isIdentify: false });
  if (length === undefined) last();
  const becomesKnown =
    isSecondDevice ||
    (visitor.kind === 'identified later' && userId === undefined && (isLast || random.chance(0.5)));
  if (becomesKnown || (visitor.kind === 'known' && random.chance(0.3))) {
    visitor.userId = `user-${visitor.number}`;
    userId = visitor.userId;
    say({ isIdentify: true });
  } else if (length !== undefined) {
    last();
  }
  return events;
}

/** A visit of somebody whom we know, on the device they had: pages and orders, and nothing new of who they are. */
function browsing(
  { number: person, userId, device }: Visitor,
  { at, random }: { readonly at: number; readonly random: Random },
): readonly Said[] {
  let now = at;
  return Array.from({ length: random.integer(1, 2 * MEAN_VISIT - 1) }, () => {
    now += random.integer(1_000, 90_000);
    return shopEvent({ person, userId, device, at: now, isIdentify: false, random });
  });
}

const newDevice = (random: Random): Device => ({
  anonymousId: uuid(random),
  locale: random.pick(['en-GB', 'fr-FR', 'de-DE']),
  isPhone: random.chance(0.5),
});

export const lateness = (random: Random): number => random.integer(HOUR, 5 * DAY);

/** A client's retry: the same events again, within minutes mostly, or when the tab is opened again days later. */
function again({ sentAt, events }: Sent, random: Random): Sent {
  return { events, sentAt: sentAt + (random.chance(0.8) ? random.integer(500, 600_000) : lateness(random)) };
}

function requestOf({ sentAt, events }: Sent): Request {
  const head = `{"batch":[${events.map(({ json }) => json).join(',')}]`;
  return {
    body: Buffer.from(`${head},"writeKey":"bench","sentAt":"${new Date(sentAt).toISOString()}"}`),
    receivedAt: sentAt + 80,
  };
}

function partition<T>(items: readonly T[], isLeft: (item: T) => boolean): readonly [T[], T[]] {
  const [left, right]: [T[], T[]] = [[], []];
  for (const item of items) (isLeft(item) ? left : right).push(item);
  return [left, right];
}
