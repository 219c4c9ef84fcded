import * as z from 'zod';
import { arnOf, nameOf, resourceType } from './resource-type.ts';

export const schedulerScheduleGroup = resourceType({
  type: 'AWS::Scheduler::ScheduleGroup',
  properties: z.strictObject({ Name: z.string().optional() }),
  declared: { Tags: 'nothing reads tags here' },

  identify({ logicalId, properties }, place) {
    const name = properties.Name ?? nameOf(place, logicalId);
    return { ref: name, attributes: { Arn: arnOf(place, 'scheduler', `schedule-group/${name}`) } };
  },
  create({ ref }, { scheduler }) {
    scheduler.createGroup(ref);
  },
});
