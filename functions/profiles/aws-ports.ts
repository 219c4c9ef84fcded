import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { cachedDefinitions } from '#functions/adapters/dynamodb/cached-definitions.ts';
import { dynamoIdentities } from '#functions/adapters/dynamodb/identities.ts';
import { dynamoPeople } from '#functions/adapters/dynamodb/people.ts';
import { dynamoQualityCounts } from '#functions/adapters/dynamodb/quality-counts.ts';
import { s3Quarantine } from '#functions/adapters/s3/quarantine.ts';
import { Pid } from '#shared/events/event.ts';
import type { QualityCounts } from '#shared/quality/quality-count.ts';
import type { ApplyPorts } from './apply-records.ts';
import type { ProfilesEnv } from './env.ts';
import { hotPeople } from './hot-people.ts';
import { type BatchTally, batchTally } from './tally.ts';

interface Clients {
  readonly documents: DynamoDBDocumentClient;
  readonly s3: S3Client;
}

interface BatchPorts extends ApplyPorts {
  readonly tally: BatchTally;
  /** Where a batch's tally goes. */
  readonly counts: QualityCounts;
}

/** What events are applied to, as it lies in AWS. */
export function awsPorts(env: ProfilesEnv, { documents: client, s3 }: Clients): BatchPorts {
  return {
    people: dynamoPeople({
      client,
      tableName: env.PEOPLE_TABLE,
      identitiesTable: env.IDENTITIES_TABLE,
      timelineDays: env.TIMELINE_DAYS,
      dedupDays: env.DEDUP_DAYS,
      now: Date.now,
    }),
    identities: dynamoIdentities(client, env.IDENTITIES_TABLE),
    definitions: cachedDefinitions({ client, tableName: env.CATALOG_TABLE }),
    quarantine: s3Quarantine(s3, env.QUARANTINE_BUCKET),
    tally: batchTally(),
    counts: dynamoQualityCounts({ client, tableName: env.QUALITY_TABLE }),
    giveUpAfterMs: env.GIVE_UP_HOURS * 3_600_000,
    timeline: env.TIMELINE,
    newPid: () => Pid.parse(randomBytes(12).toString('base64url')),
    becomesHot: hotPeople(Date.now),
    now: Date.now,
    pause: (attempt: number) => pause(Math.random() * 20 * 2 ** attempt),
  };
}
