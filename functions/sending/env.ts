import * as z from 'zod';

/** What the campaign tasks need from the stack; infra is type-checked against it. */
export const SendingEnv = z.object({
  PEOPLE_TABLE: z.string().min(1),
  AUDIENCES_TABLE: z.string().min(1),
  CATALOG_TABLE: z.string().min(1),
  EXPORTS_BUCKET: z.string().min(1),
  SES_CONFIGURATION_SET: z.string().min(1),
  /** The Collect API's address, without a slash at its end: unsubscribe links lead there. */
  COLLECT_URL: z.url(),
  SIGNING_SECRET_ARN: z.string().min(1),
});
export type SendingEnv = z.infer<typeof SendingEnv>;
