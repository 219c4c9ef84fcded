import { meetDeadlines } from '#functions/profiles/meet-deadlines.ts';
import type { Definitions } from '#shared/profiles/definitions.ts';
import { applying } from '#test/support/applying.ts';

const HOUR = 3_600_000;

/**
 * How often the index of who is due is written, for each 30 days, of somebody who buys once a day at some
 * time of the day, and is looked at each hour in which they are due.
 */
export async function movesOfADailyBuyer(definitions: Definitions, days = 180): Promise<number> {
  const there = applying({ startAt: Date.UTC(2026, 0, 1, 9) });
  let moves = 0;
  const { people } = there.ports;
  const ports: typeof there.ports = {
    ...there.ports,
    definitions: { current: async () => definitions },
    people: {
      ...people,
      async write(change) {
        const before = (await people.findMany([change.person.pid])).get(change.person.pid);
        const written = await people.write(change);
        if (written === 'written' && before?.activity.dueAt !== change.person.activity.dueAt) moves += 1;
        return written;
      },
    },
  };
  const start = there.clock.now;
  for (let hour = 0; hour < days * 24; hour++) {
    there.clock.now = start + hour * HOUR;
    // neither at the same hour each day, nor ever two days apart
    if (hour % 24 === (Math.floor(hour / 24) * 5) % 12) {
      const bought = { userId: 'ada', messageId: `m${hour}`, event: 'Order Completed' } as const;
      const record = there.record([{ ...bought, timestamp: there.clock.now }]);
      await there.apply(record, ports);
    }
    const due = there.everybody().filter(({ activity: { dueAt = Infinity } }) => dueAt <= there.clock.now);
    if (due.length > 0) await meetDeadlines([{ pids: due.map(({ pid }) => pid), isOverdue: false }], ports);
  }
  return moves / (days / 30);
}
