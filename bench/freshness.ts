import { NO_REGISTRY, nextRegistry } from '#shared/computed/registry.ts';
import { compileCatalog, wantedAggregates } from '#shared/segments/catalog.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import { deadlineCapacity } from './deadline-capacity.ts';
import { movesOfADailyBuyer } from './deadline-moves.ts';
import { startFreshnessStack } from './freshness-stack.ts';
import { percentile } from './measure.ts';

const RECENT = {
  id: 'recent',
  name: 'Ordered within thirty days',
  condition: { event: { name: 'Order Completed', within: '30d' } },
};

const OFTEN = {
  id: 'often',
  name: 'Ordered three times within thirty days',
  condition: { event: { name: 'Order Completed', within: '30d', atLeast: 3 } },
};

/** How late does somebody enter or leave, after an event and after a deadline, and what does time cost? */
export async function answer(
  print: (line: string) => void,
  scale: number,
): Promise<Readonly<Record<string, number>>> {
  const recent = compileSegments([RECENT], 1);
  const moves = await movesOfADailyBuyer(recent);
  const counted = await movesOfADailyBuyer(counting());
  print(`${moves} moves of dueAt in 30 days of a buyer a day, ${counted} where orders are counted by day`);

  const { swept, met } = await deadlineCapacity(recent, Math.max(500, Math.round(5_000 * scale)));
  print(`a core sweeps ${Math.round(swept)} people a second, and looks at ${Math.round(met)}\n`);
  printPlan(print, met);

  const stack = await startFreshnessStack();
  try {
    const seconds = Math.max(10, Math.round(60 * scale));
    const events = await stack.events(50 * seconds, 50);
    const due = await stack.deadlines(Math.max(500, Math.round(5_000 * scale)));
    return {
      event_to_segment_ms_p50: percentile(events.written, 50),
      event_to_segment_ms_p95: percentile(events.written, 95),
      event_to_announcement_ms_p50: percentile(events.told, 50),
      event_to_announcement_ms_p95: percentile(events.told, 95),
      deadline_people: due.written.length,
      deadline_lag_s_p50: percentile(due.written, 50) / 1000,
      deadline_lag_s_p95: percentile(due.written, 95) / 1000,
      deadline_to_announcement_s_p95: percentile(due.told, 95) / 1000,
      sweep_people_per_core_s: swept,
      deadlines_per_core_s: met,
      due_moves_per_person_per_window: moves,
      due_moves_counted_by_day: counted,
    };
  } finally {
    await stack.close();
  }
}

function counting() {
  const counted = { segments: [OFTEN], computedTraits: [], timeZone: 'UTC' };
  const wanted = wantedAggregates(counted);
  const registry = nextRegistry(NO_REGISTRY, { wanted, timeZone: 'UTC', since: 0 });
  return compileCatalog({ ...counted, version: 1, traits: [], registry });
}

const MILLION = 1_000_000;
/** What the sweep gives each shard of the stream in a second: `PEOPLE_A_SHARD`. */
const A_SHARD = 1_000;
/** Invocations at once for each shard, and what part of a processor each has. */
const AT_ONCE = 4;
const PROCESSORS = 1024 / 1769;

/** What a million deadlines at one midnight take. */
function printPlan(print: (line: string) => void, met: number): void {
  const able = AT_ONCE * PROCESSORS * met;
  print('a million people due at one midnight:');
  print(
    `  index      ${Math.round(MILLION / 64)} in each of 64 parts; 65 bytes each, ${Math.round((MILLION * 65) / 8192)} read units`,
  );
  print(`  stream     ${MILLION / 100} records of 2 KB: 20 MB, 2 % of what a shard takes meanwhile`);
  print(
    `  people     2 read units and 1 write unit each, 1 or 2 more of the index, 1 of the row where they leave`,
  );
  for (const shards of [1, 4, 10, 30]) {
    const minutes = MILLION / (A_SHARD * shards) / 60;
    print(
      `  ${String(shards).padStart(2)} shards  ${minutes.toFixed(1)} minutes, ${A_SHARD * shards} people a second (its readers could look at ${Math.round(able * shards)})`,
    );
  }
  print('');
}
