import { setTimeout as pause } from 'node:timers/promises';
import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import { UnavailableError } from '#shared/kernel/errors.ts';
import type { Announcement, Announcer } from '#shared/segments/announcement.ts';

/** What one request may hold: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const MAX_ENTRIES = 10;
const ATTEMPTS = 5;

/**
 * Announces on an event bus, as source `tributary`. Entries that the bus refuses while it accepts
 * others are sent again by themselves.
 */
export function eventBridgeAnnouncer({
  client,
  busName,
  pauseMs = (attempt) => 50 * 2 ** attempt,
}: {
  readonly client: EventBridgeClient;
  readonly busName: string;
  readonly pauseMs?: (attempt: number) => number;
}): Announcer {
  async function put(entries: readonly PutEventsRequestEntry[]): Promise<void> {
    let pending = entries;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: [...pending] }));
      pending = pending.filter((_, n) => Entries[n]?.EventId === undefined);
      if (pending.length === 0) return;
      await pause(pauseMs(attempt));
    }
    throw new UnavailableError(`the event bus refused ${pending.length} events ${ATTEMPTS} times`);
  }

  return {
    async announce(announcements) {
      for (let at = 0; at < announcements.length; at += MAX_ENTRIES) {
        await put(announcements.slice(at, at + MAX_ENTRIES).map((one) => entryOf(busName, one)));
      }
    },
  };
}

const entryOf = (busName: string, { kind, id, pid, segment, at }: Announcement): PutEventsRequestEntry => ({
  EventBusName: busName,
  Source: 'tributary',
  DetailType: kind,
  Time: new Date(at),
  Detail: JSON.stringify({ id, pid, segment, at: new Date(at).toISOString() }),
});
