import * as z from 'zod';
import { isTimeZone } from '#shared/kernel/calendar.ts';

export const DEFAULT_TIME_ZONE = 'UTC';

/** What holds for all of the workspace. Everything has a default, which counts until somebody puts settings. */
export const WorkspaceSettings = z.strictObject({
  /** Whose midnights days begin at, in windows and dates. Changing it counts windows of days anew. */
  timeZone: z
    .string()
    .max(100)
    .refine(isTimeZone, 'a time zone of the IANA database, such as Europe/Paris')
    .default(DEFAULT_TIME_ZONE),
});
export type WorkspaceSettings = z.infer<typeof WorkspaceSettings>;

/** The settings as the catalog keeps them, among definitions that each have an id. */
export const StoredWorkspaceSettings = WorkspaceSettings.extend({ id: z.literal('workspace') });
export type StoredWorkspaceSettings = z.infer<typeof StoredWorkspaceSettings>;
