import * as z from 'zod';
import { arnOf, nameOf, resourceType } from './resource-type.ts';

export const DEFAULT_BUS = 'default';

/** A function lets the rule invoke it by a permission of its own; a state machine is started by a role. */
const Target = z.union([
  z.strictObject({ Arn: z.string().startsWith('arn:aws:lambda:'), Id: z.string() }),
  z.strictObject({ Arn: z.string().startsWith('arn:aws:states:'), Id: z.string(), RoleArn: z.string() }),
]);

export const eventsRule = resourceType({
  type: 'AWS::Events::Rule',
  properties: z.strictObject({
    Name: z.string().optional(),
    EventBusName: z.string().default(DEFAULT_BUS),
    EventPattern: z.record(z.string(), z.unknown()),
    State: z.literal('ENABLED').default('ENABLED'),
    Targets: z.array(Target),
  }),
  declared: {
    Description: 'for people',
    'Targets.RetryPolicy': 'a local delivery fails by its target only, and is tried three times',
    Tags: 'nothing reads tags here',
  },
  refused: {
    ScheduleExpression: 'schedules are the business of EventBridge Scheduler',
    'Targets.DeadLetterConfig': 'what cannot be delivered goes nowhere here',
    'Targets.InputTransformer': 'targets get the event as it is',
  },

  identify({ logicalId, properties }, place) {
    const name = properties.Name ?? nameOf(place, logicalId);
    const bus = busName(properties.EventBusName);
    const path = bus === DEFAULT_BUS ? name : `${bus}/${name}`;
    return { ref: path.replace('/', '|'), attributes: { Arn: arnOf(place, 'events', `rule/${path}`) } };
  },
  create({ properties }, { events }) {
    events.createRule({
      bus: busName(properties.EventBusName),
      pattern: properties.EventPattern,
      targets: properties.Targets.map((target) => ({
        arn: target.Arn,
        ...('RoleArn' in target && { roleArn: target.RoleArn }),
      })),
    });
  },
});

const busName = (nameOrArn: string): string => nameOrArn.split('/').at(-1) ?? nameOrArn;
