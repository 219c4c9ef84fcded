import { setTimeout as pause } from 'node:timers/promises';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoAudienceRows } from '#functions/adapters/dynamodb/audience-rows.ts';
import { dynamoAudience } from '#functions/adapters/dynamodb/audience-snapshot.ts';
import { cachedDefinitions } from '#functions/adapters/dynamodb/cached-definitions.ts';
import { dynamoConflictList } from '#functions/adapters/dynamodb/conflict-list.ts';
import {
  dynamoComputedTraits,
  dynamoIdentitySettings,
  dynamoLifecycle,
  dynamoSegments,
  dynamoTraits,
  dynamoWorkspaceSettings,
} from '#functions/adapters/dynamodb/counted-definitions.ts';
import { dynamoDefinitions } from '#functions/adapters/dynamodb/definitions.ts';
import { readDefinitionsState } from '#functions/adapters/dynamodb/definitions-state.ts';
import { dynamoErasures } from '#functions/adapters/dynamodb/erasures.ts';
import { dynamoIdentities } from '#functions/adapters/dynamodb/identities.ts';
import { dynamoMerges } from '#functions/adapters/dynamodb/merges.ts';
import { dynamoPeopleReader } from '#functions/adapters/dynamodb/people-reader.ts';
import { dynamoPeopleScan } from '#functions/adapters/dynamodb/people-scan.ts';
import { previewDefinitions } from '#functions/adapters/dynamodb/preview-definitions.ts';
import { dynamoQualityReader } from '#functions/adapters/dynamodb/quality-reader.ts';
import { dynamoRunProgress } from '#functions/adapters/dynamodb/run-progress.ts';
import { dynamoSegmentSizes } from '#functions/adapters/dynamodb/segment-sizes.ts';
import { cachedSourceRules, dynamoTrackingPlans } from '#functions/adapters/dynamodb/source-rules.ts';
import { dynamoSources } from '#functions/adapters/dynamodb/sources.ts';
import { dynamoTimelineReader } from '#functions/adapters/dynamodb/timeline-reader.ts';
import { kinesisEventsReader } from '#functions/adapters/kinesis/events-reader.ts';
import { kinesisEventsStream } from '#functions/adapters/kinesis/events-stream.ts';
import { s3FailedRecords } from '#functions/adapters/s3/failed-records.ts';
import { s3Quarantine } from '#functions/adapters/s3/quarantine.ts';
import { s3QuarantineStore } from '#functions/adapters/s3/quarantine-store.ts';
import { s3RunFiles } from '#functions/adapters/s3/run-files.ts';
import { s3Uploads } from '#functions/adapters/s3/uploads.ts';
import { schedulerSchedules } from '#functions/adapters/scheduler/schedules.ts';
import { byDefinition, stepFunctionsRuns } from '#functions/adapters/stepfunctions/runs.ts';
import { leavingOutUnreadable } from '#functions/runtime/unreadable.ts';
import { Export } from '#shared/exports/export.ts';
import { Import } from '#shared/imports/import.ts';
import { Campaign } from '#shared/sending/campaign.ts';
import type { AdminEnv } from './env.ts';
import { IMPORT_ORDERS } from './import-orders.ts';
import type { AdminPorts } from './ports.ts';

interface Clients {
  readonly documents: DynamoDBDocumentClient;
  readonly s3: S3Client;
  /** Signs what others upload, of which it can make no checksum. */
  readonly signer: S3Client;
  readonly kinesis: KinesisClient;
  readonly scheduler: SchedulerClient;
  readonly states: SFNClient;
  readonly now: () => number;
  readonly randomText: () => string;
}

