import * as z from 'zod';

/** What the Admin API needs from the stack; infra is type-checked against it. */
export const AdminEnv = z.object({
  PEOPLE_TABLE: z.string().min(1),
  IDENTITIES_TABLE: z.string().min(1),
  AUDIENCES_TABLE: z.string().min(1),
  CATALOG_TABLE: z.string().min(1),
  IMPORTS_BUCKET: z.string().min(1),
  EXPORTS_BUCKET: z.string().min(1),
  EVENTS_STREAM: z.string().min(1),
  /** The same, to read from. */
  EVENTS_STREAM_ARN: z.string().min(1),
  QUALITY_TABLE: z.string().min(1),
  QUARANTINE_BUCKET: z.string().min(1),
  /** Where mappings leave what they gave up on. */
  FAILED_BUCKET: z.string().min(1),
  /** For how long messages that were applied are told by their ids. */
  DEDUP_DAYS: z.coerce.number().int().positive(),
  IMPORTS_STATE_MACHINE_ARN: z.string().min(1),
  EXPORTS_STATE_MACHINE_ARN: z.string().min(1),
  EVALUATIONS_STATE_MACHINE_ARN: z.string().min(1),
  CAMPAIGNS_STATE_MACHINE_ARN: z.string().min(1),
  SCHEDULE_GROUP: z.string().min(1),
  /** The role that a schedule assumes to start a run. */
  SCHEDULER_ROLE_ARN: z.string().min(1),
  WORKSPACE_TIMEZONE: z.string().min(1),
  LEGAL_ENTITY: z.string().min(1),
  MARKET: z.string().min(1),
  BRAND: z.string().min(1),
});
export type AdminEnv = z.infer<typeof AdminEnv>;
