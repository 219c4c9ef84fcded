import * as net from 'node:net';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import {
  KinesisClient,
  ProvisionedThroughputExceededException,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import { GetObjectCommand, ListObjectsV2Command, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import {
  GetScheduleCommand,
  ResourceNotFoundException as NoSuchSchedule,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { SESv2Client, SendEmailCommand, TooManyRequestsException } from '@aws-sdk/client-sesv2';
import { ExecutionDoesNotExist, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AwsError, type AwsService } from '#local/gate/aws-call.ts';
import { startTestGate, type TestGate } from '#test/support/gate.ts';

const json =
  (body: unknown): AwsService =>
  async () => ({
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify(body),
  });

const fails =
  (code: string, message: string, status = 400): AwsService =>
  async () => {
    throw new AwsError(code, message, status);
  };

let gate: TestGate;
const OPERATIONS_ALLOWED = [{ Effect: 'Allow', Action: '*', Resource: '*' }];
beforeAll(async () => {
  gate = await startTestGate({
    services: {
      dynamodb: json({ Item: { pid: { S: 'p1' } } }),
      kinesis: json({ FailedRecordCount: 0, Records: [{ SequenceNumber: '1', ShardId: 's' }] }),
      s3: fails('NoSuchKey', 'no <such> key', 404),
      states: fails('ExecutionDoesNotExist', 'no such execution'),
      scheduler: fails('ResourceNotFoundException', 'no such schedule', 404),
      ses: fails('TooManyRequestsException', 'slow down', 429),
    },
    functions: { admin: OPERATIONS_ALLOWED, collect: [] },
  });
});
afterAll(() => gate.close());

const GET = new GetItemCommand({ TableName: 'people', Key: { pid: { S: 'p1' } } });
const PUT = new PutRecordsCommand({
  StreamName: 'events',
  Records: [{ Data: Buffer.from('a'), PartitionKey: 'p' }],
});

describe('one port for every service', () => {
  it('hands a call on with its service, operation, caller and whole body', async () => {
    await new DynamoDBClient(gate.asFunction('admin')).send(GET);

    expect(gate.calls.at(-1)).toMatchObject({
      service: 'dynamodb',
      operation: 'GetItem',
      caller: { kind: 'role', name: 'admin', roleId: 'adminRole' },
      method: 'POST',
      path: '/',
    });
    expect(JSON.parse(String(gate.calls.at(-1)?.body))).toEqual({
      TableName: 'people',
      Key: { pid: { S: 'p1' } },
    });
  });

  it('speaks HTTP/2 to the Kinesis client, many calls at once', async () => {
    const kinesis = new KinesisClient(gate.asFunction('admin'));

    const answers = await Promise.all(Array.from({ length: 20 }, () => kinesis.send(PUT)));

    expect(answers.map((answer) => answer.Records?.[0]?.SequenceNumber)).toEqual(Array(20).fill('1'));
    kinesis.destroy();
  });

  it('takes a body of a megabyte over HTTP/2', async () => {
    const kinesis = new KinesisClient(gate.asFunction('admin'));
    const Data = Buffer.alloc(1_000_000, 'x');

    await kinesis.send(
      new PutRecordsCommand({ StreamName: 'events', Records: [{ Data, PartitionKey: 'p' }] }),
    );

    expect(gate.calls.at(-1)?.body.length).toBeGreaterThan(1_300_000);
    kinesis.destroy();
  });
});

describe('errors in each protocol, as the stock clients know them', () => {
  it('an error of JSON 1.0', async () => {
    const call = new SFNClient(gate.asOperator()).send(
      new StopExecutionCommand({ executionArn: 'arn:aws:x' }),
    );

    await expect(call).rejects.toThrow(ExecutionDoesNotExist);
    await expect(call).rejects.toMatchObject({
      message: 'no such execution',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('an error of S3, in XML', async () => {
    const call = new S3Client(gate.asOperator()).send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }));

    await expect(call).rejects.toThrow(NoSuchKey);
    await expect(call).rejects.toMatchObject({
      message: 'no <such> key',
      $metadata: { httpStatusCode: 404 },
    });
  });

  it('errors of REST and JSON', async () => {
    const schedule = new SchedulerClient(gate.asOperator()).send(new GetScheduleCommand({ Name: 'x' }));
    const mail = new SESv2Client(gate.asOperator()).send(
      new SendEmailCommand({ FromEmailAddress: 'a@x.org', Content: {} }),
    );

    await expect(schedule).rejects.toThrow(NoSuchSchedule);
    await expect(schedule).rejects.toMatchObject({ message: 'no such schedule' });
    await expect(mail).rejects.toThrow(TooManyRequestsException);
    await expect(mail).rejects.toMatchObject({ message: 'slow down', $metadata: { httpStatusCode: 429 } });
  });

  it('a fault of the emulation is a 500 that says what it was', async () => {
    const broken = await startTestGate({
      services: { dynamodb: async () => Promise.reject(new TypeError('oops')) },
    });

    const call = new DynamoDBClient(broken.asOperator()).send(GET);

    await expect(call).rejects.toMatchObject({
      name: 'InternalServerError',
      $metadata: { httpStatusCode: 500 },
    });
    await expect(call).rejects.toThrow('the local dynamodb failed: TypeError: oops');
    await broken.close();
  });

  it('an error that a client retries', async () => {
    let attempts = 0;
    const throttled = await startTestGate({
      services: {
        kinesis: async (call) => {
          attempts += 1;
          if (attempts < 3) throw new AwsError('ProvisionedThroughputExceededException', 'slow down');
          return json({ FailedRecordCount: 0, Records: [] })(call);
        },
      },
    });
    const patient = new KinesisClient({ ...throttled.asOperator(), maxAttempts: 3 });
    const hasty = new KinesisClient({ ...throttled.asOperator(), maxAttempts: 1 });

    await expect(hasty.send(PUT)).rejects.toThrow(ProvisionedThroughputExceededException);
    await expect(patient.send(PUT)).resolves.toMatchObject({ FailedRecordCount: 0 });

    patient.destroy();
    hasty.destroy();
    await throttled.close();
  });

  it.each([
    ['JSON', () => new DynamoDBClient(gate.asFunction('collect')).send(GET), 'AccessDeniedException', 400],
    [
      'JSON over HTTP/2',
      () => new KinesisClient(gate.asFunction('collect')).send(PUT),
      'AccessDeniedException',
      400,
    ],
    [
      'S3',
      () => new S3Client(gate.asFunction('collect')).send(new ListObjectsV2Command({ Bucket: 'b' })),
      'AccessDenied',
      403,
    ],
    [
      'REST',
      () => new SchedulerClient(gate.asFunction('collect')).send(new GetScheduleCommand({ Name: 'x' })),
      'AccessDeniedException',
      403,
    ],
  ])(
    'a denial in %s names the function, the action and the resource',
    async (_protocol, send, name, status) => {
      const call = send();

      await expect(call).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
      await expect(call).rejects.toThrow(
        /^User: collect \(collectRole\) is not authorized to perform: \S+ on resource: arn:/,
      );
    },
  );

  it.each([
    ['JSON', () => new DynamoDBClient(gate.as('NOBODY')).send(GET), 'UnrecognizedClientException'],
    [
      'S3',
      () => new S3Client(gate.as('NOBODY')).send(new GetObjectCommand({ Bucket: 'b', Key: 'k' })),
      'InvalidAccessKeyId',
    ],
  ])('an access key that nobody has, in %s', async (_protocol, send, name) => {
    await expect(send()).rejects.toMatchObject({ name });
  });
});

describe('what nobody emulates', () => {
  it('names the service that is not there', async () => {
    const alone = await startTestGate({ services: {} });

    await expect(new DynamoDBClient(alone.asOperator()).send(GET)).rejects.toThrow(
      'dynamodb is not emulated here (GetItem)',
    );
    await alone.close();
  });

  it('names the operation that no list knows, and lets no function do it', async () => {
    const raw = await fetch(gate.url, {
      method: 'POST',
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Credential=KEY-admin/20261122/eu-west-1/dynamodb/aws4_request',
        'x-amz-target': 'DynamoDB_20120810.ExecuteStatement',
      },
      body: '{}',
    });

    expect(raw.status).toBe(400);
    expect(await raw.json()).toMatchObject({
      __type: 'UnknownOperationException',
      message: expect.stringContaining('dynamodb:ExecuteStatement'),
    });
  });

  it.each(['/bucket/%E0%A4%A', '/bucket/key?X-Amz-Credential=%E0%A4%A', '/%', '/?%'])(
    'answers what is no URI: %s',
    async (path) => {
      const authorization = 'AWS4-HMAC-SHA256 Credential=KEY-admin/20261122/eu-west-1/s3/aws4_request';

      const response = await fetch(gate.url + path, { headers: { authorization } });

      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(await response.text()).toContain('<Error><Code>');
    },
  );

  it('refuses a request without a signature, and bytes that are no request', async () => {
    const unsigned = await fetch(`${gate.url}/`);
    expect(unsigned.status).toBe(403);

    const socket = net.connect(Number(new URL(gate.url).port), '127.0.0.1', () =>
      socket.write('\0\0\0 no HTTP\r\n\r\n'),
    );
    await new Promise((resolve) => socket.on('close', resolve).resume());

    await expect(new DynamoDBClient(gate.asOperator()).send(GET)).resolves.toBeDefined();
  });
});

describe('who am I', () => {
  it.each([
    ['KEY-OPERATOR', 'arn:aws:iam::000000000000:user/operator'],
    ['KEY-collect', 'arn:aws:sts::000000000000:assumed-role/collect'],
  ])('%s is told, with no permission needed', async (key, arn) => {
    const response = await fetch(gate.url, {
      method: 'POST',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${key}/20261122/eu-west-1/sts/aws4_request`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
    });

    expect(await response.text()).toContain(`<Arn>${arn}</Arn>`);
  });
});
