import { gunzipSync } from 'node:zlib';
import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { mapConcurrently } from '#functions/runtime/concurrency.ts';
import type { Pid } from '#shared/events/event.ts';
import { compareTexts } from '#shared/kernel/compare-texts.ts';
import { TimelineEvent } from '#shared/profiles/timeline.ts';

/** Reads what is kept of people's events, newest first. */
export interface TimelineReader {
  /**
   * The newest chunks of several people before a place, until `limit` events are read; whole chunks,
   * so that it may be a few more. `next` is the place to go on from.
   */
  newest(
    pids: readonly Pid[],
    page: { readonly before: string | undefined; readonly limit: number },
  ): Promise<{ readonly events: readonly TimelineEvent[]; readonly next: string | undefined }>;
}

const Key = z.object({ sk: z.string() });
const Item = Key.extend({ events: z.instanceof(Uint8Array) });

/** Chunks of one person read at a time: most hold a few events. */
const CHUNKS = 25;

/** Whoever has absorbed hundreds is read in hundreds of places. */
const AT_ONCE = 32;

/** Timelines as they stand beside the people, under `event#<time>#<record>`. */
export function dynamoTimelineReader({
  client,
  tableName,
}: {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
}): TimelineReader {
  async function chunks(pid: Pid, before: string) {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pid = :pid AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pid': pid, ':from': 'event#', ':to': before },
        ScanIndexForward: false,
        Limit: CHUNKS,
      }),
    );
    // BETWEEN takes its bounds in
    const items = Items.map((item) => Item.parse(item)).filter(({ sk }) => sk !== before);
    return { items, readTo: LastEvaluatedKey === undefined ? '' : Key.parse(LastEvaluatedKey).sk };
  }

  return {
    async newest(pids, { before, limit }) {
      const found = await mapConcurrently(pids, AT_ONCE, (pid) => chunks(pid, before ?? 'event$'));
      // what lies before the place that one person is read to is not known of all
      const horizon = found.reduce((latest, { readTo }) => (readTo > latest ? readTo : latest), '');
      const known = found
        .flatMap(({ items }) => items)
        .filter(({ sk }) => sk >= horizon)
        .sort((a, b) => compareTexts(b.sk, a.sk));

      const events: TimelineEvent[] = [];
      let last: string | undefined;
      for (const { sk, events: packed } of known) {
        // two people's chunks of one record have one key, and one cursor goes past both
        if (events.length >= limit && sk !== last) return { events: tidy(events), next: last };
        events.push(...unpack(packed));
        last = sk;
      }
      return { events: tidy(events), next: horizon === '' ? undefined : last };
    },
  };
}

const unpack = (packed: Uint8Array): readonly TimelineEvent[] =>
  z.array(TimelineEvent).parse(JSON.parse(gunzipSync(packed).toString()));

/** What a chunk holds, by its item. */
export const eventsOfChunk = (item: unknown): readonly TimelineEvent[] => unpack(Item.parse(item).events);

/** Newest first, each message once: chunks of people who were merged may overlap. */
function tidy(events: readonly TimelineEvent[]): readonly TimelineEvent[] {
  const byMessage = new Map(events.map((event) => [`${event.source} ${event.messageId}`, event]));
  return [...byMessage.values()].sort((a, b) => b.timestamp - a.timestamp);
}
