import * as z from 'zod';

/** What the export tasks need from the stack; infra is type-checked against it. */
export const ExportsEnv = z.object({
  PEOPLE_TABLE: z.string().min(1),
  AUDIENCES_TABLE: z.string().min(1),
  CATALOG_TABLE: z.string().min(1),
  EXPORTS_BUCKET: z.string().min(1),
});
export type ExportsEnv = z.infer<typeof ExportsEnv>;
