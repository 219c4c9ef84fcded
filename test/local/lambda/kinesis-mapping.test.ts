import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AwsError } from '#local/gate/aws-call.ts';
import { startKinesisMapping } from '#local/lambda/kinesis-mapping.ts';
import { StreamMappingProperties } from '#local/lambda/mapping-properties.ts';
import {
  eventually,
  FUNCTION_ARN,
  failedFrom,
  finished,
  MAPPING_ID,
  openBench,
  STREAM_ARN,
  sequencesOf,
  textsOf,
  threw,
} from '#test/support/local/mapping-bench.ts';

const BUCKET = 'arn:aws:s3:::failed';
const reporting = { FunctionResponseTypes: ['ReportBatchItemFailures' as const] };

describe('a Kinesis mapping', () => {
  let bench: ReturnType<typeof openBench>;
  beforeEach(() => {
    bench = openBench();
  });
  afterEach(() => bench.close());

  it('gives the function the event that Lambda gives', async () => {
    await bench.start({});
    const sequenceNumber = await bench.putOne('a=1');
    await eventually(() => bench.events.length > 0);

    expect(bench.events).toEqual([
      {
        Records: [
          {
            kinesis: {
              kinesisSchemaVersion: '1.0',
              partitionKey: 'a',
              sequenceNumber,
              data: Buffer.from('a=1').toString('base64'),
              approximateArrivalTimestamp: expect.closeTo(Date.now() / 1000, -1),
            },
            eventSource: 'aws:kinesis',
            eventVersion: '1.0',
            eventID: `shardId-000000000000:${sequenceNumber}`,
            eventName: 'aws:kinesis:record',
            invokeIdentityArn: 'arn:aws:iam::000000000000:role/ProfilesRole',
            awsRegion: 'eu-west-1',
            eventSourceARN: STREAM_ARN,
          },
        ],
      },
    ]);
  });

  it('reaches the function at once without a window', async () => {
    await bench.start({});
    const tookMs: number[] = [];
    for (const text of ['a=1', 'a=2', 'a=3', 'a=4', 'a=5']) {
      const began = performance.now();
      await bench.put(text);
      await eventually(() => bench.texts().includes(text));
      tookMs.push(performance.now() - began);
    }

    // The quickest, for the machine may have other things to do: by asking again it would be a second
    expect(Math.min(...tookMs)).toBeLessThan(500);
  });

  it('gathers records for the window, and no longer', async () => {
    await bench.start({ MaximumBatchingWindowInSeconds: 1 });
    const began = performance.now();
    await bench.put('a=1');
    await bench.put('b=1');
    await eventually(() => bench.events.length > 0);
    const tookMs = performance.now() - began;

    expect(bench.events.map(textsOf)).toEqual([['a=1', 'b=1']]);
    expect(tookMs).toBeGreaterThanOrEqual(990);
  });

  it('does not wait for the window when a batch is full', async () => {
    await bench.start({ MaximumBatchingWindowInSeconds: 60, BatchSize: 2 });
    await bench.put('a=1', 'a=2', 'a=3', 'a=4');
    await eventually(() => bench.events.length === 2);

    expect(bench.events.map(textsOf)).toEqual([
      ['a=1', 'a=2'],
      ['a=3', 'a=4'],
    ]);
  });

  it('keeps an invocation under 6 MB', async () => {
    const large = (name: string) => `a=${name}${'x'.repeat(900_000)}`;
    await bench.put(...['1', '2', '3', '4', '5', '6', '7'].map(large));
    await bench.start({});
    await eventually(() => bench.texts().length === 7);

    expect(bench.events.map((event) => textsOf(event).length)).toEqual([5, 2]);
    expect(JSON.stringify(bench.events[0]).length).toBeLessThan(6 * 1024 * 1024);
  });

  it('delivers only what a filter selects, and moves the checkpoint over the rest', async () => {
    const Filters = [
      { Pattern: '{"data":{"n":[{"numeric":[">",1]}]}}' },
      { Pattern: '{"data":["a=plain"]}' },
    ];
    await bench.start({ FilterCriteria: { Filters } });
    const texts = ['{"n":1}', '{"n":2}', 'no json', 'a=plain', '{"n":9}', '{"n":0}'];
    await bench.put(...texts);
    await eventually(() => bench.texts().length === 3);
    await eventually(() => bench.checkpoints.load(MAPPING_ID).get('shardId-000000000000')?.length === 56);

    expect(bench.texts()).toEqual(['{"n":2}', 'a=plain', '{"n":9}']);
    await bench.reopen();
    await bench.start({});
    await bench.put('a=next');
    await eventually(() => bench.texts().length > 0);
    expect(bench.texts()).toEqual(['a=next']);
  });

  it('goes on after a restart from what was acknowledged, delivering the rest again', async () => {
    const never = new Promise<typeof finished>(() => {});
    await bench.put('a=1', 'a=2', 'a=3');
    await bench.start({ BatchSize: 1 }, (event) => (textsOf(event)[0] === 'a=2' ? never : finished));
    await eventually(() => bench.events.length === 2);
    bench.abandon();

    await bench.reopen();
    await bench.start({});
    await eventually(() => bench.texts().length === 2);

    expect(bench.texts()).toEqual(['a=2', 'a=3']);
  });

  it('moves the checkpoint only over what every lane has finished', async () => {
    const never = new Promise<typeof finished>(() => {});
    const keys = [...'abcdefgh'];
    await bench.put(...keys.map((key) => `${key}=1`));
    await bench.start({ ParallelizationFactor: 10, BatchSize: 1 }, (event) =>
      textsOf(event)[0] === 'c=1' ? never : finished,
    );
    await eventually(() => bench.events.length >= keys.length - 1);
    bench.abandon();

    await bench.reopen();
    await bench.start({});
    await eventually(() => bench.texts().length >= 6);

    // What stands behind the stuck record is delivered again with it: Lambda keeps one checkpoint a shard.
    expect(bench.texts()).toEqual(['c=1', 'd=1', 'e=1', 'f=1', 'g=1', 'h=1']);
  });

  it('starts at LATEST once: a restart misses nothing that came meanwhile', async () => {
    await bench.put('a=old');
    await bench.start({ StartingPosition: 'LATEST' });
    await bench.put('a=1');
    await eventually(() => bench.events.length > 0);
    await bench.stop();
    await bench.put('a=2');
    await bench.start({ StartingPosition: 'LATEST' });
    await eventually(() => bench.events.length === 2);

    expect(bench.texts()).toEqual(['a=1', 'a=2']);
  });

  it('starts at a time', async () => {
    await bench.put('a=old');
    await new Promise((resolve) => setTimeout(resolve, 5));
    const StartingPositionTimestamp = Date.now() / 1000;
    await bench.put('a=1');
    await bench.start({ StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp });
    await eventually(() => bench.events.length > 0);

    expect(bench.texts()).toEqual(['a=1']);
  });

  it('delivers again from the lowest failure reported', async () => {
    let first = true;
    await bench.start({ ...reporting }, (event) => {
      if (!first) return finished;
      first = false;
      return failedFrom(sequencesOf(event)[1]);
    });
    await bench.put('a=1', 'a=2', 'a=3');
    await eventually(() => bench.events.length === 2);

    expect(bench.events.map(textsOf)).toEqual([
      ['a=1', 'a=2', 'a=3'],
      ['a=2', 'a=3'],
    ]);
  });

  it('writes a batch given up to S3, records included, and goes on', async () => {
    await bench.start(
      {
        MaximumRetryAttempts: 2,
        BisectBatchOnFunctionError: true,
        DestinationConfig: { OnFailure: { Destination: BUCKET } },
      },
      (event) => (textsOf(event).includes('a=bad') ? threw : finished),
    );
    await bench.put('a=1', 'a=bad', 'a=2', 'a=3');
    await eventually(() => bench.texts().includes('a=3') && bench.failed.length === 1);

    const [failed] = bench.failed;
    const body = JSON.parse(failed?.body ?? '');
    const [sequenceNumber] = sequencesOf(JSON.parse(body.payload));
    expect(failed?.destination).toBe(BUCKET);
    expect(failed?.key).toMatch(
      new RegExp(
        String.raw`^aws/lambda/${MAPPING_ID}/shardId-000000000000/\d{4}/\d\d/\d\d/\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[0-9a-f-]{36}$`,
      ),
    );
    expect(body).toEqual({
      requestContext: {
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        functionArn: FUNCTION_ARN,
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 3,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      KinesisBatchInfo: {
        shardId: 'shardId-000000000000',
        startSequenceNumber: sequenceNumber,
        endSequenceNumber: sequenceNumber,
        approximateArrivalOfFirstRecord: expect.stringMatching(/\.\d{3}Z$/),
        approximateArrivalOfLastRecord: expect.stringMatching(/\.\d{3}Z$/),
        batchSize: 1,
        streamArn: STREAM_ARN,
      },
      payload: expect.any(String),
    });
    expect(textsOf(JSON.parse(body.payload))).toEqual(['a=bad']);
  });

  it('tells a queue only where a failed batch stands', async () => {
    const Destination = 'arn:aws:sqs:eu-west-1:000000000000:failed';
    await bench.start(
      { MaximumRetryAttempts: 0, DestinationConfig: { OnFailure: { Destination } }, ...reporting },
      (event) => failedFrom(sequencesOf(event)[0]),
    );
    await bench.put('a=1', 'a=2');
    await eventually(() => bench.failed.length === 1);

    const body = JSON.parse(bench.failed[0]?.body ?? '');
    expect(body.payload).toBeUndefined();
    expect(body.responseContext.functionError).toBeNull();
    expect(body.KinesisBatchInfo.batchSize).toBe(2);
  });

  it('delivers again, spending no retry, when the stack was stopped during an invocation', async () => {
    const stopping = Promise.withResolvers<typeof threw>();
    await bench.start({ MaximumRetryAttempts: 0 }, () => stopping.promise);
    await bench.put('a=1');
    await eventually(() => bench.events.length === 1);
    const stopped = bench.stop();
    stopping.resolve(threw);
    await stopped;
    await bench.start({ MaximumRetryAttempts: 0 });
    await eventually(() => bench.events.length === 2);

    expect(bench.texts()).toEqual(['a=1', 'a=1']);
  });

  it('asks leave for all it will do, as the role of the function', () => {
    const asked: string[] = [];
    const { authorize: _, ...rest } = bench.dependencies(() => finished);
    const properties = StreamMappingProperties.parse({
      EventSourceArn: STREAM_ARN,
      FunctionName: 'profiles',
      StartingPosition: 'LATEST',
      DestinationConfig: { OnFailure: { Destination: BUCKET } },
    });
    const authorize = (caller: unknown, requests: readonly { action: string; resource: string }[]) => {
      asked.push(JSON.stringify(caller), ...requests.map(({ action, resource }) => `${action} ${resource}`));
      throw new AwsError('AccessDeniedException', 'profiles may not kinesis:ListShards');
    };
    const mapping = {
      id: MAPPING_ID,
      functionArn: FUNCTION_ARN,
      caller: { kind: 'role', roleId: 'R', name: 'profiles' } as const,
      roleArn: 'arn:aws:iam::000000000000:role/R',
      properties,
    };

    expect(() => startKinesisMapping(mapping, { ...rest, kinesis: bench.kinesis, authorize })).toThrow(
      'may not kinesis:ListShards',
    );
    expect(asked).toEqual([
      '{"kind":"role","roleId":"R","name":"profiles"}',
      `kinesis:DescribeStream ${STREAM_ARN}`,
      `kinesis:DescribeStreamSummary ${STREAM_ARN}`,
      `kinesis:GetRecords ${STREAM_ARN}`,
      `kinesis:GetShardIterator ${STREAM_ARN}`,
      `kinesis:ListShards ${STREAM_ARN}`,
      `s3:PutObject ${BUCKET}/aws/lambda/${MAPPING_ID}/`,
      `s3:ListBucket ${BUCKET}`,
    ]);
  });

  it.each([
    [{ TumblingWindowInSeconds: 30 }, 'TumblingWindowInSeconds'],
    [{ FilterCriteria: { Filters: [{ Pattern: '{"data":{"a":[{"wildcard":"x*"}]}}' }] } }, 'wildcard'],
    [{ FilterCriteria: { Filters: [{ Pattern: '{"partitionKey":["a"]}' }] } }, 'partitionKey'],
    [{ BatchSize: 10_001 }, 'BatchSize'],
    [{ DestinationConfig: { OnFailure: { Destination: 'arn:aws:sns:eu-west-1:0:t' } } }, 'Destination'],
  ])('refuses %j', async (properties, message) => {
    await expect(bench.start(properties)).rejects.toThrow(message);
  });
});
