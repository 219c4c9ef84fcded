import * as z from 'zod';

/** What the sweep of deadlines needs from the stack; infra is type-checked against it. */
export const DueEnv = z.object({
  PEOPLE_TABLE: z.string().min(1),
  CATALOG_TABLE: z.string().min(1),
  EVENTS_STREAM: z.string().min(1),
  /** How many people it puts on the stream in a second at most: less than what the stream's readers can look at. */
  PEOPLE_A_SECOND: z.coerce.number().int().positive(),
});
export type DueEnv = z.infer<typeof DueEnv>;
