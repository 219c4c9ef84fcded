import * as z from 'zod';
import { LIMITS } from './limits.ts';

/** Milliseconds since 1970, UTC. */
export const EpochMs = z.int().nonnegative();
export type EpochMs = z.infer<typeof EpochMs>;

/** A person's key: random, never derived from personal data. */
export const Pid = z.string().min(1).max(64).brand<'Pid'>();
export type Pid = z.infer<typeof Pid>;

/** The six calls of Segment's tracking spec. https://segment.com/docs/connections/spec/ */
export const EventType = z.enum(['track', 'identify', 'page', 'screen', 'group', 'alias']);
export type EventType = z.infer<typeof EventType>;

const Payload = z.record(z.string(), z.unknown());
const Id = z.string().min(1).max(400);

/**
 * One call of the tracking spec, decoded: ids are strings or absent, times are set.
 *
 * `timestamp` is when it happened by the server's clock (`receivedAt − (sentAt − originalTimestamp)`);
 * `originalTimestamp` is the sender's own, the same in every copy of one message; absent where the sender
 * gave none.
 */
export const CollectedEvent = z.strictObject({
  type: EventType,
  messageId: z.string().min(1).max(100),
  timestamp: EpochMs,
  originalTimestamp: EpochMs.optional(),
  userId: Id.optional(),
  anonymousId: Id.optional(),
  previousId: Id.optional(),
  groupId: Id.optional(),
  /** The name of a track call. */
  event: z.string().min(1).max(200).optional(),
  /** The name of a page or screen call. */
  name: z.string().max(200).optional(),
  properties: Payload.optional(),
  traits: Payload.optional(),
  context: Payload.optional(),
  /** What its source's tracking plan found wrong with it, and let pass or took out of it. */
  violations: z.array(z.string().max(LIMITS.violationLength)).max(LIMITS.violations).optional(),
});
export type CollectedEvent = z.infer<typeof CollectedEvent>;
