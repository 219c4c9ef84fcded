import type { PeopleScan } from '#shared/profiles/people-scan.ts';

/** What a run over everybody would take. */
export interface EvaluationEstimate {
  /** Of table `people`: people, and what lies between them. */
  readonly items: number;
  readonly people: number;
  readonly readUnits: number;
  /** At list price: the reads, which every run takes. */
  readonly readsUsd: number;
  /** On top, if everybody entered or left one segment. */
  readonly changesAtMostUsd: number;
  readonly minutes: number;
}

/** US dollars for a million, at list in us-east-1; a test holds them to the table in docs/cost.md. */
export const USD_A_MILLION = { readUnit: 0.125, writeUnit: 0.625, announcement: 1 } as const;

/** Units that all parts under way read in a second, as measured; and what starts and waits take. */
const UNITS_A_SECOND = 9_000;
const OVERHEAD_SECONDS = 30;

/** Items a part of the look that the estimate is made by. */
const PROBE_ITEMS = 2_000;

/** What a run would take, by the number of items, which is some hours old, and a look at some of them. */
export async function estimateEvaluation({
  scan,
}: {
  readonly scan: PeopleScan;
}): Promise<EvaluationEstimate> {
  const counted = await scan.countItems();
  const of = Math.max(1, Math.round(counted / PROBE_ITEMS));
  const probe = await scan.page({ segment: Math.floor(of / 2), of });
  const isWhole = of === 1 && probe.next === undefined;
  const items = isWhole ? probe.items : Math.max(counted, probe.items);
  const times = probe.items === 0 ? 0 : items / probe.items;
  const people = Math.round(probe.people.length * times);
  const readUnits = Math.ceil(probe.readUnits * times);
  const { readUnit, writeUnit, announcement } = USD_A_MILLION;
  return {
    items,
    people,
    readUnits,
    readsUsd: (readUnits * readUnit) / 1e6,
    // the person, the row and the news
    changesAtMostUsd: (people * (2 * writeUnit + announcement)) / 1e6,
    minutes: Math.ceil((readUnits / UNITS_A_SECOND + OVERHEAD_SECONDS) / 60),
  };
}
