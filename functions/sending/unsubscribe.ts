import { randomUUID } from 'node:crypto';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { kinesisEventsStream } from '#functions/adapters/kinesis/events-stream.ts';
import { signingSecret } from '#functions/adapters/secrets/signing-secret.ts';
import { readEnv } from '#functions/runtime/env.ts';
import { httpHandler } from '#functions/runtime/http.ts';
import { askUnsubscribe, doUnsubscribe } from './answer-unsubscribe.ts';
import { UnsubscribeEnv } from './unsubscribe-env.ts';

const env = readEnv(UnsubscribeEnv);

const ports = {
  secret: signingSecret(new SecretsManagerClient(), env.SIGNING_SECRET_ARN),
  stream: kinesisEventsStream(new KinesisClient(), env.EVENTS_STREAM),
  newId: randomUUID,
};

export const handler = httpHandler({
  capability: 'sending',
  maxBodyBytes: 10_000,
  routes: [
    { method: 'GET', path: '/u/{token}', handle: (request) => askUnsubscribe(request, ports) },
    { method: 'POST', path: '/u/{token}', handle: (request) => doUnsubscribe(request, ports) },
  ],
});
