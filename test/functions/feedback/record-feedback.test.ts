import { readFileSync } from 'node:fs';
import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StreamRecord } from '#shared/events/stream-record.ts';
import { lambdaContext } from '#test/support/http-event.ts';

const kinesis = mockClient(KinesisClient);

describe('record-feedback', () => {
  beforeEach(() => {
    kinesis.reset();
    kinesis.on(PutRecordsCommand).resolves({ Records: [{ SequenceNumber: '1' }] });
    vi.stubEnv('EVENTS_STREAM', 'events');
    vi.stubEnv('AWS_REGION', 'eu-west-1');
  });
  afterEach(() => vi.unstubAllEnvs());

  const handle = async (event: unknown): Promise<unknown> => {
    const { handler } = await import('#functions/feedback/record-feedback.ts');
    return handler(event, lambdaContext);
  };
  const fixture = (name: string): unknown =>
    JSON.parse(readFileSync(`test/fixtures/aws/ses/${name}.json`, 'utf8'));

  it('puts what came of a mail on the stream', async () => {
    await handle(fixture('open'));

    const [call] = kinesis.commandCalls(PutRecordsCommand);
    const [entry] = call?.args[0].input.Records ?? [];
    expect(call?.args[0].input.StreamName).toBe('events');
    expect(entry?.PartitionKey).toBe('pid#p1');
    const record = StreamRecord.parse(JSON.parse(Buffer.from(entry?.Data ?? []).toString()));
    expect(record.events[0]?.event).toBe('Email Opened');
  });

  it('puts nothing for an event that says nothing of a person', async () => {
    await handle(fixture('send'));

    expect(kinesis.commandCalls(PutRecordsCommand)).toHaveLength(0);
  });

  it('fails on what is no event of SES, so that Lambda keeps it', async () => {
    await expect(handle({ detail: {} })).rejects.toThrow(/time/);
  });
});
