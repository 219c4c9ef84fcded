import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { ExportsEnv } from '#functions/exports/env.ts';
import { KEPT_DAYS } from '#shared/kernel/kept-days.ts';
import { allowGetObjects, allowPutObjects, allowTable } from './allow.ts';
import type { Catalog } from './catalog.ts';
import { CdpFunction } from './cdp-function.ts';
import { KeptBucket } from './kept-bucket.ts';
import type { Profiles } from './profiles.ts';
import { RunMachine } from './run-machine.ts';
import type { Segments } from './segments.ts';

export interface ExportsProps {
  readonly encryptionKey: IKey;
  readonly catalog: Catalog;
  readonly profiles: Profiles;
  readonly segments: Segments;
  readonly logRetention: RetentionDays;
}

/** A segment's people as a file: planned, written in parts, finished with a manifest. */
export class Exports extends Construct {
  /** Files under `exports/`; what runs keep for themselves under `runs/`. */
  readonly bucket: Bucket;
  readonly functions: Readonly<Record<string, CdpFunction<ExportsEnv>>>;
  readonly machine: RunMachine;

  constructor(scope: Construct, id: string, props: ExportsProps) {
    super(scope, id);
    const { encryptionKey, catalog, profiles, segments, logRetention } = props;
    this.bucket = new KeptBucket(this, 'Bucket', {
      encryptionKey,
      expireDays: { 'exports/': KEPT_DAYS.exports, 'runs/': KEPT_DAYS.runs },
    });
    const shared = {
      environment: {
        PEOPLE_TABLE: profiles.people.tableName,
        AUDIENCES_TABLE: segments.audiences.tableName,
        CATALOG_TABLE: catalog.table.tableName,
        EXPORTS_BUCKET: this.bucket.bucketName,
      },
      logRetention,
    };

    const plan = new CdpFunction<ExportsEnv>(this, 'PlanExport', {
      ...shared,
      entry: 'functions/exports/plan-export.ts',
      memorySizeMb: 1024,
      timeout: Duration.minutes(10),
    });
    allowTable(plan, catalog.table, 'GetItem', 'Query');
    allowTable(plan, segments.audiences, 'Query');
    allowGetObjects(plan, this.bucket, 'runs/exports/');
    allowPutObjects(plan, this.bucket, 'runs/exports/');

    const write = new CdpFunction<ExportsEnv>(this, 'WritePart', {
      ...shared,
      entry: 'functions/exports/write-part.ts',
      memorySizeMb: 1024,
      // an Express child lives for five minutes
      timeout: Duration.minutes(4),
    });
    allowTable(write, profiles.people, 'BatchGetItem', 'Query');
    allowGetObjects(write, this.bucket, 'runs/exports/');
    allowGetObjects(write, this.bucket, 'exports/');
    allowPutObjects(write, this.bucket, 'exports/');

    const finish = new CdpFunction<ExportsEnv>(this, 'FinishExport', {
      ...shared,
      entry: 'functions/exports/finish-export.ts',
      timeout: Duration.minutes(1),
    });
    allowGetObjects(finish, this.bucket, 'runs/exports/');
    allowGetObjects(finish, this.bucket, 'exports/');
    allowPutObjects(finish, this.bucket, 'exports/');

    this.functions = { PlanExport: plan, WritePart: write, FinishExport: finish };
    this.machine = new RunMachine(this, 'Machine', {
      idField: 'exportId',
      plan,
      work: write,
      finish,
      maxConcurrency: 20,
      logRetention,
    });
  }
}
