import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import middy from '@middy/core';
import { dynamoAudience } from '#functions/adapters/dynamodb/audience-snapshot.ts';
import { dynamoPeopleReader } from '#functions/adapters/dynamodb/people-reader.ts';
import { s3RunFiles } from '#functions/adapters/s3/run-files.ts';
import { readEnv } from '#functions/runtime/env.ts';
import { task } from '#functions/runtime/task.ts';
import { telemetry } from '#functions/runtime/telemetry.ts';
import { leavingOutUnreadable } from '#functions/runtime/unreadable.ts';
import { ExportsEnv } from './env.ts';
import { ExportPart, writeExportPart } from './write-export-part.ts';

const env = readEnv(ExportsEnv);
const client = DynamoDBDocumentClient.from(new DynamoDBClient());
const ports = {
  people: dynamoPeopleReader(client, env.PEOPLE_TABLE, leavingOutUnreadable),
  audience: dynamoAudience({ client, tableName: env.AUDIENCES_TABLE }),
  files: s3RunFiles({ client: new S3Client(), bucket: env.EXPORTS_BUCKET }),
  now: Date.now,
};

export const handler = middy(
  task({ schema: ExportPart, handle: (part) => writeExportPart(part, ports) }),
).use(telemetry('exports'));
