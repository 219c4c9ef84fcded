import { setTimeout as pause } from 'node:timers/promises';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { S3Client } from '@aws-sdk/client-s3';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoAudienceRows } from '#functions/adapters/dynamodb/audience-rows.ts';
import { cachedDefinitions } from '#functions/adapters/dynamodb/cached-definitions.ts';
import { dynamoSegments } from '#functions/adapters/dynamodb/counted-definitions.ts';
import { readDefinitionsState } from '#functions/adapters/dynamodb/definitions-state.ts';
import { dynamoPeople } from '#functions/adapters/dynamodb/people.ts';
import { dynamoPeopleScan } from '#functions/adapters/dynamodb/people-scan.ts';
import { dynamoRunProgress } from '#functions/adapters/dynamodb/run-progress.ts';
import { dynamoSegmentSizes } from '#functions/adapters/dynamodb/segment-sizes.ts';
import { eventBridgeAnnouncer } from '#functions/adapters/eventbridge/announcer.ts';
import { s3RunFiles } from '#functions/adapters/s3/run-files.ts';
import { leavingOutUnreadable } from '#functions/runtime/unreadable.ts';
import type { EvaluationEnv } from './env.ts';
import type { EvaluationPorts } from './evaluation-step.ts';

interface Clients {
  readonly documents: DynamoDBDocumentClient;
  readonly s3: S3Client;
  readonly events: EventBridgeClient;
  readonly now: () => number;
}

/** What runs over everybody work on, as it lies in AWS. */
export function awsPorts(
  env: EvaluationEnv,
  { documents: client, s3, events, now }: Clients,
): Omit<EvaluationPorts, 'remainingMs'> {
  const audiences = { client, tableName: env.AUDIENCES_TABLE };
  const catalog = { client, tableName: env.CATALOG_TABLE };
  const segments = dynamoSegments(catalog);

  return {
    people: dynamoPeople({
      client,
      tableName: env.PEOPLE_TABLE,
      identitiesTable: env.IDENTITIES_TABLE,
      timelineDays: env.TIMELINE_DAYS,
      dedupDays: env.DEDUP_DAYS,
      now,
    }),
    scan: dynamoPeopleScan({ client, tableName: env.PEOPLE_TABLE, ...leavingOutUnreadable }),
    definitions: cachedDefinitions(catalog),
    definitionsState: () => readDefinitionsState(catalog),
    segmentIds: async () => (await segments.list()).map(({ definition }) => definition.id),
    rows: dynamoAudienceRows(audiences),
    sizes: dynamoSegmentSizes(audiences),
    progress: dynamoRunProgress({ ...audiences, now }),
    announcer: eventBridgeAnnouncer({ client: events, busName: env.EVENT_BUS_NAME }),
    files: s3RunFiles({ client: s3, bucket: env.EXPORTS_BUCKET }),
    now,
    pause: (attempt) => pause(Math.random() * 20 * 2 ** attempt),
  };
}
