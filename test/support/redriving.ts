import type { EventsStream, KeyedStreamRecord } from '#functions/adapters/kinesis/events-stream.ts';
import { collectRequest } from '#functions/collect/collect-request.ts';
import type { ApplyPorts } from '#functions/profiles/apply-records.ts';
import type { RedrivePorts } from '#functions/quarantine/redrive.ts';
import type { EventType } from '#shared/events/event.ts';
import type { TrackingPlan } from '#shared/plans/tracking-plan.ts';
import { Source } from '#shared/sources/source.ts';
import { applying } from './applying.ts';
import { httpRequest } from './collecting.ts';
import { memoryDefinitions } from './memory-definitions.ts';
import { memoryQuality } from './memory-quality.ts';
import { memoryFailed, memoryQuarantine } from './memory-quarantine.ts';
import { memoryRules } from './memory-rules.ts';

/** The source that collects. */
export const webSource = (more: Partial<Source> = {}): Source =>
  Source.parse({
    ...{ id: 'web', name: 'Web', writeKeys: ['write-key'], market: 'fr', brand: 'main', legalEntity: 'main' },
    ...more,
  });

/** All of it in memory: what collects, what applies, and what redrives. */
export function redriving() {
  const there = applying({ startAt: Date.parse('2026-11-22T12:00:00Z') });
  const quarantine = memoryQuarantine();
  const failed = memoryFailed();
  const sources = memoryDefinitions<Source>();
  const plans = memoryDefinitions<TrackingPlan>();
  const rulesOf = memoryRules(plans);
  const stream: KeyedStreamRecord[] = [];
  const put: EventsStream['put'] = async (records) => void stream.push(...records);
  const ports: RedrivePorts = {
    quarantine,
    failed,
    sources,
    rulesOf,
    stream: { put },
    dedupDays: 30,
    now: () => there.clock.now,
  };
  let sequence = 0;

  return {
    there,
    quarantine,
    failed,
    sources,
    plans,
    stream,
    ports,
    /** Sends a request as a client does. */
    async send(body: unknown, type?: EventType) {
      const request = httpRequest(
        { writeKey: 'write-key', ...Object(body) },
        { headers: {}, receivedAt: there.clock.now, requestId: `r${sequence++}` },
      );
      const sourceOf = async () => (await sources.find('web'))?.definition;
      return collectRequest(request, {
        ...(type !== undefined && { type }),
        ports: { sourceOf, rulesOf, stream: { put }, quarantine, counts: memoryQuality() },
      });
    },
    /** The λ reads what is on the stream. */
    async flow(over: Partial<ApplyPorts> = {}) {
      for (const { partitionKey, record } of stream.splice(0)) {
        const records = [{ sequenceNumber: String(++sequence), record }];
        await there.apply({ stream: 'arn:s', partitionKey, records }, { quarantine, ...over });
      }
    },
    key: (place = 0): string => quarantine.keys()[place] ?? 'none',
  };
}
