import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import middy from '@middy/core';
import { dynamoIdentities } from '#functions/adapters/dynamodb/identities.ts';
import { dynamoPeople } from '#functions/adapters/dynamodb/people.ts';
import { cachedDefinitions } from '#functions/adapters/dynamodb/segment-definitions.ts';
import { s3Quarantine } from '#functions/adapters/s3/quarantine.ts';
import { readEnv } from '#functions/runtime/env.ts';
import { kinesisBatch } from '#functions/runtime/kinesis-batch.ts';
import { count, telemetry } from '#functions/runtime/telemetry.ts';
import { Pid } from '#shared/events/event.ts';
import { applyRecords } from './apply-records.ts';
import { ProfilesEnv } from './env.ts';
import { readRecords } from './read-records.ts';

const env = readEnv(ProfilesEnv);
const client = DynamoDBDocumentClient.from(new DynamoDBClient(), {
  marshallOptions: { removeUndefinedValues: true },
});
const quarantine = s3Quarantine(new S3Client(), env.QUARANTINE_BUCKET);

const ports = {
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
  quarantine,
  timeline: env.TIMELINE,
  newPid: () => Pid.parse(randomBytes(12).toString('base64url')),
  now: Date.now,
  pause: (attempt: number) => pause(Math.random() * 20 * 2 ** attempt),
};

export const handler = middy(
  kinesisBatch({
    handle: async (key) => {
      const { applied, duplicates, quarantined, merges } = await applyRecords(
        await readRecords(key, quarantine),
        ports,
      );
      count('EventsApplied', applied);
      count('EventsDuplicate', duplicates);
      count('EventsQuarantined', quarantined);
      count('PeopleMerged', merges);
    },
  }),
).use(telemetry('profiles'));
