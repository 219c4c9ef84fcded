import { seededRandom } from '#demo/random.ts';
import type { SweepPlaces } from '#functions/adapters/dynamodb/sweep-places.ts';
import type { KeyedRecord } from '#functions/adapters/kinesis/events-stream.ts';
import { sweep } from '#functions/due/sweep.ts';
import { type ApplyPorts, applyRecords, type KeyedRecords } from '#functions/profiles/apply-records.ts';
import { meetDeadlines } from '#functions/profiles/meet-deadlines.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { DueIndex } from '#shared/segments/due-index.ts';
import { applying } from '#test/support/applying.ts';
import { memoryDueIndex } from '#test/support/memory-due-index.ts';
import { GOOD, type Line, openNetwork } from './bad-network.ts';
import { HOUR, MINUTE, TIMED } from './timed-definitions.ts';

export interface Plan {
  readonly seed: number;
  readonly minutes: number;
}

/** A tick that waits on the stream. */
interface Waiting extends KeyedRecord {
  readonly arrivedAt: number;
}

const GIVE_UP_MS = 11 * HOUR;
const SAID = [
  { userId: 'u0' },
  { userId: 'u1' },
  { userId: 'u2' },
  { userId: 'u2', anonymousId: 'a2' },
  { anonymousId: 'a1' },
  { anonymousId: 'a2' },
  { userId: 'u1', anonymousId: 'a1' },
] as const;

/** People who do something now and then, and those who sweep, look and fold, by one clock and a bad network. */
export function passingTime({ seed, minutes }: Plan) {
  const random = seededRandom(seed);
  const there = applying();
  const { clock } = there;
  const network = openNetwork(random, clock);
  const ticks: Waiting[] = [];
  const events: KeyedRecords[] = [];
  const history: { readonly at: number; readonly people: readonly Person[] }[] = [];
  let places: SweepPlaces = new Map();
  let put = 0;
  let messages = 0;

  /** As the index shows it, somewhat behind the table. */
  const due: DueIndex = {
    async find(query) {
      const at = clock.now - network.lag();
      const seen = history.findLast((one) => one.at <= at)?.people ?? [];
      return memoryDueIndex(() => seen).find(query);
    },
  };
  const note = (): void => void history.push({ at: clock.now, people: there.everybody() });

  function portsOver({ over }: Line): ApplyPorts {
    const { people, identities } = there.ports;
    return {
      ...there.ports,
      definitions: { current: async () => TIMED },
      people: {
        ...people,
        findMany: over(people.findMany),
        spill: over(people.spill),
        keepTimeline: over(people.keepTimeline),
        write: over(async (change) => people.write(change).finally(note)),
        merge: over(async (change) => people.merge(change).finally(note)),
      },
      identities: { ...identities, owners: over(identities.owners), repoint: over(identities.repoint) },
    };
  }

  /** Runs a λ; what it was at comes again where it fails. @returns whether it was through. */
  async function invoke(work: (line: Line) => Promise<unknown>): Promise<boolean> {
    const line = network.openLine();
    const came = work(line).then(
      () => true,
      () => false,
    );
    return (await Promise.race([came, line.ended])) === true;
  }

  const sweeping = () =>
    invoke(async ({ over }) => {
      const find = over(due.find);
      await sweep({
        due: {
          find: async (query) =>
            (await due.find(query)).people.length === 0 ? { people: [], hasMore: false } : find(query),
        },
        places: {
          read: over(async () => places),
          save: over(async (saved) => {
            places = new Map(saved);
          }),
        },
        stream: {
          put: over(async (records) => {
            for (const record of records) {
              ticks.push({ ...record, arrivedAt: clock.now });
              if ('tick' in record.record) put += record.record.tick.pids.length;
            }
          }),
        },
        now: () => clock.now,
        pace: async () => {},
        isOver: () => !network.isGood() && random.chance(0.01),
      });
    });

  async function looking(key: string): Promise<void> {
    const batch = ticks.filter(({ partitionKey }) => partitionKey === key);
    const read = batch.flatMap(({ record, arrivedAt }) =>
      'tick' in record ? [{ pids: record.tick.pids, isOverdue: clock.now - arrivedAt > GIVE_UP_MS }] : [],
    );
    const isThrough = await invoke((line) => meetDeadlines(read, portsOver(line)));
    if (isThrough) for (const one of batch) ticks.splice(ticks.indexOf(one), 1);
  }

  async function folding(): Promise<void> {
    const [next] = events;
    if (next === undefined) return;
    if (await invoke((line) => applyRecords(next, portsOver(line)))) events.shift();
  }

  function happen(): void {
    const who = SAID[random.integer(0, SAID.length - 1)];
    events.push(there.record([{ messageId: `m${messages++}`, timestamp: clock.now, ...who }]));
  }

  /** A minute, of which each part may fail, in any order. */
  async function minute(): Promise<void> {
    const end = clock.now + MINUTE;
    if (random.chance(0.5)) happen();
    const keys = [...new Set(ticks.map(({ partitionKey }) => partitionKey))].filter(() => random.chance(0.8));
    const sweeps = random.chance(0.8) ? random.integer(1, 2) : 0;
    await network.run([
      ...Array.from({ length: sweeps }, sweeping),
      ...keys.map(looking),
      ...(random.chance(0.9) ? [folding()] : []),
    ]);
    clock.now = Math.max(clock.now, end);
  }

  /** Everything that is to be done now is done, and nothing fails. */
  async function settle(): Promise<void> {
    while (events.length > 0) await network.run([folding()]);
    await network.run([sweeping()]);
    await network.run([...new Set(ticks.map(({ partitionKey }) => partitionKey))].map(looking));
  }

  return {
    there,
    put: () => put,
    onTheWay: () => ticks.length,

    /** Minutes in bad weather, between them hours in which nothing runs, or in which the stream forgets. */
    async storm(): Promise<void> {
      for (let n = 0; n < minutes; n++) {
        await minute();
        if (random.chance(0.04)) clock.now += random.integer(1, 14) * HOUR;
        if (random.chance(0.05)) ticks.splice(0, random.integer(0, 3));
      }
    },

    /** So much time passes in good weather, with a sweep at the end of each. */
    async pass(...times: readonly number[]): Promise<void> {
      network.become(GOOD);
      for (const time of times) {
        clock.now += time;
        await settle();
      }
    },
  };
}
