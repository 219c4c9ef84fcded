import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { type Bucket, CfnBucket, HttpMethods } from 'aws-cdk-lib/aws-s3';
import { Condition, JsonPath } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { ImportsEnv } from '#functions/imports/env.ts';
import type { StageConfig } from '#infra/config.ts';
import { KEPT_DAYS } from '#shared/kernel/kept-days.ts';
import { allowAbortUploads, allowGetObjects, allowPutObjects, allowPutRecords, allowTable } from './allow.ts';
import type { Catalog } from './catalog.ts';
import { CdpFunction } from './cdp-function.ts';
import { type Events, shardsOf } from './events.ts';
import { KeptBucket } from './kept-bucket.ts';
import type { Quality } from './quality.ts';
import { RunMachine } from './run-machine.ts';

/**
 * What a shard is given of rows in a second: half of the 1,000 records that it takes, so that an import leaves
 * the other half to what happens meanwhile.
 * https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
 */
export const ROWS_A_SHARD = 500;

/** Parts worked on at a time, so that the others go on while one begins or ends. */
const PARTS_A_SHARD = 2;
const MOST_PARTS_AT_ONCE = 40;

/** Where files are dropped: to be imported, and to be tried. */
const DROPPED = ['imports/', 'dry-runs/'] as const;
/** What runs keep for themselves. */
const RUNS = 'runs/imports/';

export interface ImportsProps {
  readonly encryptionKey: IKey;
  readonly events: Events;
  readonly catalog: Catalog;
  readonly quality: Quality;
  readonly capacity: StageConfig['stream'];
  readonly logRetention: RetentionDays;
}

/** Files that become events: dropped in a bucket, planned, put on the stream part by part, finished with a report. */
export class Imports extends Construct {
  readonly bucket: Bucket;
  readonly functions: Readonly<Record<string, CdpFunction<ImportsEnv>>>;
  readonly machine: RunMachine;

  constructor(scope: Construct, id: string, props: ImportsProps) {
    super(scope, id);
    const { encryptionKey, events, catalog, quality, capacity, logRetention } = props;
    this.bucket = importsBucket(this, encryptionKey);
    const shards = shardsOf(capacity);
    const partsAtOnce = Math.min(PARTS_A_SHARD * shards, MOST_PARTS_AT_ONCE);
    const shared = {
      environment: {
        CATALOG_TABLE: catalog.table.tableName,
        QUALITY_TABLE: quality.table.tableName,
        IMPORTS_BUCKET: this.bucket.bucketName,
        EVENTS_STREAM: events.stream.streamName,
        ROWS_A_SECOND: String((ROWS_A_SHARD * shards) / partsAtOnce),
      },
      logRetention,
      // one processor, which reading a file keeps busy
      memorySizeMb: 1769,
    };

    const plan = new CdpFunction<ImportsEnv>(this, 'PlanImport', {
      ...shared,
      entry: 'functions/imports/plan-import.ts',
      timeout: Duration.minutes(15),
    });
    allowTable(plan, catalog.table, 'GetItem', 'Query');
    for (const prefix of [...DROPPED, RUNS]) allowGetObjects(plan, this.bucket, prefix);
    allowPutObjects(plan, this.bucket, RUNS);
    allowAbortUploads(plan, this.bucket, RUNS);

    const work = new CdpFunction<ImportsEnv>(this, 'ImportPart', {
      ...shared,
      entry: 'functions/imports/import-part.ts',
      timeout: Duration.minutes(15),
    });
    allowTable(work, catalog.table, 'GetItem', 'Query');
    for (const prefix of [...DROPPED, RUNS]) allowGetObjects(work, this.bucket, prefix);
    allowPutObjects(work, this.bucket, RUNS);
    allowPutRecords(work, events.stream);

    const finish = new CdpFunction<ImportsEnv>(this, 'FinishImport', {
      ...shared,
      entry: 'functions/imports/finish-import.ts',
      timeout: Duration.minutes(15),
    });
    allowTable(finish, quality.table, 'Query', 'UpdateItem');
    allowGetObjects(finish, this.bucket, RUNS);
    allowPutObjects(finish, this.bucket, RUNS);
    allowAbortUploads(finish, this.bucket, RUNS);

    this.functions = { PlanImport: plan, ImportPart: work, FinishImport: finish };
    this.machine = new RunMachine(this, 'Machine', {
      idField: 'importId',
      plan,
      planGets: { input: JsonPath.objectAt('$') },
      // a folder that somebody makes in S3's console is an empty object of such a name
      passesOver: Condition.stringMatches('$.detail.object.key', '*/'),
      work,
      finish,
      maxConcurrency: partsAtOnce,
      // a row that is put again counts once, so that a part may be tried again after anything that passes
      heldUpBy: [
        'ThrottledError',
        'UnavailableError',
        'PartUnfinishedError',
        'Sandbox.Timedout',
        'Lambda.Unknown',
      ],
      tellsFailed: true,
      logRetention,
    });
    new Rule(this, 'Dropped', {
      description: 'A file that is dropped in the bucket is imported',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [this.bucket.bucketName] },
          object: { key: DROPPED.map((prefix) => ({ prefix })) },
        },
      },
      targets: [new SfnStateMachine(this.machine)],
    });
  }
}

function importsBucket(scope: Construct, encryptionKey: IKey): Bucket {
  const bucket = new KeptBucket(scope, 'Bucket', {
    encryptionKey,
    expireDays: { 'imports/': KEPT_DAYS.imports, 'dry-runs/': KEPT_DAYS.imports, 'runs/': KEPT_DAYS.runs },
  });
  // what may be put or got is signed into the URL, whichever page has it
  bucket.addCorsRule({
    allowedOrigins: ['*'],
    allowedMethods: [HttpMethods.PUT, HttpMethods.GET],
    allowedHeaders: ['content-type'],
    exposedHeaders: ['ETag'],
    maxAge: 3600,
  });
  // The library's own switch deploys a function of its own to set this property, which is the bucket's
  const { defaultChild } = bucket.node;
  if (!(defaultChild instanceof CfnBucket)) throw new TypeError('a bucket is not made of a bucket any more');
  defaultChild.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  return bucket;
}
