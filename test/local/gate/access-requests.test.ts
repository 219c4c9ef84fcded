import { DynamoDBClient, ExecuteStatementCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  KinesisClient,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import { PutBucketVersioningCommand, PutObjectTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESv2Client, SendBulkEmailCommand, SendEmailCommand } from '@aws-sdk/client-sesv2';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import { arn, by, describeNeeds, startFor } from '#test/support/needs.ts';

const dynamodb = by(DynamoDBClient);
const kinesis = by(KinesisClient);
const s3 = by(S3Client);
const sfn = by(SFNClient);
const scheduler = by(SchedulerClient);
const ses = by(SESv2Client);
const machine = arn('states', 'stateMachine:exports');
const execution = arn('states', 'execution:exports:1');
const role = 'arn:aws:iam::000000000000:role/schedules';
const schedule = {
  Name: 'nightly',
  GroupName: 'runs',
  ScheduleExpression: 'rate(1 day)',
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: { Arn: machine, RoleArn: role },
} as const;
const TOPIC_EVENTS = [
  { EventBusName: 'segments', Source: 's', DetailType: 'd', Detail: '{}' },
  { Source: 's', DetailType: 'd', Detail: '{}' },
];
const mail = { FromEmailAddress: 'Shop <hello@Mail.Example.org>', ConfigurationSetName: 'mails' };

describeNeeds([
  [
    'PutRecords',
    kinesis((client) =>
      client.send(
        new PutRecordsCommand({
          StreamName: 'events',
          Records: [{ Data: Buffer.from('a'), PartitionKey: 'p' }],
        }),
      ),
    ),
    [`kinesis:PutRecords ${arn('kinesis', 'stream/events')}`],
  ],
  [
    'a stream by its ARN',
    kinesis((client) =>
      client.send(new DescribeStreamSummaryCommand({ StreamARN: arn('kinesis', 'stream/events') })),
    ),
    [`kinesis:DescribeStreamSummary ${arn('kinesis', 'stream/events')}`],
  ],
  [
    'StartExecution',
    sfn((client) => client.send(new StartExecutionCommand({ stateMachineArn: machine }))),
    [`states:StartExecution ${machine}`],
  ],
  [
    'ListExecutions',
    sfn((client) => client.send(new ListExecutionsCommand({ stateMachineArn: machine }))),
    [`states:ListExecutions ${machine}`],
  ],
  [
    'DescribeExecution',
    sfn((client) => client.send(new DescribeExecutionCommand({ executionArn: execution }))),
    [`states:DescribeExecution ${execution}`],
  ],
  [
    'StopExecution',
    sfn((client) => client.send(new StopExecutionCommand({ executionArn: execution }))),
    [`states:StopExecution ${execution}`],
  ],
  [
    'GetExecutionHistory',
    sfn((client) => client.send(new GetExecutionHistoryCommand({ executionArn: execution }))),
    [`states:GetExecutionHistory ${execution}`],
  ],
  [
    'CreateSchedule',
    scheduler((client) => client.send(new CreateScheduleCommand(schedule))),
    [`scheduler:CreateSchedule ${arn('scheduler', 'schedule/runs/nightly')}`, `iam:PassRole ${role}`],
  ],
  [
    'UpdateSchedule',
    scheduler((client) => client.send(new UpdateScheduleCommand(schedule))),
    [`scheduler:UpdateSchedule ${arn('scheduler', 'schedule/runs/nightly')}`, `iam:PassRole ${role}`],
  ],
  [
    'GetSchedule',
    scheduler((client) => client.send(new GetScheduleCommand({ Name: 'nightly', GroupName: 'runs' }))),
    [`scheduler:GetSchedule ${arn('scheduler', 'schedule/runs/nightly')}`],
  ],
  [
    'DeleteSchedule',
    scheduler((client) => client.send(new DeleteScheduleCommand({ Name: 'nightly' }))),
    [`scheduler:DeleteSchedule ${arn('scheduler', 'schedule/default/nightly')}`],
  ],
  [
    'ListSchedules',
    scheduler((client) => client.send(new ListSchedulesCommand({ GroupName: 'runs' }))),
    ['scheduler:ListSchedules *'],
  ],
  [
    'SendEmail',
    ses((client) =>
      client.send(
        new SendEmailCommand({ ...mail, Content: { Simple: { Subject: { Data: 's' }, Body: {} } } }),
      ),
    ),
    [
      `ses:SendEmail ${arn('ses', 'identity/mail.example.org')}`,
      `ses:SendEmail ${arn('ses', 'configuration-set/mails')}`,
    ],
  ],
  [
    'SendEmail of raw MIME',
    ses((client) =>
      client.send(new SendEmailCommand({ ...mail, Content: { Raw: { Data: Buffer.from('x') } } })),
    ),
    [
      `ses:SendRawEmail ${arn('ses', 'identity/mail.example.org')}`,
      `ses:SendRawEmail ${arn('ses', 'configuration-set/mails')}`,
    ],
  ],
  [
    'SendBulkEmail with a template',
    ses((client) =>
      client.send(
        new SendBulkEmailCommand({
          ...mail,
          DefaultContent: { Template: { TemplateName: 'welcome', TemplateData: '{}' } },
          BulkEmailEntries: [],
        }),
      ),
    ),
    [
      `ses:SendBulkEmail ${arn('ses', 'identity/mail.example.org')}`,
      `ses:SendBulkEmail ${arn('ses', 'configuration-set/mails')}`,
      `ses:SendBulkEmail ${arn('ses', 'template/welcome')}`,
    ],
  ],
  [
    'PutEvents on two buses',
    (config) => new EventBridgeClient(config).send(new PutEventsCommand({ Entries: TOPIC_EVENTS })),
    [
      `events:PutEvents ${arn('events', 'event-bus/segments')}`,
      `events:PutEvents ${arn('events', 'event-bus/default')}`,
    ],
  ],
  [
    'GetSecretValue',
    (config) =>
      new SecretsManagerClient(config).send(
        new GetSecretValueCommand({ SecretId: arn('secretsmanager', 'secret:signing-AbCdEf') }),
      ),
    [`secretsmanager:GetSecretValue ${arn('secretsmanager', 'secret:signing-AbCdEf')}`],
  ],
]);

it('hands a role to a schedule only for the scheduler to take', async () => {
  const passRole = (service: string) => ({
    Effect: 'Allow',
    Action: 'iam:PassRole',
    Resource: role,
    Condition: { StringEquals: { 'iam:PassedToService': service } },
  });
  const create = { Effect: 'Allow', Action: 'scheduler:*', Resource: '*' };
  const send = scheduler((client) => client.send(new CreateScheduleCommand(schedule)));
  const right = await startFor([create, passRole('scheduler.amazonaws.com')]);
  const wrong = await startFor([create, passRole('lambda.amazonaws.com')]);

  await expect(send(right.asFunction('worker'))).resolves.toBeDefined();
  await expect(send(wrong.asFunction('worker'))).rejects.toThrow('iam:PassRole');

  await right.close();
  await wrong.close();
});

it.each([
  [
    'dynamodb:ExecuteStatement',
    dynamodb((client) => client.send(new ExecuteStatementCommand({ Statement: 'SELECT * FROM people' }))),
  ],
  [
    'PUT /exports/?versioning',
    s3((client) =>
      client.send(new PutBucketVersioningCommand({ Bucket: 'exports', VersioningConfiguration: {} })),
    ),
  ],
  [
    '?tagging',
    s3((client) =>
      client.send(new PutObjectTaggingCommand({ Bucket: 'exports', Key: 'k', Tagging: { TagSet: [] } })),
    ),
  ],
])('refuses %s, which is on no list, whatever the role allows', async (name, send) => {
  const all = [{ Effect: 'Allow', Action: '*', Resource: '*' }];
  const gate = await startFor(all);

  await expect(send(gate.asFunction('worker'))).rejects.toThrow(name);

  expect(gate.calls).toHaveLength(0);
  await gate.close();
});

it('cannot tell whose shard an iterator alone reads', async () => {
  const gate = await startFor([]);

  await expect(
    kinesis((client) => client.send(new GetRecordsCommand({ ShardIterator: 'x' })))(
      gate.asFunction('worker'),
    ),
  ).rejects.toThrow('StreamName or StreamARN is needed');

  await gate.close();
});
