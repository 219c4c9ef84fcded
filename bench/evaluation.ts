import { dynamoPeopleScan } from '#functions/adapters/dynamodb/people-scan.ts';
import { type EvaluatePartPorts, evaluatePart } from '#functions/evaluation/evaluate-part.ts';
import type { PartProgress } from '#functions/runs/run-progress.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import { Segment } from '#shared/segments/segment.ts';
import { cpuMs, percentile, timesAsMuch } from './measure.ts';
import { memoryRiver } from './memory-river.ts';
import { usdOf } from './prices.ts';
import { answeringClient, PAGE_BYTES, type ScannedPages, scannedPages } from './scanned-people.ts';
import { SEGMENTS } from './segments.ts';
import { referenceWorkload } from './workload.ts';

/** People read in one round at scale 1, the same ones again and again. */
const PEOPLE = 20_000;
/** Of a base that a run is computed for. */
const BASE = 30e6;
const WORKERS = 100;
const GB = 1.769;
/** What a megabyte page takes to come, assumed: no work of ours, but time of a worker that Lambda bills. */
const PAGE_MS = 60;
/** Bytes of a timeline for each event that a person's is kept of; docs/cost.md measures it. */
const TIMELINE_BYTES = 80;
const UNIT_BYTES = 8_192;
const STEP_USD = 0.025 / 1_000;
const PUT_USD = 5 / 1e6;

/** What does it take to evaluate everybody, from DynamoDB's answers on? */
export async function answer(
  print: (line: string) => void,
  scale = 1,
): Promise<Readonly<Record<string, number>>> {
  const { events, distinct, requests } = referenceWorkload();
  const river = memoryRiver();
  for (const request of requests) river.accept(request);
  const people = river.everybody();
  const pages = scannedPages(people);
  const times = Math.max(1, Math.round((PEOPLE * scale) / people.length));
  print(
    `${people.length} people of ${events} events in ${pages.bodies.length} pages, read ${times} times over`,
  );

  const few = compiled(SEGMENTS);
  const many = compiled(variants(SEGMENTS, 10));
  for (const definitions of [few, many]) await check(people, pages, definitions);
  print('a run over them finds everybody once, and enters them where evaluating each would');

  const settled = settledUnder(people, few);
  const settledPages = scannedPages(settled);
  const perPerson = async (definitions: typeof few, of: ScannedPages): Promise<number> => {
    const rounds: number[] = [];
    for (let round = -1; round < 5; round++) {
      const took = await cpuMs(async () => {
        for (let n = 0; n < times; n++) await run(of, definitions);
      });
      if (round >= 0) rounds.push((took * 1_000) / (of.people * times));
    }
    return percentile(rounds, 50);
  };
  const vsParse = await timesAsMuch(
    () => {
      for (const body of settledPages.bodies) JSON.parse(body.toString('utf8'));
    },
    () => run(settledPages, few).then(() => {}),
    { rounds: 5, warmUps: 2 },
  );
  const us = await perPerson(few, settledPages);
  const usOfMany = await perPerson(many, scannedPages(settledUnder(people, many)));
  const usChanging = await perPerson(few, pages);

  const bytes = pages.itemBytes / pages.people;
  const timelineBytes = (TIMELINE_BYTES * distinct) / people.length;
  return {
    evaluation_people_per_s_core: 1e6 / us,
    evaluation_people_per_s_core_50_segments: 1e6 / usOfMany,
    evaluation_people_per_s_core_half_enter: 1e6 / usChanging,
    evaluation_vs_parse: vsParse,
    evaluation_bytes_per_person: bytes,
    evaluation_read_units_per_person: bytes / UNIT_BYTES,
    evaluation_read_units_per_person_with_timeline: (bytes + timelineBytes) / UNIT_BYTES,
    ...ofBase(us, bytes + timelineBytes),
  };
}

const compiled = (segments: readonly Segment[]) => compileSegments(segments, 2);