/** What the Admin API works on, as it lies in AWS. */
export function awsPorts(
  env: AdminEnv,
  { documents: client, s3, signer, kinesis, scheduler, states, now, randomText }: Clients,
): AdminPorts {
  const catalog = { client, tableName: env.CATALOG_TABLE, now };
  const audiences = { client, tableName: env.AUDIENCES_TABLE };
  const schedules = (kind: string, stateMachineArn: string) =>
    schedulerSchedules({
      client: scheduler,
      groupName: env.SCHEDULE_GROUP,
      roleArn: env.SCHEDULER_ROLE_ARN,
      timezone: env.WORKSPACE_TIMEZONE,
      stateMachineArn,
      kind,
    });
  const runs = (kind: string, stateMachineArn: string) =>
    stepFunctionsRuns({ client: states, stateMachineArn, orders: byDefinition(kind) });

  const sources = dynamoSources(catalog);

  return {
    people: dynamoPeopleReader(client, env.PEOPLE_TABLE),
    merges: dynamoMerges({ client, tableName: env.PEOPLE_TABLE }),
    identities: dynamoIdentities(client, env.IDENTITIES_TABLE),
    erasures: dynamoErasures({ client, tableName: env.PEOPLE_TABLE }),
    dedupDays: env.DEDUP_DAYS,
    // who has just changed a definition looks at what it does
    definitions: cachedDefinitions({ client, tableName: env.CATALOG_TABLE, maxAgeMs: 0 }),
    identitySettings: dynamoIdentitySettings(catalog),
    workspaceSettings: dynamoWorkspaceSettings(catalog),
    conflicts: dynamoConflictList({ client, tableName: env.PEOPLE_TABLE }),
    timeline: dynamoTimelineReader({ client, tableName: env.PEOPLE_TABLE }),
    audience: dynamoAudience(audiences),
    rows: dynamoAudienceRows(audiences),
    sizes: dynamoSegmentSizes(audiences),
    scan: dynamoPeopleScan({ client, tableName: env.PEOPLE_TABLE, ...leavingOutUnreadable }),
    previewDefinitions: previewDefinitions(catalog),
    definitionsState: () => readDefinitionsState(catalog),
    random: Math.random,
    progress: dynamoRunProgress({ ...audiences, now }),
    sources,
    trackingPlans: dynamoTrackingPlans(catalog),
    segments: dynamoSegments(catalog),
    lifecycle: dynamoLifecycle(catalog),
    traits: dynamoTraits(catalog),
    computedTraits: dynamoComputedTraits(catalog),
    imports: dynamoDefinitions({ ...catalog, kind: 'import', schema: Import }),
    exports: dynamoDefinitions({ ...catalog, kind: 'export', schema: Export }),
    campaigns: dynamoDefinitions({ ...catalog, kind: 'campaign', schema: Campaign }),
    runs: {
      evaluations: runs('scope', env.EVALUATIONS_STATE_MACHINE_ARN),
      imports: stepFunctionsRuns({
        client: states,
        stateMachineArn: env.IMPORTS_STATE_MACHINE_ARN,
        orders: IMPORT_ORDERS,
      }),
      exports: runs('export', env.EXPORTS_STATE_MACHINE_ARN),
      campaigns: runs('campaign', env.CAMPAIGNS_STATE_MACHINE_ARN),
    },
    uploads: s3Uploads({ client: signer, bucket: env.IMPORTS_BUCKET, now }),
    schedules: {
      exports: schedules('export', env.EXPORTS_STATE_MACHINE_ARN),
      campaigns: schedules('campaign', env.CAMPAIGNS_STATE_MACHINE_ARN),
    },
    files: {
      bucket: env.EXPORTS_BUCKET,
      readJson: s3RunFiles({ client: s3, bucket: env.EXPORTS_BUCKET }).readJson,
    },
    redriving: {
      quarantine: {
        ...s3Quarantine(s3, env.QUARANTINE_BUCKET),
        ...s3QuarantineStore(s3, env.QUARANTINE_BUCKET),
      },
      failed: s3FailedRecords(s3, env.FAILED_BUCKET),
      stream: kinesisEventsStream(kinesis, env.EVENTS_STREAM),
      sources,
      rulesOf: cachedSourceRules(catalog),
      dedupDays: env.DEDUP_DAYS,
      now,
    },
    quality: dynamoQualityReader({ client, tableName: env.QUALITY_TABLE }),
    reader: kinesisEventsReader(kinesis, { streamArn: env.EVENTS_STREAM_ARN }),
    workspace: { market: env.MARKET, brand: env.BRAND, legalEntity: env.LEGAL_ENTITY },
    // begins with the time, so that runs sort by it: 20261122T091500Z-5f3a9c01
    newRunId: () => `${new Date(now()).toISOString().replace(/[-:]|\.\d+/g, '')}-${randomText()}`,
    now,
    pause: (attempt) => pause(Math.random() * 20 * 2 ** attempt),
  };
}
