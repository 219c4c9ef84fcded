import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetScheduleCommand, ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Schedules, schedulerSchedules } from '#functions/adapters/scheduler/schedules.ts';
import { openScheduler } from '#local/services/scheduler.ts';
import { serveForTest } from '#test/support/aws-endpoint.ts';

const machine = 'arn:aws:states:eu-west-1:000000000000:stateMachine:Exports';
const role = 'arn:aws:iam::000000000000:role/Scheduler';

let client: SchedulerClient;
let schedules: Schedules;
let close: () => Promise<void>;
beforeEach(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'schedules-'));
  const scheduler = openScheduler({ dir, deliver: async () => undefined, onFailure: async () => undefined });
  scheduler.createGroup('tributary');
  const served = await serveForTest({ service: scheduler.service, signingName: 'scheduler' });
  client = new SchedulerClient(served.client);
  close = async () => {
    client.destroy();
    await served.close();
    await scheduler.close();
    rmSync(dir, { recursive: true });
  };
  schedules = schedulerSchedules({
    client,
    groupName: 'tributary',
    roleArn: role,
    stateMachineArn: machine,
    kind: 'export',
    timezone: 'Europe/Paris',
  });
});
afterEach(() => close());

const stored = (name: string) => client.send(new GetScheduleCommand({ GroupName: 'tributary', Name: name }));
const names = async () =>
  (await client.send(new ListSchedulesCommand({ GroupName: 'tributary' }))).Schedules?.map(
    ({ Name }) => Name,
  );

describe('schedulerSchedules', () => {
  it("starts the state machine with the id, in the workspace's time zone", async () => {
    await schedules.put('daily', { expression: 'cron(0 6 * * ? *)' });

    expect(await stored('export-daily')).toMatchObject({
      ScheduleExpression: 'cron(0 6 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Paris',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: machine, RoleArn: role, Input: '{"exportId":"daily"}' },
    });
  });

  it('replaces the schedule that was', async () => {
    await schedules.put('daily', { expression: 'rate(1 day)' });
    await schedules.put('daily', { expression: 'rate(2 hours)', timezone: 'Asia/Tokyo' });

    expect(await stored('export-daily')).toMatchObject({
      ScheduleExpression: 'rate(2 hours)',
      ScheduleExpressionTimezone: 'Asia/Tokyo',
    });
    expect(await names()).toEqual(['export-daily']);
  });

  it('removes it, and does nothing where there is none', async () => {
    await schedules.put('daily', { expression: 'rate(1 day)' });

    await schedules.remove('daily');
    await schedules.remove('daily');

    expect(await names()).toEqual([]);
  });

  it('shortens names that would be too long, each to its own', async () => {
    const ids = ['a', 'b'].map((last) => 'x'.repeat(63) + last);
    for (const id of ids) await schedules.put(id, { expression: 'rate(1 day)' });

    expect((await names())?.map((name) => name?.length)).toEqual([64, 64]);
  });

  it('tells the caller that the expression is not one', async () => {
    await expect(schedules.put('daily', { expression: 'cron(99 6 * * ? *)' })).rejects.toMatchObject({
      status: 400,
      code: 'INVALID_SCHEDULE',
    });
  });
});
