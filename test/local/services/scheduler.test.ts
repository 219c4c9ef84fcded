import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openScheduler, type SchedulerService } from '#local/services/scheduler.ts';
import { serveForTest } from '#test/support/aws-endpoint.ts';

const machine = 'arn:aws:states:eu-west-1:000000000000:stateMachine:Campaigns';
const role = 'arn:aws:iam::000000000000:role/Scheduler';
const nightly: CreateScheduleCommandInput = {
  Name: 'nightly',
  GroupName: 'tributary',
  ScheduleExpression: 'cron(0 3 * * ? *)',
  ScheduleExpressionTimezone: 'Europe/Paris',
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: { Arn: machine, RoleArn: role, Input: '{"campaignId":"c1"}' },
};

/** Other tests may keep the machine busy. */
const PATIENCE_MS = 20_000;

let dir: string;
let delivered: { id: string; arn: string; input: string; roleArn: string }[];
let attempts: string[];
let givenUp: object[];
let failures: number;
let scheduler: SchedulerService;
let client: SchedulerClient;
let close: () => Promise<void>;

async function open(): Promise<void> {
  scheduler = openScheduler({
    dir,
    async deliver(target) {
      attempts.push(target.id);
      if (failures-- > 0) throw new Error('not now');
      delivered.push(target);
    },
    onFailure: async (failed) => void givenUp.push(failed),
  });
  scheduler.createGroup('tributary');
  const served = await serveForTest({ service: scheduler.service, signingName: 'scheduler' });
  client = new SchedulerClient(served.client);
  close = async () => {
    client.destroy();
    await served.close();
    await scheduler.close();
  };
}
const create = (change: Partial<CreateScheduleCommandInput> = {}) =>
  client.send(new CreateScheduleCommand({ ...nightly, ...change }));
const at = (ms: number) => `at(${new Date(ms).toISOString().slice(0, 19)})`;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'scheduler-'));
  delivered = [];
  givenUp = [];
  attempts = [];
  failures = 0;
  await open();
});
afterEach(async () => {
  vi.useRealTimers();
  await close();
  rmSync(dir, { recursive: true });
});

