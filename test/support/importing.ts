import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type * as z from 'zod';
import type { KeyedStreamRecord } from '#functions/adapters/kinesis/events-stream.ts';
import { s3LargeFiles } from '#functions/adapters/s3/large-files.ts';
import { s3RunFiles } from '#functions/adapters/s3/run-files.ts';
import { finishImport } from '#functions/imports/finish-run.ts';
import { importReportKey } from '#functions/imports/import-keys.ts';
import { importPart } from '#functions/imports/import-rows.ts';
import { planImport } from '#functions/imports/run-import.ts';
import type { CollectedEvent } from '#shared/events/event.ts';
import { Import } from '#shared/imports/import.ts';
import { ImportReport } from '#shared/imports/planned-import.ts';
import { admissionRules, type PlanCheck } from '#shared/sources/admit-events.ts';
import { Source } from '#shared/sources/source.ts';
import { memoryQuality } from './memory-quality.ts';
import { startS3 } from './s3.ts';

export const shop = Source.parse({
  id: 'shop',
  name: 'Shop',
  writeKeys: ['shop-write-key'],
  market: 'fr',
  brand: 'main',
  legalEntity: 'example-company',
  country: 'FR',
});

/** An import of the shop's. */
export const importOf = (
  id: string,
  definition: Pick<z.input<typeof Import>, 'call' | 'columns'> & Partial<z.input<typeof Import>>,
): Import => Import.parse({ id, name: id, source: shop.id, ...definition });

/** Contacts as a shop has them: an address, a name and a birthday, and a number of points. */
const contacts = importOf('contacts', {
  call: 'identify',
  columns: {
    email: { to: 'email' },
    name: { to: 'trait:name' },
    birthday: { to: 'trait:birthday', type: 'date', format: 'dd/MM/yyyy' },
    points: { to: 'trait:points', type: 'number', decimal: ',' },
  },
});

/** Runs imports on an S3 of this process, with a stream that keeps what it is given. */
export async function startImporting() {
  const s3 = await startS3();
  const place = { client: s3.client, bucket: s3.bucket };
  const files = { ...s3RunFiles(place), ...s3LargeFiles(place) };
  const quality = memoryQuality();
  let runs = 0;
  /** No two plans are made at the same time. */
  let clock = 0;

  async function read(key: string): Promise<string> {
    const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: s3.bucket, Key: key }));
    return (await Body?.transformToString()) ?? '';
  }

  /** Uploads a file and runs its import to the end. */
  async function run(
    body: Buffer | string,
    {
      definition = contacts,
      source = shop,
      name = 'file.csv',
      folder = 'imports',
      check,
    }: {
      readonly definition?: Import;
      readonly source?: Source;
      readonly name?: string;
      readonly folder?: string;
      readonly check?: PlanCheck;
    } = {},
  ) {
    const key = `${folder}/${definition.id}/${name}`;
    await s3.client.send(new PutObjectCommand({ Bucket: s3.bucket, Key: key, Body: body }));
    const records: KeyedStreamRecord[] = [];
    const stored = <T>(value: T) => ({ find: async () => ({ definition: value, version: 3, updatedAt: 1 }) });
    const runId = `run-${++runs}`;
    const planAgain = () =>
      planImport(
        { input: { detail: { object: { key } } }, runId },
        { imports: stored(definition), sources: stored(source), files, now: () => Date.now() + clock++ },
      );
    const plan = await planAgain();
    const ports = {
      files,
      stream: { put: async (put: readonly KeyedStreamRecord[]) => void records.push(...put) },
      rulesOf: async (of: Source) => admissionRules(of, check),
    };
    const parts = await Promise.all(plan.chunks.map((chunk) => importPart(chunk, ports)));
    const finish = () =>
      finishImport({ importId: definition.id, runId, parts }, { files, counts: quality, now: Date.now });
    const finished = await finish();
    const report = ImportReport.parse(
      JSON.parse(await read(importReportKey({ importId: definition.id, runId }))),
    );
    const lineOf = ({ messageId }: CollectedEvent): number => Number(messageId.split('-').at(-1));
    const events = records.flatMap(({ record }) => record.events).sort((a, b) => lineOf(a) - lineOf(b));
    const rejected = report.rejectedFile === undefined ? '' : await read(report.rejectedFile.key);
    return { plan, parts, finish, finished, report, records, events, rejected, ports, planAgain };
  }

  return { run, read, files, quality, s3, close: () => s3.close() };
}
