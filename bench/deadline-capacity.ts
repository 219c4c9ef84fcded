import { dynamoDueIndex } from '#functions/adapters/dynamodb/due-index.ts';
import { dynamoPeople } from '#functions/adapters/dynamodb/people.ts';
import type { SweepPlaces } from '#functions/adapters/dynamodb/sweep-places.ts';
import { sweep } from '#functions/due/sweep.ts';
import { meetDeadlines, type Tick } from '#functions/profiles/meet-deadlines.ts';
import { forEachConcurrently } from '#functions/runtime/concurrency.ts';
import type { Definitions } from '#shared/profiles/definitions.ts';
import { startDynamoDb } from '#test/support/dynamodb.ts';
import { person } from '#test/support/person.ts';
import { cpuMs } from './measure.ts';

/** People a second of one core. */
export interface Capacity {
  /** Read from the index and put into records. */
  readonly swept: number;
  /** Read, evaluated and written. */
  readonly met: number;
}

/** How many people a second one core sweeps, and looks at: its own CPU time, not that of the tables. */
export async function deadlineCapacity(definitions: Definitions, count: number): Promise<Capacity> {
  const dynamo = await startDynamoDb();
  try {
    const now = Date.now();
    const people = dynamoPeople({
      client: dynamo.documents,
      ...{ tableName: 'people', identitiesTable: 'identities', timelineDays: 1, dedupDays: 1 },
      now: () => now,
    });
    const last = now - 31 * 86_400_000;
    const events = { 'Order Completed': { count: 3, first: last, last } };
    const everybody = Array.from({ length: count }, (_, n) =>
      person(`deadline-person-${n}`, {
        activity: { events, segments: { recent: last }, firstSeenAt: last, lastSeenAt: last, dueAt: now - 1 },
      }),
    );
    await forEachConcurrently(everybody, 8, async (one) => {
      await people.write({ person: one, profileChanged: true, claims: [] });
    });

    const ticks: Tick[] = [];
    const places: SweepPlaces = new Map();
    const sweeping = await cpuMs(async () => {
      await sweep({
        due: dynamoDueIndex({ client: dynamo.documents, tableName: 'people' }),
        places: { read: async () => places, save: async () => {} },
        stream: {
          async put(records) {
            for (const { record } of records)
              if ('tick' in record) ticks.push({ pids: [...record.tick.pids], isOverdue: false });
          },
        },
        now: () => now,
        pace: async () => {},
        isOver: () => false,
      });
    });
    let met = 0;
    const looking = await cpuMs(async () => {
      await forEachConcurrently(ticks, 4, async (tick) => {
        const counts = await meetDeadlines([tick], {
          people,
          definitions: { current: async () => definitions },
          now: () => now,
          pause: async () => {},
        });
        met += counts.met;
      });
    });
    if (met !== count) throw new Error(`${met} of ${count} deadlines were met`);
    return { swept: (count / sweeping) * 1000, met: (count / looking) * 1000 };
  } finally {
    await dynamo.close();
  }
}
