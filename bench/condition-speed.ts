import { NO_AGGREGATES } from '#shared/computed/computed-rules.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { compileCondition } from '#shared/segments/compile-condition.ts';
import { Condition } from '#shared/segments/condition.ts';
import { DEFAULT_RULES } from '#shared/traits/trait-definition.ts';
import { cpuMs, percentile } from './measure.ts';
import { loadSegmentPeers, type SegmentPeer } from './segment-peers.ts';
import { customer, documentOf, NOW, seeded } from './segment-people.ts';

const PEOPLE = 1_000_000;
/** So many are in memory at a time: many times what a processor's caches hold. */
const AT_ONCE = 100_000;
/** So few stay in the caches, as people do who were just decoded. */
const WARM = 1_000;
const DAY_MS = 86_400_000;
const at = { since: NOW - 30 * DAY_MS };

/** Eight terms, as a shop would put them. */
const CONDITION = Condition.parse({
  all: [
    { event: { name: 'Order Completed', atLeast: 2 } },
    { sum: { name: 'total_spent', currency: 'EUR', atLeast: 100 } },
    { consent: { channel: 'email', purpose: 'marketing', granted: true } },
    { trait: { name: 'country', in: ['FR', 'DE', 'BE'] } },
    { trait: { name: 'age', atLeast: 25, lessThan: 60 } },
    { not: { trait: { name: 'employee', equals: true } } },
    {
      any: [
        { trait: { name: 'plan', equals: 'gold' } },
        { event: { name: 'Product Viewed', within: '30d' } },
      ],
    },
  ],
});

/** The same terms so that all are looked at, of everybody: nobody's first term ends it. */
const THROUGHOUT = Condition.parse({
  all: [
    { event: { name: 'Order Completed', atLeast: 0 } },
    { sum: { name: 'total_spent', currency: 'EUR', atLeast: 0 } },
    { not: { consent: { channel: 'email', purpose: 'none', granted: true } } },
    { not: { trait: { name: 'country', in: ['XX', 'XY', 'XZ'] } } },
    { trait: { name: 'age', atLeast: 5, lessThan: 160 } },
    { trait: { name: 'employee', in: [true, false] } },
    {
      any: [
        { trait: { name: 'plan', equals: 'none' } },
        { event: { name: 'Product Viewed', within: '365d' } },
      ],
    },
  ],
});

const compile = (condition: Condition) =>
  compileCondition(condition, {
    traits: DEFAULT_RULES,
    timeZone: 'UTC',
    computed: NO_AGGREGATES,
    segment: () => undefined,
  });

