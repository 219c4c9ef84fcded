import * as z from 'zod';

/** What the collect function needs from the stack; infra is type-checked against it. */
export const CollectEnv = z.object({
  EVENTS_STREAM: z.string().min(1),
  QUARANTINE_BUCKET: z.string().min(1),
  /** Where it is counted what becomes of events. */
  QUALITY_TABLE: z.string().min(1),
  CATALOG_TABLE: z.string().min(1),
});
export type CollectEnv = z.infer<typeof CollectEnv>;
