import * as z from 'zod';
import { arnOf, nameOf, resourceType } from './resource-type.ts';

export const DEFAULT_BUS = 'default';

export const eventsRule = resourceType({
  type: 'AWS::Events::Rule',
  properties: z.strictObject({
    Name: z.string().optional(),
    EventBusName: z.string().default(DEFAULT_BUS),
    EventPattern: z.record(z.string(), z.unknown()),
    State: z.literal('ENABLED').default('ENABLED'),
    Targets: z.array(z.strictObject({ Arn: z.string().startsWith('arn:aws:lambda:'), Id: z.string() })),
  }),
  declared: {
    Description: 'for people',
    'Targets.RetryPolicy': 'a local delivery fails by the function only, which Lambda itself tries again',
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
      targets: properties.Targets.map(({ Arn }) => ({ arn: Arn })),
    });
  },
});

const busName = (nameOrArn: string): string => nameOrArn.split('/').at(-1) ?? nameOrArn;