it('keeps, lists, changes and deletes schedules', async () => {
  const arn = 'arn:aws:scheduler:eu-west-1:000000000000:schedule/tributary/nightly';
  const end = new Date('2100-01-01T00:00:00Z');
  const key = { Name: 'nightly', GroupName: 'tributary' };

  expect((await create({ EndDate: end })).ScheduleArn).toBe(arn);
  expect(await client.send(new GetScheduleCommand(key))).toMatchObject({
    ...key,
    Arn: arn,
    State: 'ENABLED',
    EndDate: end,
    ScheduleExpressionTimezone: 'Europe/Paris',
    Target: { Arn: machine, RoleArn: role, Input: '{"campaignId":"c1"}' },
    CreationDate: expect.any(Date),
  });
  await client.send(new UpdateScheduleCommand({ ...nightly, State: 'DISABLED' }));
  const listed = await client.send(new ListSchedulesCommand({ GroupName: 'tributary', NamePrefix: 'nigh' }));
  expect(listed.Schedules).toMatchObject([{ Name: 'nightly', State: 'DISABLED', Target: { Arn: machine } }]);
  await client.send(new DeleteScheduleCommand(key));
  await expect(client.send(new GetScheduleCommand(key))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

it.each([
  [{ ScheduleExpression: 'cron(0 3 * * * *)' }, 'ValidationException'],
  [{ ScheduleExpression: 'at(2020-01-01T00:00:00)' }, 'ValidationException'],
  [{ ScheduleExpressionTimezone: 'Europe/Atlantis' }, 'ValidationException'],
  [{ FlexibleTimeWindow: { Mode: 'FLEXIBLE' as const } }, 'ValidationException'],
  [{ Target: { Arn: machine, RoleArn: role, SqsParameters: {} } }, 'ValidationException'],
  [{ Name: 'a b' }, 'ValidationException'],
  [{ GroupName: 'none' }, 'ResourceNotFoundException'],
])('refuses %j with %s', async (change, name) => {
  await expect(create(change)).rejects.toMatchObject({ name });
});

it('creates a name once, and again for the same client token', async () => {
  await create({ ClientToken: 'one' });

  await expect(create({ ClientToken: 'one' })).resolves.toMatchObject({ ScheduleArn: expect.any(String) });
  await expect(create({ ClientToken: 'two' })).rejects.toMatchObject({ name: 'ConflictException' });
});

it('invokes once at its time, retrying what throws, and deletes itself where asked', async () => {
  failures = 1;
  scheduler.resume();
  await create({
    ScheduleExpression: at(Date.now() + 2500),
    ScheduleExpressionTimezone: 'UTC',
    ActionAfterCompletion: 'DELETE',
  });

  await vi.waitFor(
    () => expect(delivered).toMatchObject([{ arn: machine, roleArn: role, input: '{"campaignId":"c1"}' }]),
    PATIENCE_MS,
  );
  expect(attempts).toEqual([delivered[0]?.id, delivered[0]?.id]);
  expect((await client.send(new ListSchedulesCommand({}))).Schedules).toEqual([]);
});

it('starts a rate at once and fills in the context of an input', async () => {
  scheduler.resume();
  await create({
    ScheduleExpression: 'rate(1 hour)',
    Target: {
      Arn: machine,
      RoleArn: role,
      Input: '"<aws.scheduler.schedule-arn> <aws.scheduler.attempt-number>"',
    },
  });

  await vi.waitFor(() => expect(delivered).toHaveLength(1), PATIENCE_MS);
  expect(delivered[0]?.input).toBe('"arn:aws:scheduler:eu-west-1:000000000000:schedule/tributary/nightly 1"');
});

it('hands over what failed at every attempt that the retry policy allows', async () => {
  failures = 2;
  scheduler.resume();
  const Target = { ...nightly.Target, Arn: machine, RoleArn: role, RetryPolicy: { MaximumRetryAttempts: 1 } };
  await create({ ScheduleExpression: 'rate(1 hour)', Target });

  await vi.waitFor(() => expect(givenUp).toHaveLength(1), PATIENCE_MS);
  expect(givenUp).toMatchObject([
    { arn: machine, input: '{"campaignId":"c1"}', attempts: 2, reason: 'not now' },
  ]);
});

it('makes up once for what fell due while nothing ran, and not for what is disabled', async () => {
  await create();
  await create({ Name: 'off', State: 'DISABLED' });
  await close();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10 * 86_400_000 });

  await open();
  scheduler.resume();

  await vi.waitFor(() => expect(delivered).toHaveLength(1), PATIENCE_MS);
  await new Promise((done) => setTimeout(done, 50));
  expect(delivered).toHaveLength(1);
});

it('makes what the template declares, and leaves it as it goes while it says the same', async () => {
  const declared = (minutes: number) => ({
    GroupName: 'tributary',
    ScheduleExpression: minutes === 1 ? 'rate(1 minute)' : `rate(${minutes} minutes)`,
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Arn: machine, RoleArn: role, RetryPolicy: { MaximumRetryAttempts: 0 } },
  });
  const known = async () => client.send(new GetScheduleCommand({ Name: 'sweep', GroupName: 'tributary' }));
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });

  scheduler.declareSchedule('sweep', declared(1));
  const first = await known();
  vi.setSystemTime(Date.now() + 30_000);
  scheduler.declareSchedule('sweep', declared(1));

  expect(await known()).toEqual({ ...first, $metadata: expect.anything() });
  scheduler.declareSchedule('sweep', declared(2));
  expect(await known()).toMatchObject({
    ScheduleExpression: 'rate(2 minutes)',
    CreationDate: first.CreationDate,
  });
});
