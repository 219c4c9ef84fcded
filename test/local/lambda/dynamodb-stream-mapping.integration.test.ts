import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  type PutItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Checkpoints, openCheckpoints } from '#local/lambda/checkpoints.ts';
import { startDynamoDbStreamMapping } from '#local/lambda/dynamodb-stream-mapping.ts';
import type { FailedBatch } from '#local/lambda/failed-batch.ts';
import type { InvokeResult } from '#local/lambda/invoker.ts';
import { StreamMappingProperties } from '#local/lambda/mapping-properties.ts';
import type { RunningMapping } from '#local/lambda/stream-mapping.ts';
import { type DynamoDb, openDynamoDb } from '#local/services/dynamodb.ts';
import { eventually, finished, threw } from '#test/support/local/mapping-bench.ts';

const STREAM_ARN = 'arn:aws:dynamodb:eu-west-1:000000000000:table/people/stream/2026-01-01T00:00:00.000';
const Event = z.custom<DynamoDBStreamEvent>((value) => typeof value === 'object' && value !== null);

describe('a DynamoDB stream mapping', () => {
  let dir: string;
  let dynamodb: DynamoDb;
  let client: DynamoDBClient;
  let checkpoints: Checkpoints;
  let mapping: RunningMapping;
  let events: DynamoDBStreamEvent[];
  let failed: FailedBatch[];

  const start = async (properties: object = {}, handler: () => InvokeResult = () => finished) => {
    mapping = startDynamoDbStreamMapping(
      {
        id: 'mapping',
        functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:segments',
        caller: { kind: 'operator' },
        roleArn: 'arn:aws:iam::000000000000:role/R',
        properties: StreamMappingProperties.parse({
          EventSourceArn: STREAM_ARN,
          FunctionName: 'segments',
          StartingPosition: 'TRIM_HORIZON',
          ...properties,
        }),
      },
      {
        endpoint: dynamodb.endpoint,
        checkpoints,
        authorize: () => {},
        backoffMs: () => 1,
        onFailure: async (batch) => void failed.push(batch),
        invoker: {
          async invoke(_functionArn, event) {
            events.push(Event.parse(event));
            return handler();
          },
        },
      },
    );
    await mapping.ready;
  };
  const put = (Item: PutItemCommandInput['Item']) =>
    client.send(new PutItemCommand({ TableName: 'people', Item }));
  const person = (pid: string, more: PutItemCommandInput['Item'] = {}) =>
    put({ pid: { S: pid }, sk: { S: '!activity' }, ...more });
  const records = () => events.flatMap(({ Records }) => Records);
  const pids = () => records().map(({ dynamodb }) => dynamodb?.Keys?.pid?.S);

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'stream-'));
    events = [];
    failed = [];
    checkpoints = openCheckpoints({ dir });
    dynamodb = await openDynamoDb({ dir });
    await dynamodb.createTable({
      TableName: 'people',
      KeySchema: [
        { AttributeName: 'pid', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pid', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
    client = new DynamoDBClient({
      region: 'eu-west-1',
      endpoint: dynamodb.endpoint,
      credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
    });
  });
  afterEach(async () => {
    await mapping.close();
    client.destroy();
    checkpoints.close();
    await dynamodb.close();
    rmSync(dir, { recursive: true });
  });

  it('gives the function the event that Lambda gives', async () => {
    await start();
    await person('p1', { n: { N: '1' } });
    await eventually(() => events.length > 0);

    expect(records()).toEqual([
      {
        eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
        eventName: 'INSERT',
        eventVersion: '1.1',
        eventSource: 'aws:dynamodb',
        awsRegion: 'eu-west-1',
        dynamodb: {
          ApproximateCreationDateTime: expect.any(Number),
          Keys: { pid: { S: 'p1' }, sk: { S: '!activity' } },
          NewImage: { pid: { S: 'p1' }, sk: { S: '!activity' }, n: { N: '1' } },
          SequenceNumber: expect.stringMatching(/^\d+$/),
          SizeBytes: expect.any(Number),
          StreamViewType: 'NEW_AND_OLD_IMAGES',
        },
        eventSourceARN: STREAM_ARN,
      },
    ]);
  });

  it('leaves out writes that change nothing, as AWS does', async () => {
    await start();
    await person('p1', { n: { N: '1' } });
    await person('p1', { n: { N: '1' } });
    await person('p1', { n: { N: '2' } });
    await client.send(
      new DeleteItemCommand({ TableName: 'people', Key: { pid: { S: 'p1' }, sk: { S: '!activity' } } }),
    );
    await eventually(() => records().length === 3);

    expect(records().map(({ eventName }) => eventName)).toEqual(['INSERT', 'MODIFY', 'REMOVE']);
  });

  it('delivers only what the filter selects', async () => {
    // `exists` sees leaves only, so it has to name one inside the map.
    const Pattern = JSON.stringify({
      dynamodb: { NewImage: { out: { M: { n: { N: [{ exists: true }] } } } } },
    });
    await start({ FilterCriteria: { Filters: [{ Pattern }] } });
    await person('p1');
    await person('p2', { out: { M: { n: { N: '1' } } } });
    await person('p3');
    await person('p4', { out: { M: { n: { N: '2' } } } });
    await eventually(() => records().length === 2);

    expect(pids()).toEqual(['p2', 'p4']);
  });

  it('goes on after a restart, and with LATEST misses nothing that came meanwhile', async () => {
    await person('old');
    await start({ StartingPosition: 'LATEST' });
    await person('p1');
    await eventually(() => records().length === 1);
    await mapping.close();
    await person('p2');
    await start({ StartingPosition: 'LATEST' });
    await eventually(() => records().length === 2);

    expect(pids()).toEqual(['p1', 'p2']);
  });

  it('hands over what fails to the destination, and goes on', async () => {
    let calls = 0;
    await start(
      {
        MaximumRetryAttempts: 1,
        DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::failed' } },
      },
      () => (++calls <= 2 ? threw : finished),
    );
    await person('p1');
    await eventually(() => failed.length === 1);
    await person('p2');
    await eventually(() => pids().includes('p2'));

    const body = JSON.parse(failed[0]?.body ?? '');
    expect(body.DDBStreamBatchInfo).toMatchObject({
      batchSize: 1,
      approximateArrivalOfFirstRecord: expect.stringMatching(/:\d\dZ$/),
    });
    expect(Event.parse(JSON.parse(body.payload)).Records[0]?.dynamodb?.Keys?.pid).toEqual({ S: 'p1' });
    expect(pids()).toEqual(['p1', 'p1', 'p2']);
  });

  it('costs next to nothing while nothing happens', async () => {
    await start();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const before = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const { user, system } = process.cpuUsage(before);

    expect((user + system) / 1000).toBeLessThan(200);
  });
});
