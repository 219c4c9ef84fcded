import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { audiencePartition, shardOf } from '#functions/adapters/dynamodb/audience-shards.ts';
import { dynamoAudience } from '#functions/adapters/dynamodb/audience-snapshot.ts';
import { dynamoLifecycle, dynamoSegments } from '#functions/adapters/dynamodb/counted-definitions.ts';
import { dynamoDefinitions } from '#functions/adapters/dynamodb/definitions.ts';
import { dynamoPeople } from '#functions/adapters/dynamodb/people.ts';
import { readCatalog } from '#functions/adapters/dynamodb/read-catalog.ts';
import { s3RunFiles } from '#functions/adapters/s3/run-files.ts';
import { finishExport, planExport } from '#functions/exports/run-export.ts';
import { writeExportPart } from '#functions/exports/write-export-part.ts';
import { NO_AGGREGATES } from '#shared/computed/computed-rules.ts';
import { Export } from '#shared/exports/export.ts';
import { Manifest } from '#shared/exports/manifest.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { mergePeople } from '#shared/profiles/merge.ts';
import type { Profile } from '#shared/profiles/profile.ts';
import { Segment } from '#shared/segments/segment.ts';
import { DEFAULT_RULES } from '#shared/traits/trait-definition.ts';
import { startDynamoDb, type TestDynamoDb } from '#test/support/dynamodb.ts';
import { emptyTables } from '#test/support/empty-tables.ts';
import { mergeWrite, person, stampedAt, traits } from '#test/support/person.ts';
import { startS3, type TestS3 } from '#test/support/s3.ts';
import { seedPeople } from '#test/support/seed-people.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const SEGMENT = 'loyal';
const segment = Segment.parse({
  id: SEGMENT,
  name: 'Loyal customers',
  condition: { event: { name: 'Order Completed', atLeast: 3 } },
});
const definition = Export.parse({
  id: 'loyal-file',
  name: 'Loyal customers',
  segment: SEGMENT,
  columns: ['pid', { column: 'identifier:email', header: 'E-mail' }, 'trait:name', 'sum:total_spent:EUR'],
});

/** A customer with an address, who agreed to marketing. */
const customer = (pid: string, profile: Partial<Profile> = {}): Person =>
  person(pid, {
    profile: {
      identifiers: { [`email#${pid}@example.com`]: stampedAt(1) },
      traits: traits({ name: `${pid}, "née"\nÉ` }),
      consents: { 'email/marketing': { status: 'granted', ...stampedAt(1) } },
      ...profile,
    },
    activity: {
      events: { 'Order Completed': { count: 3, first: 1, last: 3 } },
      sums: { total_spent: { EUR: 1099 } },
    },
  });
const customers = (count: number): Person[] =>
  Array.from({ length: count }, (_, n) => customer(`p${String(n).padStart(3, '0')}`));

