import * as z from 'zod';

/** What the segments function needs from the stack; infra is type-checked against it. */
export const SegmentsEnv = z.object({
  AUDIENCES_TABLE: z.string().min(1),
  EVENT_BUS_NAME: z.string().min(1),
});
export type SegmentsEnv = z.infer<typeof SegmentsEnv>;
