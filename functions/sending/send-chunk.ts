import { createHash, randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { dynamoContacts } from '#functions/adapters/dynamodb/contacts.ts';
import { dynamoPeopleReader } from '#functions/adapters/dynamodb/people-reader.ts';
import { s3RunFiles } from '#functions/adapters/s3/run-files.ts';
import { signingSecret } from '#functions/adapters/secrets/signing-secret.ts';
import { sendingClient, sesEmailSender } from '#functions/adapters/ses/email-sender.ts';
import { readEnv } from '#functions/runtime/env.ts';
import { task } from '#functions/runtime/task.ts';
import { telemetry } from '#functions/runtime/telemetry.ts';
import { leavingOutUnreadable } from '#functions/runtime/unreadable.ts';
import type { UnsubscribeClaims } from '#shared/sending/send-to-person.ts';
import { SendingEnv } from './env.ts';
import { CampaignPart, sendChunk } from './run-campaign.ts';
import { realTime } from './send-part.ts';
import { signUnsubscribe } from './unsubscribe-token.ts';

const env = readEnv(SendingEnv);
const client = DynamoDBDocumentClient.from(new DynamoDBClient());
const secret = signingSecret(new SecretsManagerClient(), env.SIGNING_SECRET_ARN);
const tables = { peopleTable: env.PEOPLE_TABLE, audiencesTable: env.AUDIENCES_TABLE };

const ports = {
  ...realTime,
  people: dynamoPeopleReader(client, env.PEOPLE_TABLE, leavingOutUnreadable),
  contacts: dynamoContacts({ client, ...tables }),
  sender: sesEmailSender({ client: sendingClient(), configurationSet: env.SES_CONFIGURATION_SET }),
  files: s3RunFiles({ client: new S3Client(), bucket: env.EXPORTS_BUCKET }),
  hash: (text: string) => createHash('sha256').update(text).digest('base64url'),
  newAttempt: randomUUID,
  unsubscribeUrl: async (claims: UnsubscribeClaims) =>
    `${env.COLLECT_URL}/u/${await signUnsubscribe(claims, { secret, now: realTime.now() })}`,
};

export const handler = middy(async (input: unknown, context: Context) => {
  const remainingMs = () => context.getRemainingTimeInMillis();
  return task({ schema: CampaignPart, handle: (part) => sendChunk(part, { ...ports, remainingMs }) })(input);
}).use(telemetry('sending'));
