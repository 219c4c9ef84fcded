import * as z from 'zod';
import { arn } from '#local/gate/arns.ts';
import type { AwsCall } from '#local/gate/aws-call.ts';
import { readBody } from '#local/services/json-service.ts';
import type { Access, AccessOfService } from './access.ts';

const Definition = z.object({
  GroupName: z.string().default('default'),
  Target: z.object({ RoleArn: z.string() }),
});

/** Whoever sets a schedule also hands its role to the service, which is a permission of its own. */
const define: Access = (call, region) => {
  const { GroupName, Target } = readBody(call, Definition);
  return [
    { action: `scheduler:${call.operation}`, resource: scheduleArn(call, region, GroupName) },
    {
      action: 'iam:PassRole',
      resource: Target.RoleArn,
      context: { 'iam:PassedToService': 'scheduler.amazonaws.com' },
    },
  ];
};

const onSchedule: Access = (call, region) => [
  {
    action: `scheduler:${call.operation}`,
    resource: scheduleArn(
      call,
      region,
      new URL(call.path, 'http://gate').searchParams.get('groupName') ?? 'default',
    ),
  },
];

function scheduleArn(call: AwsCall, region: string, group: string): string {
  const name = decodeURIComponent(new URL(call.path, 'http://gate').pathname.slice('/schedules/'.length));
  return arn('scheduler', region, 'schedule/', `${group}/${name}`);
}

export const schedulerAccess: AccessOfService = {
  CreateSchedule: define,
  UpdateSchedule: define,
  GetSchedule: onSchedule,
  DeleteSchedule: onSchedule,
  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridgescheduler.html
  ListSchedules: () => [{ action: 'scheduler:ListSchedules', resource: '*' }],
};
