import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { KinesisStreamRecord } from 'aws-lambda';
import { cachedDefinitions } from '#functions/adapters/dynamodb/cached-definitions.ts';
import { dynamoSegments } from '#functions/adapters/dynamodb/counted-definitions.ts';
import { cachedSourceByWriteKey, dynamoSources } from '#functions/adapters/dynamodb/sources.ts';
import { streamRecords } from '#functions/adapters/kinesis/stream-records.ts';
import { type ApplyPorts, applyRecords } from '#functions/profiles/apply-records.ts';
import { awsPorts } from '#functions/profiles/aws-ports.ts';
import { readRecords } from '#functions/profiles/read-records.ts';
import { kinesisBatch } from '#functions/runtime/kinesis-batch.ts';
import { decodeRequest } from '#shared/events/decode-request.ts';
import { fingerprint } from '#shared/kernel/fingerprint.ts';
import type { Transitions } from '#shared/profiles/activity.ts';
import type { Consumption, MeteredDynamoDb } from './metered-dynamodb.ts';
import { PAYLOAD_UNIT_BYTES } from './observed.ts';
import { SEGMENTS } from './segments.ts';
import type { Request } from './workload.ts';

/** What some requests used, where each batch holds what arrived within a window. */
export interface VirtualUse {
  readonly requests: number;
  readonly records: number;
  readonly payloadUnits: number;
  readonly invocations: number;
  /** Segments entered, left, or moved by a merge: each a row of `audiences`, and most an event on the bus. */
  readonly transitions: number;
  /** Writes that carried any: each wakes the function that follows them. */
  readonly outboxes: number;
  readonly dynamodb: Consumption;
}

export interface VirtualOptions {
  readonly meter: MeteredDynamoDb;
  readonly timeline: ApplyPorts['timeline'];
  /** How long the mapping waits for more records. */
  readonly windowMs: number;
  /** How fast what is cached of the catalog ages: by how much more seldom these requests come than those meant. */
  readonly pace: number;
}

const WRITE_KEY = 'bench-write-key';
const STREAM = 'arn:aws:kinesis:eu-west-1:000000000000:stream/bench';
/** As the mapping of the profiles function has them. */
const LANES = 4;
const BATCH_RECORDS = 500;

interface Lane {
  readonly records: KinesisStreamRecord[];
  closesAt: number;
}

/**
 * The product's code from request to tables by a clock of its own, on which a month takes minutes: the
 * caches age and batches fill as they would at the times that the requests are of.
 *
 * Each batch is one invocation of the profiles function's code over real calls to DynamoDB; the stream
 * and the HTTP API are left out, for which records and requests are counted.
 */
export async function virtualRiver(
  requests: readonly Request[],
  { meter, timeline, windowMs, pace }: VirtualOptions,
): Promise<VirtualUse> {
  const aws = new DynamoDBClient({
    endpoint: meter.endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  });
  const client = DynamoDBDocumentClient.from(aws, { marshallOptions: { removeUndefinedValues: true } });
  const start = requests[0]?.receivedAt ?? 0;
  let clock = start;
  const now = (): number => clock;
  const catalog = { client, tableName: 'catalog', now: () => start + (clock - start) * pace };
  await seedCatalog(catalog);
  const sourceOf = cachedSourceByWriteKey(catalog);
  const { ports, counts } = portsOf({ client, timeline, now, catalog });
  const handler = kinesisBatch({
    handle: async (key) => {
      const { events } = await readRecords(key, ports);
      await applyRecords(events, ports);
    },
    settled: () => ports.counts.add(ports.tally.take()),
  });

  const lanes = Array.from({ length: LANES }, (): Lane => ({ records: [], closesAt: Infinity }));
  const used = { records: 0, payloadUnits: 0, invocations: 0 };

  async function close(lane: Lane): Promise<void> {
    clock = Math.max(clock, Math.min(lane.closesAt, clock + windowMs));
    const Records = lane.records.splice(0);
    lane.closesAt = Infinity;
    used.invocations += 1;
    const { batchItemFailures } = await handler({ Records });
    if (batchItemFailures.length > 0) throw new Error('a record of the workload was not applied');
  }

  async function closeUntil(time: number): Promise<void> {
    for (;;) {
      const [next] = lanes.toSorted((a, b) => a.closesAt - b.closesAt);
      if (next === undefined || next.closesAt > time || next.records.length === 0) return;
      clock = Math.max(clock, next.closesAt);
      await close(next);
    }
  }

  meter.take();
  for (const { body, receivedAt } of requests) {
    await closeUntil(receivedAt);
    clock = Math.max(clock, receivedAt);
    const source = await sourceOf(WRITE_KEY);
    if (source === undefined) throw new Error('the source of the workload is not there');
    const { id, legalEntity, market, brand } = source;
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    const { events } = decodeRequest(parsed, { receivedAt, digest: fingerprint });
    for (const { partitionKey, record } of streamRecords(events, {
      source: { id, legalEntity, market, brand },
      receivedAt,
    })) {
      const data = Buffer.from(JSON.stringify(record));
      used.records += 1;
      used.payloadUnits += Math.ceil((data.byteLength + partitionKey.length) / PAYLOAD_UNIT_BYTES);
      const lane = lanes[laneOf(partitionKey)];
      if (lane === undefined) continue;
      if (lane.records.length === 0) lane.closesAt = receivedAt + windowMs;
      lane.records.push(kinesisRecord({ partitionKey, data, number: used.records, receivedAt }));
      if (lane.records.length === BATCH_RECORDS) await close(lane);
    }
  }
  await closeUntil(Infinity);
  aws.destroy();
  return { requests: requests.length, ...used, ...counts, dynamodb: meter.take() };
}

