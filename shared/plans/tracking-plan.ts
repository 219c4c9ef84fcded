import * as z from 'zod';
import { LIMITS } from '#shared/events/limits.ts';
import { Slug } from '#shared/sources/source.ts';

/** Events that one plan may plan. */
export const MAX_PLANNED_EVENTS = 500;

/** A call as it is planned: what its properties, or its traits, must be. */
export const PlannedCall = z.strictObject({
  description: z.string().max(1_000).optional(),
  /** JSON Schema, draft 7. What of it may be used, `readSchema` says. */
  schema: z.record(z.string(), z.unknown()),
});
export type PlannedCall = z.infer<typeof PlannedCall>;

/**
 * What a source's events should look like, and what becomes of those that do not. In Segment's words:
 * an event or property that is not in the plan is unplanned, one that its schema refuses is a violation.
 */
export const TrackingPlan = z.strictObject({
  id: Slug,
  name: z.string().min(1).max(200),
  market: z.string().min(1).max(50).optional(),
  brand: z.string().min(1).max(50).optional(),
  /** Track calls by their names. */
  events: z
    .record(z.string().trim().min(1).max(LIMITS.nameLength), PlannedCall)
    .refine(
      (events) => Object.keys(events).length <= MAX_PLANNED_EVENTS,
      `at most ${MAX_PLANNED_EVENTS} events`,
    )
    .default({}),
  identify: PlannedCall.optional(),
  group: PlannedCall.optional(),
  page: PlannedCall.optional(),
  screen: PlannedCall.optional(),
  /** Track calls whose name is not planned. */
  unplannedEvents: z.enum(['allow', 'flag', 'quarantine']).default('flag'),
  /** Properties and traits that the schema of their call does not name. */
  unplannedProperties: z.enum(['allow', 'flag', 'strip']).default('flag'),
  /** What a schema refuses. */
  violations: z.enum(['flag', 'strip', 'quarantine']).default('flag'),
});
export type TrackingPlan = z.infer<typeof TrackingPlan>;
