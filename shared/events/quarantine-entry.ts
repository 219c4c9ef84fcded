import * as z from 'zod';
import { EpochMs, EventType } from './event.ts';
import { StreamRecord } from './stream-record.ts';

/**
 * What could not be applied, with its reason and all that it takes to try it again.
 *
 * - A call that was never understood has `request`: `event` is what was sent.
 * - An event that was understood and not applied has `record`: `event` is a CollectedEvent.
 * - What is no record of ours has neither: `event` is its bytes in base64.
 */
export const QuarantineEntry = z.strictObject({
  /** Its place among those kept with it, which stays when others are taken out. */
  n: z.int().nonnegative(),
  source: z.string().min(1),
  reason: z.string().min(1),
  /** What of it is wrong, one by one. */
  details: z.array(z.string()).max(10).optional(),
  receivedAt: EpochMs,
  event: z.unknown(),
  /** What its request said for all of its calls; the call, where the route named it. */
  request: z
    .strictObject({
      type: EventType.optional(),
      sentAt: EpochMs.optional(),
      context: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
  /** The record of the stream that it came in, less its events. */
  record: StreamRecord.omit({ events: true, redrive: true, uncounted: true }).optional(),
});
export type QuarantineEntry = z.infer<typeof QuarantineEntry>;