describe('a run of an export', () => {
  let dynamo: TestDynamoDb;
  let s3: TestS3;
  let ports: ReturnType<typeof portsOn>;
  let runId: string;
  let runs = 0;

  const portsOn = (on: TestDynamoDb, files: TestS3) => {
    const catalog = { client: on.documents, tableName: 'catalog', now: () => NOW };
    return {
      exports: dynamoDefinitions({ ...catalog, kind: 'export', schema: Export }),
      segments: dynamoSegments(catalog),
      lifecycle: dynamoLifecycle(catalog),
      catalog: () => readCatalog(catalog),
      people: dynamoPeople({
        client: on.documents,
        tableName: 'people',
        identitiesTable: 'identities',
        timelineDays: 1,
        dedupDays: 1,
        now: () => NOW,
      }),
      audience: dynamoAudience({ client: on.documents, tableName: 'audiences' }),
      files: s3RunFiles(files),
      now: () => NOW,
      chunkSize: 4,
    };
  };

  beforeAll(async () => {
    [dynamo, s3] = await Promise.all([startDynamoDb(), startS3()]);
    ports = portsOn(dynamo, s3);
  });
  afterAll(() => Promise.all([dynamo.close(), s3.close()]));

  beforeEach(async () => {
    await emptyTables(dynamo.documents, ['people', 'audiences', 'catalog']);
    await ports.segments.put(segment);
    await ports.exports.put(definition);
    runId = `run-${++runs}`;
  });

  const plan = () => planExport({ exportId: definition.id, runId }, ports);

  /** All three steps, as the state machine takes them. */
  async function runWhole() {
    const planned = await plan();
    const parts = await Promise.all(planned.chunks.map((chunk) => writeExportPart(chunk, ports)));
    return finishExport({ exportId: definition.id, runId, parts }, ports);
  }

  const read = async (key: string): Promise<Buffer> => {
    const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: s3.bucket, Key: key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };
  const manifestOf = async (key: string) => Manifest.parse(JSON.parse((await read(key)).toString()));

  /** The rows of all files of a run, headers apart, and how many files there are. */
  async function rowsOf(manifest: Manifest): Promise<string[][]> {
    const files = await Promise.all(manifest.parts.map(({ key }) => read(key)));
    return files.flatMap((file) => parse(gunzipSync(file), { from: 2, record_delimiter: '\r\n' }));
  }

  const everything = async () => {
    const { Contents = [] } = await s3.client.send(
      new ListObjectsV2Command({ Bucket: s3.bucket, Prefix: `exports/${definition.id}/${runId}/` }),
    );
    return Contents.map(({ Key, ETag }) => `${Key} ${ETag}`);
  };

  /** Merges two people as the profiles function does; the first is the older one. */
  async function merge(winner: Person, loser: Person): Promise<void> {
    const merged = mergePeople(winner, loser, {
      at: NOW,
      traits: DEFAULT_RULES,
      computed: NO_AGGREGATES,
    }).winner;
    const version = merged.activity.version + 1;
    const activity = { ...merged.activity, version, profileVersion: version };
    const outcome = await ports.people.merge(mergeWrite({ winner: { ...merged, activity }, loser, at: NOW }));
    expect(outcome).toBe('merged');
  }

  it('writes every member once, in parts that a manifest vouches for', async () => {
    await seedPeople(dynamo, customers(10), SEGMENT);

    const summary = await runWhole();

    expect(summary).toMatchObject({ rows: 10, parts: 3, version: 1, excluded: {} });
    const manifest = await manifestOf(summary.manifest);
    expect(manifest).toMatchObject({
      export: { id: 'loyal-file', version: 1 },
      segment: { id: SEGMENT, version: 1 },
    });
    const expected = customers(10).map(({ pid }) => [pid, `${pid}@example.com`, `${pid}, "née"\nÉ`, '10.99']);
    expect((await rowsOf(manifest)).sort()).toEqual(expected);
    for (const { key, sha256, bytes } of manifest.parts) {
      const file = await read(key);
      expect(createHash('sha256').update(file).digest('hex')).toBe(sha256);
      expect(file).toHaveLength(bytes);
      expect(gunzipSync(file).toString()).toMatch(/^pid,E-mail,trait:name,sum:total_spent:EUR\r\n/);
    }
  });

  it('gives one file with a header for a segment of nobody', async () => {
    const summary = await runWhole();

    expect(summary).toMatchObject({ rows: 0, parts: 1 });
    const [part] = (await manifestOf(summary.manifest)).parts;
    expect(gunzipSync(await read(part?.key ?? '')).toString()).toBe(
      'pid,E-mail,trait:name,sum:total_spent:EUR\r\n',
    );
  });

  it('counts by reason who may not be reached, and leaves them out', async () => {
    await ports.exports.put({ ...definition, channel: 'email', purpose: 'marketing' });
    const denied: Profile['consents'] = { 'email/marketing': { status: 'denied', ...stampedAt(2) } };
    await seedPeople(
      dynamo,
      [
        customer('yes'),
        customer('no', { consents: denied }),
        customer('silent', { consents: {} }),
        customer('gone-mute', { identifiers: {} }),
        customer('bounced', { suppressed: { 'email#bounced@example.com': { reason: 'bounced', at: 2 } } }),
      ],
      SEGMENT,
    );

    const summary = await runWhole();

    expect(summary).toMatchObject({
      version: 2,
      rows: 1,
      excluded: { consent_denied: 1, no_consent: 1, suppressed: 1, unreachable: 1 },
    });
    const rows = await rowsOf(await manifestOf(summary.manifest));
    expect(rows.map(([, email]) => email)).toEqual(['yes@example.com']);
  });

  it('leaves out whom the segment no longer holds, though their rows are still there', async () => {
    const bob = customer('bob');
    const left = { ...bob, activity: { ...bob.activity, events: {} } };
    await seedPeople(dynamo, [customer('ada'), left], SEGMENT);

    const summary = await runWhole();

    expect(summary).toMatchObject({ rows: 1, excluded: { not_in_segment: 1 } });
    const rows = await rowsOf(await manifestOf(summary.manifest));
    expect(rows.map(([pid]) => pid)).toEqual(['ada']);
  });

  it('gives the same files when every step is done again, while people and definitions change', async () => {
    const people = customers(10);
    await seedPeople(dynamo, people, SEGMENT);
    const first = await runWhole();
    const files = await everything();
    await seedPeople(dynamo, [customer('late')], SEGMENT);
    await dynamo.documents.send(new PutCommand({ TableName: 'audiences', Item: leaver(people[0]) }));
    await ports.exports.put({ ...definition, columns: ['pid'] });

    const again = await runWhole();

    expect(again).toEqual(first);
    expect(await everything()).toEqual(files);
  });

  it('ends the same when attempts at each step run at once', async () => {
    await seedPeople(dynamo, customers(10), SEGMENT);

    const plans = await Promise.all([plan(), plan(), plan()]);
    const chunks = plans.flatMap((planned) => planned.chunks);
    const written = await Promise.all(chunks.map((chunk) => writeExportPart(chunk, ports)));
    const parts = written.slice(0, 3);
    const ends = await Promise.all(
      [1, 2].map(() => finishExport({ exportId: definition.id, runId, parts }, ports)),
    );

    expect(plans[1]).toEqual(plans[0]);
    expect(written).toEqual([...parts, ...parts, ...parts]);
    expect(ends[1]).toEqual(ends[0]);
    expect(ends[0]).toMatchObject({ rows: 10 });
    expect(await everything()).toHaveLength(4);
  });

  it('writes people who were merged after the plan once, as who they became', async () => {
    const people = customers(10);
    await seedPeople(dynamo, people, SEGMENT);
    const outsider = customer('older');
    await seedPeople(dynamo, [outsider], 'others');
    const planned = await plan();
    const [a, b, c, d] = people;
    if (a === undefined || b === undefined || c === undefined || d === undefined)
      throw new TypeError('ten people');
    await merge(a, b);
    await merge(outsider, c);
    const [now] = (await ports.people.findMany([outsider.pid])).values();
    await merge(now ?? outsider, d);

    const parts = await Promise.all(planned.chunks.map((chunk) => writeExportPart(chunk, ports)));
    const summary = await finishExport({ exportId: definition.id, runId, parts }, ports);

    const rows = await rowsOf(await manifestOf(summary.manifest));
    const rest = people.slice(4).map(({ pid }) => pid);
    expect(rows.map(([pid]) => pid).sort()).toEqual([a.pid, ...rest, outsider.pid].sort());
    expect(summary.excluded).toEqual({ merged: 2 });
    // money of both
    expect(rows.find(([pid]) => pid === a.pid)?.at(-1)).toBe('21.98');
  });

  it('counts who was erased meanwhile', async () => {
    const [ada, ...others] = customers(3);
    if (ada === undefined) throw new TypeError('three people');
    await seedPeople(dynamo, [ada, ...others], SEGMENT);
    const planned = await plan();
    await emptyTables(dynamo.documents, ['people']);
    await seedPeople(dynamo, others, SEGMENT);

    const parts = await Promise.all(planned.chunks.map((chunk) => writeExportPart(chunk, ports)));

    expect(parts).toMatchObject([{ rows: 2, excluded: { gone: 1 } }]);
  });

  it.each([
    { missing: 'an export', name: 'ExportNotFound', remove: () => ports.exports.remove(definition.id) },
    { missing: 'a segment', name: 'SegmentNotFound', remove: () => ports.segments.remove(SEGMENT) },
  ])('fails as $name for $missing that is not defined', async ({ name, remove }) => {
    await remove();

    await expect(plan()).rejects.toMatchObject({ name, retryable: false });
  });
});

function leaver(person: Person | undefined) {
  if (person === undefined) throw new TypeError('nobody to leave');
  const { pid } = person;
  return { segment: audiencePartition(SEGMENT, shardOf(pid)), pid, n: 2, at: 2, left: true };
}
