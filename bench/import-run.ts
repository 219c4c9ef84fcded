import { KinesisClient } from '@aws-sdk/client-kinesis';
import type { EventsStream } from '#functions/adapters/kinesis/events-stream.ts';
import { kinesisEventsStream } from '#functions/adapters/kinesis/events-stream.ts';
import type { LargeFiles } from '#functions/adapters/s3/large-files.ts';
import { finishImport } from '#functions/imports/finish-run.ts';
import { importPart } from '#functions/imports/import-rows.ts';
import { planImport } from '#functions/imports/run-import.ts';
import type { RunFiles } from '#functions/runs/run-files.ts';
import { PURCHASES, TILL } from './import-file.ts';

const KEY = `imports/${PURCHASES.id}/purchases.csv`;

/** What went to the stream. */
export interface Put {
  records: number;
  bytes: number;
}

/** The stream up to the input of PutRecords; what it would carry is counted. */
export function cutOffStream(): { readonly stream: EventsStream; readonly put: Put } {
  const put: Put = { records: 0, bytes: 0 };
  const client = new KinesisClient({ region: 'eu-west-1' });
  client.middlewareStack.add(
    () => async (args) => {
      const input: unknown = args.input;
      const records = recordsOf(input);
      put.records += records.length;
      for (const { Data } of records) put.bytes += Data.length;
      return {
        output: { $metadata: {}, Records: records.map(() => ({ SequenceNumber: '1', ShardId: '1' })) },
        response: {},
      };
    },
    { step: 'initialize', priority: 'high', name: 'cutOff' },
  );
  return { stream: kinesisEventsStream(client, 'events'), put };
}

function recordsOf(input: unknown): readonly { readonly Data: Uint8Array }[] {
  if (typeof input !== 'object' || input === null || !('Records' in input)) return [];
  return Array.isArray(input.Records) ? input.Records : [];
}

/** Plans a file, sends its parts one after the other and reports: what a run does, on one core. */
export async function runImport(
  upload: AsyncIterable<Buffer>,
  { files, stream }: { readonly files: LargeFiles & RunFiles; readonly stream: EventsStream },
) {
  await files.write(KEY, upload, 'text/csv');
  const stored = <T>(definition: T) => ({ find: async () => ({ definition, version: 1, updatedAt: 1 }) });
  const { importId, runId, chunks } = await planImport(
    { input: { detail: { object: { key: KEY } } }, runId: 'run' },
    { imports: stored(PURCHASES), sources: stored(TILL), files, now: () => 1 },
  );
  for (const chunk of chunks) await importPart(chunk, { files, stream, rulesOf: async () => undefined });
  return finishImport(
    { importId, runId, parts: [] },
    { files, counts: { add: async () => undefined }, now: () => 1 },
  );
}
