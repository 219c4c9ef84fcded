import * as z from 'zod';
import { arnOf, resourceType } from './resource-type.ts';

export const eventsEventBus = resourceType({
  type: 'AWS::Events::EventBus',
  properties: z.strictObject({ Name: z.string() }),
  declared: {
    Description: 'for people',
    KmsKeyIdentifier: 'events pass, none stays',
    Tags: 'nothing reads tags here',
  },
  refused: {
    EventSourceName: 'no partner sends here',
    DeadLetterConfig: 'a bus without rules loses nothing',
  },

  identify({ properties }, place) {
    const arn = arnOf(place, 'events', `event-bus/${properties.Name}`);
    return { ref: properties.Name, attributes: { Arn: arn, Name: properties.Name } };
  },
  create({ ref }, { events }) {
    events.createBus(ref);
  },
});
