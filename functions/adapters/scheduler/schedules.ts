import { createHash } from 'node:crypto';
import {
  ConflictException,
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  ResourceNotFoundException,
  type SchedulerClient,
  UpdateScheduleCommand,
  ValidationException,
} from '@aws-sdk/client-scheduler';
import { RequestError } from '#shared/kernel/errors.ts';
import type { Schedule } from '#shared/sources/schedule.ts';

/** When definitions of one kind run by themselves. */
export interface Schedules {
  /** Sets or replaces the schedule of a definition. @throws {RequestError} 400 for one that cannot be. */
  put(id: string, schedule: Schedule): Promise<void>;
  /** Nothing happens where there is none. */
  remove(id: string): Promise<void>;
}

interface SchedulesOptions {
  readonly client: SchedulerClient;
  readonly groupName: string;
  readonly roleArn: string;
  readonly stateMachineArn: string;
  /** `export`, `campaign`: what a schedule's name begins with. */
  readonly kind: string;
  /** Where a schedule has no time zone of its own. */
  readonly timezone: string;
}

/** Schedules in a group of EventBridge Scheduler, each starting the state machine with the definition's id. */
export function schedulerSchedules(options: SchedulesOptions): Schedules {
  const { client, groupName: GroupName, roleArn, stateMachineArn, kind, timezone } = options;

  return {
    async put(id, schedule) {
      const input: CreateScheduleCommandInput = {
        GroupName,
        Name: nameOf(kind, id),
        ScheduleExpression: schedule.expression,
        ScheduleExpressionTimezone: schedule.timezone ?? timezone,
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: stateMachineArn,
          RoleArn: roleArn,
          Input: JSON.stringify({ [`${kind}Id`]: id }),
        },
      };
      try {
        await update(client, input);
      } catch (fault) {
        if (fault instanceof ValidationException) throw refused(fault);
        throw fault;
      }
    },

    async remove(id) {
      try {
        await client.send(new DeleteScheduleCommand({ GroupName, Name: nameOf(kind, id) }));
      } catch (fault) {
        if (!(fault instanceof ResourceNotFoundException)) throw fault;
      }
    },
  };
}

/** Makes it where it is not there; whoever made it in between is overwritten, as if they had come first. */
async function update(client: SchedulerClient, input: CreateScheduleCommandInput): Promise<void> {
  try {
    await client.send(new UpdateScheduleCommand(input));
  } catch (fault) {
    if (!(fault instanceof ResourceNotFoundException)) throw fault;
    try {
      await client.send(new CreateScheduleCommand(input));
    } catch (conflict) {
      if (!(conflict instanceof ConflictException)) throw conflict;
      await client.send(new UpdateScheduleCommand(input));
    }
  }
}

/** A schedule's name takes 64 characters, an id alone may have as many. */
function nameOf(kind: string, id: string): string {
  const name = `${kind}-${id}`;
  if (name.length <= 64) return name;
  return `${name.slice(0, 47)}-${createHash('sha256').update(id).digest('hex').slice(0, 16)}`;
}

const refused = (cause: Error): RequestError =>
  new RequestError(
    { status: 400, code: 'INVALID_SCHEDULE', message: 'EventBridge Scheduler refuses this schedule' },
    { cause },
  );
