import type { Quarantined } from '#functions/adapters/s3/quarantine.ts';
import { type ApplyPorts, applyRecords, type KeyedRecords } from '#functions/profiles/apply-records.ts';
import { batchTally } from '#functions/profiles/tally.ts';
import { type CollectedEvent, Pid } from '#shared/events/event.ts';
import type { StreamRecord } from '#shared/events/stream-record.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import { collected, web } from './events.ts';
import { memoryPeople } from './memory-people.ts';

/** A λ over people in memory and a clock of its own, fed record by record. */
export function applying({
  startAt = 1_700_000_000_000,
  dedupDays = 30,
}: {
  readonly startAt?: number;
  readonly dedupDays?: number;
} = {}) {
  const clock = { now: startAt };
  const memory = memoryPeople({ now: () => clock.now, dedupDays });
  const quarantined = new Map<string, Quarantined>();
  let pids = 0;
  let sequence = 1_000;

  const ports: ApplyPorts = {
    people: memory.people,
    identities: memory.identities,
    definitions: { current: async () => compileSegments([], 1) },
    quarantine: {
      keep: async ({ id, entries }) => {
        const fresh = [...entries.entries()].filter(([n]) => !quarantined.has(`${id} ${n}`));
        for (const [n, entry] of fresh) quarantined.set(`${id} ${n}`, entry);
        return fresh.length > 0;
      },
    },
    giveUpAfterMs: 1,
    tally: batchTally(),
    becomesHot: () => false,
    timeline: 'known',
    newPid: () => Pid.parse(`p${pids++}`),
    now: () => clock.now,
    pause: async () => {},
  };

  return {
    ...memory,
    ports,
    clock,
    quarantined,

    /** What one request says now, as the stream delivers it. */
    record(events: readonly Partial<CollectedEvent>[], more: Partial<StreamRecord> = {}): KeyedRecords {
      const record = {
        v: 1 as const,
        source: web,
        receivedAt: clock.now,
        events: events.map(collected),
        ...more,
      };
      return {
        stream: 'arn:events',
        partitionKey: 'k',
        records: [{ sequenceNumber: String(sequence++), record }],
      };
    },

    apply: (keyed: KeyedRecords, over: Partial<ApplyPorts> = {}) =>
      applyRecords(keyed, { ...ports, ...over }),

    /** How often an event was counted, of whoever has an identifier. */
    countOf: (key: string, name = 'Viewed'): number => memory.ownerOf(key)?.activity.events[name]?.count ?? 0,
  };
}
