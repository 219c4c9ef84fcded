import * as z from 'zod';
import { arnOf, nameOf, resourceType } from './resource-type.ts';

export const schedulerSchedule = resourceType({
  type: 'AWS::Scheduler::Schedule',
  properties: z.strictObject({
    Name: z.string().optional(),
    GroupName: z.string().default('default'),
    ScheduleExpression: z.string(),
    ScheduleExpressionTimezone: z.string().optional(),
    FlexibleTimeWindow: z.strictObject({ Mode: z.literal('OFF') }),
    State: z.literal('ENABLED').optional(),
    Target: z.strictObject({
      Arn: z.string(),
      RoleArn: z.string(),
      Input: z.string().optional(),
      RetryPolicy: z
        .strictObject({
          MaximumRetryAttempts: z.int().optional(),
          MaximumEventAgeInSeconds: z.int().optional(),
        })
        .optional(),
    }),
  }),
  declared: { Description: 'for people' },
  refused: {
    KmsKeyArn: 'the local disk is not encrypted',
    'Target.DeadLetterConfig': 'what cannot be started goes nowhere here',
  },

  identify({ logicalId, properties }, place) {
    const name = properties.Name ?? nameOf(place, logicalId);
    const arn = arnOf(place, 'scheduler', `schedule/${properties.GroupName}/${name}`);
    return { ref: name, attributes: { Arn: arn } };
  },
  create({ ref, properties: { Name: _, ...schedule } }, { scheduler }) {
    scheduler.declareSchedule(ref, schedule);
  },
});
