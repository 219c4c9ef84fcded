import * as z from 'zod';
import { arn } from '#local/gate/arns.ts';
import { readBody } from '#local/services/json-service.ts';
import type { AccessOfService } from './access.ts';

const Entries = z.object({ Entries: z.array(z.object({ EventBusName: z.string().default('default') })) });

export const eventsAccess: AccessOfService = {
  PutEvents: (call, region) =>
    [...new Set(readBody(call, Entries).Entries.map((entry) => entry.EventBusName))].map((bus) => ({
      action: 'events:PutEvents',
      resource: arn('events', region, 'event-bus/', bus),
    })),
};