/** So many segments of each, whose conditions are not the same. */
const variants = (segments: readonly Segment[], times: number): readonly Segment[] =>
  Array.from({ length: times }, (_, n) =>
    segments.map((segment) =>
      Segment.parse({
        ...segment,
        id: `${segment.id}-${n}`,
        condition: {
          all: [segment.condition, { not: { event: { name: 'Order Completed', atLeast: 1_000 + n } } }],
        },
      }),
    ),
  ).flat();

/** People who stand as definitions say: a run leaves them as they are. */
const settledUnder = (
  people: readonly Person[],
  definitions: ReturnType<typeof compiled>,
): readonly Person[] =>
  people.map((person) => ({
    ...person,
    activity: {
      ...person.activity,
      definitionsVersion: definitions.version,
      segments: Object.fromEntries([...definitions.evaluate(person, NOW).members].map((id) => [id, 1])),
    },
  }));

const NOW = Date.UTC(2026, 1, 5);

/** The product's own step over one part, with the SDK's client: only the network and the writes are not there. */
async function run(
  pages: ScannedPages,
  definitions: ReturnType<typeof compiled>,
  written: (person: Person) => void = () => {},
): Promise<PartProgress> {
  const ports: EvaluatePartPorts = {
    scan: dynamoPeopleScan({ client: answeringClient(pages), tableName: 'people' }),
    people: {
      findMany: async () => new Map(),
      async write({ person }) {
        written(person);
        return 'written';
      },
    },
    definitions: { current: async () => definitions },
    progress: {
      findPart: async () => undefined,
      keepPart: async () => {},
      keepShard: async () => {},
      keepPlan: async (_, plan) => plan,
      keepReport: async (_, report) => report,
      find: async () => ({ parts: [], shards: [] }),
    },
    files: {
      async keepJson(_, __, value) {
        JSON.stringify(value);
        return value;
      },
      readJson: async () => Promise.reject(new Error('nothing is read')),
      keepFile: async ({ facts }) => facts,
    },
    now: () => NOW,
    pause: async () => {},
    remainingMs: () => 600_000,
  };
  return evaluatePart({ runId: 'bench', version: definitions.version, segment: 0, of: 1 }, ports);
}

/** @throws {Error} when a run does not come to what evaluating each person comes to. */
async function check(
  people: readonly Person[],
  pages: ScannedPages,
  definitions: ReturnType<typeof compiled>,
): Promise<void> {
  const entered = new Map<string, readonly string[]>();
  const done = await run(pages, definitions, ({ pid, activity }) => {
    entered.set(pid, Object.keys(activity.segments).sort());
  });
  if (done.people !== people.length)
    throw new Error(`${done.people} of ${people.length} people were looked at`);
  for (const person of people) {
    const wanted = [...definitions.evaluate(person, NOW).members].sort();
    const found = entered.get(person.pid) ?? [];
    if (JSON.stringify(found) !== JSON.stringify(wanted))
      throw new Error(`${person.pid} is not where they should be`);
  }
}

/** What a run over a large base would take in which nobody enters or leaves: computed, not measured. */
function ofBase(usPerPerson: number, bytesPerPerson: number): Readonly<Record<string, number>> {
  const pages = (BASE * bytesPerPerson) / PAGE_BYTES;
  const seconds = (BASE * usPerPerson) / 1e6 + (pages * PAGE_MS) / 1_000;
  const units = (BASE * bytesPerPerson) / UNIT_BYTES;
  const parts = 600;
  return {
    evaluation_30m_minutes_100_workers: seconds / WORKERS / 60,
    evaluation_30m_read_units_per_s_100_workers: units / (seconds / WORKERS),
    evaluation_30m_usd_reads: usdOf('readUnit', units),
    evaluation_30m_usd_lambda: usdOf('lambdaTime', seconds * GB),
    evaluation_30m_usd_rest: parts * 4 * STEP_USD + (BASE / 20_000) * 16 * PUT_USD,
  };
}
