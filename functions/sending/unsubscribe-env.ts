import * as z from 'zod';

/** What the unsubscribe function needs from the stack; infra is type-checked against it. */
export const UnsubscribeEnv = z.object({
  EVENTS_STREAM: z.string().min(1),
  SIGNING_SECRET_ARN: z.string().min(1),
});
export type UnsubscribeEnv = z.infer<typeof UnsubscribeEnv>;