/** How many people a second a condition is asked of, beside what else asks conditions of objects. */
export async function conditionSpeed(
  print: (line: string) => void,
  scale: number,
): Promise<Readonly<Record<string, number>>> {
  const { peers, duckdb } = await loadSegmentPeers(print);
  const table = await duckdb();
  const ours = compile(CONDITION);
  const throughout = compile(THROUGHOUT);
  const [chunks, size] = [Math.max(1, Math.round((PEOPLE * scale) / AT_ONCE)), AT_ONCE];
  const random = seeded(4);
  const speeds = new Map<string, number[]>();
  const note = (name: string, perSecond: number): void => {
    speeds.set(name, [...(speeds.get(name) ?? []), perSecond]);
  };
  const compiled = peers.map((peer) => ({ ...peer, test: peer.compile(at) }));
  let [members, sumOfPlaces] = [0, 0];

  const count = (people: readonly Person[], test: typeof ours.holds): number => {
    let held = 0;
    for (const person of people) if (test(person, NOW) === true) held += 1;
    return held;
  };
  const withDeadline = (people: readonly Person[]): void => {
    for (const person of people) {
      ours.holds(person, NOW);
      ours.next?.(person, NOW);
    }
  };
  const speed = async (people: number, work: () => void | Promise<void>): Promise<number> =>
    (people * 1_000) / (await cpuMs(work));

  for (let chunk = 0; chunk < chunks; chunk++) {
    const people = Array.from({ length: size }, (_, place) => customer(chunk * size + place, random));
    const documents = people.map(documentOf);
    people.forEach((person, place) => {
      if (ours.holds(person, NOW) !== true) return;
      members += 1;
      sumOfPlaces += chunk * size + place;
    });
    await table.add(documents);
    for (const peer of compiled) await compare(peer, { people, documents, holds: ours.holds });
    const everybody = count(people, throughout.holds);
    if (everybody !== size) throw new Error(`${everybody} of ${size} pass through all terms`);

    for (const { name, share, test } of compiled) {
      const some = documents.slice(0, size * share);
      const before = await speed(size, () => void count(people, ours.holds));
      note(name, await speed(some.length, () => each(some, test)));
      note('ours', (before + (await speed(size, () => void count(people, ours.holds)))) / 2);
    }
    const [few, fewDocuments] = [people.slice(0, WARM), documents.slice(0, WARM)];
    const again = Math.ceil(size / WARM);
    note('warm', await speed(WARM * again, () => repeat(again, () => void count(few, ours.holds))));
    for (const { name, share, test } of compiled) {
      if (share < 1) continue;
      const asked = () => repeat(again, () => void each(fewDocuments, test));
      note(`${name}_warm`, await speed(WARM * again, asked));
    }
    note('throughout', await speed(size, () => void count(people, throughout.holds)));
    note('with_deadline', await speed(size, () => withDeadline(people)));
    print(`${(chunk + 1) * size} people, of whom ${members} are members`);
  }

  const [counted, summed] = await table.count(at);
  if (counted !== members || summed !== sumOfPlaces) {
    throw new Error(`DuckDB finds ${counted} members and not ${members}`);
  }
  for (let round = 0; round < 9; round++) {
    note('duckdb', await speed(chunks * size, async () => void (await table.count(at))));
  }

  for (const { name, version } of [...peers, { name: 'duckdb', version: table.version }])
    print(`${name} ${version}`);
  const median = (name: string): number => percentile(speeds.get(name) ?? [], 50);
  return {
    segment_profiles_per_s: median('ours'),
    segment_warm_profiles_per_s: median('warm'),
    peer_json_logic_engine_compiled_warm_profiles_per_s: median('json_logic_engine_compiled_warm'),
    segment_all_terms_profiles_per_s: median('throughout'),
    segment_with_deadline_profiles_per_s: median('with_deadline'),
    ...Object.fromEntries(
      [...peers.map(({ name }) => name), 'duckdb'].map((name) => [
        `peer_${name}_profiles_per_s`,
        median(name),
      ]),
    ),
    segment_members_share: members / (chunks * size),
  };
}

interface Sample {
  readonly people: readonly Person[];
  readonly documents: readonly Readonly<Record<string, unknown>>[];
  readonly holds: ReturnType<typeof compile>['holds'];
}

type Compiled = SegmentPeer & { readonly test: ReturnType<SegmentPeer['compile']> };

/** @throws {Error} where somebody is a member for one and not for the other. */
async function compare({ name, share, test }: Compiled, { people, documents, holds }: Sample): Promise<void> {
  for (const [place, document] of documents.slice(0, documents.length * share).entries()) {
    const person = people[place];
    const expected = person !== undefined && holds(person, NOW) === true;
    if ((await test(document)) !== expected)
      throw new Error(`${name} differs at ${JSON.stringify(document)}`);
  }
}

function repeat(times: number, work: () => void): void {
  for (let n = 0; n < times; n++) work();
}

/** Nothing is awaited where nothing is to be. */
async function each(documents: Sample['documents'], test: Compiled['test']): Promise<void> {
  for (const document of documents) {
    const held = test(document);
    if (typeof held !== 'boolean') await held;
  }
}