async function seedCatalog(catalog: {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
}): Promise<void> {
  await dynamoSources(catalog).put({
    id: 'bench',
    name: 'Bench',
    writeKeys: [WRITE_KEY],
    enabled: true,
    market: 'default',
    brand: 'default',
    legalEntity: 'example-company',
  });
  const segments = dynamoSegments(catalog);
  for (const segment of SEGMENTS) await segments.put(segment);
}

interface PortsOptions extends Pick<VirtualOptions, 'timeline'> {
  readonly client: DynamoDBDocumentClient;
  readonly now: () => number;
  readonly catalog: Parameters<typeof cachedDefinitions>[0];
}

function portsOf({ client, timeline, now, catalog }: PortsOptions) {
  const env = {
    PEOPLE_TABLE: 'people',
    IDENTITIES_TABLE: 'identities',
    CATALOG_TABLE: 'catalog',
    QUARANTINE_BUCKET: 'none',
    QUALITY_TABLE: 'quality',
    TIMELINE: timeline,
    TIMELINE_DAYS: 365,
    DEDUP_DAYS: 30,
    GIVE_UP_HOURS: 9,
  };
  const ports = awsPorts(env, { documents: client, s3: new S3Client({ region: 'eu-west-1' }) });
  const counts = { transitions: 0, outboxes: 0 };
  function follow(out: Transitions | undefined): void {
    if (out === undefined) return;
    counts.transitions += out.entered.length + out.exited.length + out.moved.length;
    counts.outboxes += 1;
  }
  const people: ApplyPorts['people'] = {
    ...ports.people,
    async write(change) {
      const written = await ports.people.write(change);
      if (written === 'written') follow(change.transitions);
      return written;
    },
    async merge(change) {
      const merged = await ports.people.merge(change);
      if (merged === 'merged') follow(change.winnerTransitions);
      if (merged === 'merged') follow(change.loserTransitions);
      return merged;
    },
  };
  return {
    ports: {
      ...ports,
      people,
      definitions: cachedDefinitions(catalog),
      quarantine: { keep: refuse },
      now,
      pause: async () => {},
    },
    counts,
  };
}

const refuse: ApplyPorts['quarantine']['keep'] = async ({ entries }) => {
  throw new Error(`an event of the workload was refused: ${entries.map(({ reason }) => reason).join()}`);
};

const laneOf = (partitionKey: string): number =>
  Buffer.from(fingerprint(partitionKey)).readUInt16BE(2) % LANES;

const kinesisRecord = ({
  partitionKey,
  data,
  number,
  receivedAt,
}: {
  readonly partitionKey: string;
  readonly data: Buffer;
  readonly number: number;
  readonly receivedAt: number;
}): KinesisStreamRecord => ({
  awsRegion: 'eu-west-1',
  eventID: String(number),
  eventName: 'aws:kinesis:record',
  eventSource: 'aws:kinesis',
  eventSourceARN: STREAM,
  eventVersion: '1.0',
  invokeIdentityArn: '',
  kinesis: {
    kinesisSchemaVersion: '1.0',
    partitionKey,
    // as long as Kinesis' own, which stand in `!activity`
    sequenceNumber: `4966${String(number).padStart(52, '0')}`,
    data: data.toString('base64'),
    approximateArrivalTimestamp: receivedAt / 1000,
  },
});
