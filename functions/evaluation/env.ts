import * as z from 'zod';

/** What runs over everybody need from the stack; infra is type-checked against it. */
export const EvaluationEnv = z.object({
  PEOPLE_TABLE: z.string().min(1),
  IDENTITIES_TABLE: z.string().min(1),
  AUDIENCES_TABLE: z.string().min(1),
  CATALOG_TABLE: z.string().min(1),
  /** Runs keep their files beside those of exports. */
  EXPORTS_BUCKET: z.string().min(1),
  EVENT_BUS_NAME: z.string().min(1),
  TIMELINE_DAYS: z.coerce.number().int().positive(),
  DEDUP_DAYS: z.coerce.number().int().positive(),
});
export type EvaluationEnv = z.infer<typeof EvaluationEnv>;
