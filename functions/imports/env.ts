import * as z from 'zod';

/** What the tasks of an import need from the stack; infra is type-checked against it. */
export const ImportsEnv = z.object({
  CATALOG_TABLE: z.string().min(1),
  /** Where it is counted what becomes of events, and of rows that become none. */
  QUALITY_TABLE: z.string().min(1),
  IMPORTS_BUCKET: z.string().min(1),
  EVENTS_STREAM: z.string().min(1),
  /**
   * How many rows one part puts on the stream in a second, at most: what half of the stream takes, over
   * how many parts are worked on at once.
   */
  ROWS_A_SECOND: z.coerce.number().positive(),
});
export type ImportsEnv = z.infer<typeof ImportsEnv>;
