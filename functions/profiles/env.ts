import * as z from 'zod';

/** What the profiles function needs from the stack; infra is type-checked against it. */
export const ProfilesEnv = z.object({
  PEOPLE_TABLE: z.string().min(1),
  IDENTITIES_TABLE: z.string().min(1),
  CATALOG_TABLE: z.string().min(1),
  QUARANTINE_BUCKET: z.string().min(1),
  /** Where it is counted what becomes of events. */
  QUALITY_TABLE: z.string().min(1),
  /** Whose timeline is kept: nobody's, that of people with an identifier that names them, or everybody's. */
  TIMELINE: z.enum(['none', 'known', 'all']),
  TIMELINE_DAYS: z.coerce.number().int().positive(),
  /** How long after its first arrival a repeated event is still recognised. */
  DEDUP_DAYS: z.coerce.number().int().positive(),
  /** How old a record may be before what fails of it is quarantined: less than its mapping's own limit. */
  GIVE_UP_HOURS: z.coerce.number().int().positive(),
});
export type ProfilesEnv = z.infer<typeof ProfilesEnv>;
